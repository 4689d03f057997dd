/** One of this repository's Markdown files. */
export interface Document {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** A fenced code block. */
export interface Fence {
  /** The word behind the opening fence, such as `ts`. */
  readonly language: string;
  /** The line of the document at which its code begins, from 1. */
  readonly line: number;
  /** The line of the closing fence. */
  readonly end: number;
  readonly code: string;
}

/** A link or an image. */
export interface Link {
  readonly line: number;
  readonly target: string;
}

export function fences({ text }: Document): Fence[] {
  const found: Fence[] = [];
  let open: { mark: string; language: string; line: number; code: string[] } | undefined;
  for (const [index, content] of text.split("\n").entries()) {
    const [, mark = "", info = ""] = /^\s*(`{3,}|~{3,})\s*(\S*)/.exec(content) ?? [];
    if (open === undefined && mark !== "") {
      open = { mark, language: info, line: index + 2, code: [] };
    } else if (open !== undefined && mark.startsWith(open.mark) && info === "") {
      const { language, line, code } = open;
      found.push({ language, line, end: index + 1, code: code.join("\n") });
      open = undefined;
    } else {
      open?.code.push(content);
    }
  }
  return found;
}

/** The links and images outside of code: `[text](target)`, `[label]: target`, `<a href="target">`. */
export function links(document: Document): Link[] {
  const forms = [/\]\(\s*<?([^()\s>]+)>?[^()]*\)/g, /^\s*\[[^\]]+\]:\s*(\S+)/g, /\b(?:href|src)="([^"]+)"/g];
  return prose(document).flatMap((content, index) =>
    forms
      .flatMap((form) => [...content.replaceAll(/`[^`]*`/g, "").matchAll(form)])
      .map(([, target = ""]) => ({ line: index + 1, target })),
  );
}

/**
 * The names that a link may have behind `#`: the headings of the document as GitHub writes them, and `<a
 * id="…">`.
 */
export function anchors(document: Document): Set<string> {
  const found = new Set<string>();
  for (const content of prose(document)) {
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(content)?.[1];
    if (heading !== undefined) {
      const slug = slugOf(heading);
      let number = 0;
      while (found.has(number === 0 ? slug : `${slug}-${number}`)) {
        number += 1;
      }
      found.add(number === 0 ? slug : `${slug}-${number}`);
    }
    for (const [, id = ""] of content.matchAll(/<a (?:id|name)="([^"]+)"/g)) {
      found.add(id);
    }
  }
  return found;
}

function slugOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** The document's lines, with empty lines in place of fenced code. */
function prose(document: Document): string[] {
  const lines = document.text.split("\n");
  for (const { line, end } of fences(document)) {
    lines.fill("", line - 2, end);
  }
  return lines;
}
