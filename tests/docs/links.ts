import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { root } from "./documents";
import { anchors, type Document, links } from "./markdown";

/** The wrong links of a document to files of this repository and to headings in them. */
export function wrongLinks(document: Document): string[] {
  return links(document)
    .filter(({ target }) => !isElsewhere(target))
    .flatMap(({ line, target }) =>
      wrongTarget(target, document).map((wrong) => `${document.path}:${line}: ${wrong}`),
    );
}

function isElsewhere(target: string): boolean {
  return /^([a-z][a-z\d+.-]*:|\/\/)/i.test(target);
}

function wrongTarget(target: string, document: Document): string[] {
  const [file = "", anchor] = decodeURI(target).split("#");
  const page = file === "" ? document : read(path.posix.join(path.posix.dirname(document.path), file));
  if (!page) {
    return [`${target} leads to no file.`];
  }
  return anchor === undefined || anchors(page).has(anchor) ? [] : [`${page.path} has no heading #${anchor}.`];
}

/** Reads a page; a folder, or a file that is no Markdown, has no headings. */
function read(page: string): Document | undefined {
  const file = path.join(root, page);
  if (!existsSync(file)) {
    return undefined;
  }
  return { path: page, text: page.endsWith(".md") ? readFileSync(file, "utf8") : "" };
}
