import * as path from "node:path";
import { type Document, fences } from "./markdown";

const languages = ["sh", "bash", "shell"];

/** A command of a document's shell block. */
export interface ShellCommand {
  /** In the document, from 1. */
  readonly line: number;
  /** Without its comment; lines that end with a backslash are joined. */
  readonly command: string;
  /**
   * The folder in which it runs, after each `cd` before it: relative to the block's first folder, with
   * slashes.
   */
  readonly folder: string;
  /** The line at which its block begins. */
  readonly block: number;
}

export function shellCommands(document: Document): ShellCommand[] {
  return fences(document)
    .filter(({ language }) => languages.includes(language))
    .flatMap(({ line: block, code }) => {
      let folder = ".";
      return joinLines(code)
        .split("\n")
        .map((text, index) => ({ line: block + index, command: text.replace(/(^|\s)#.*/, "").trim() }))
        .filter(({ command }) => command !== "")
        .map((one) => {
          const step = { ...one, folder, block };
          const [, target] = /^cd (\S+)$/.exec(one.command) ?? [];
          folder = target === undefined ? folder : path.posix.join(folder, target);
          return step;
        });
    });
}

/** The first lines of the blocks that begin in a clone's own folder, by the sentence before them. */
export function blocksInClone(document: Document): Set<number> {
  const lines = document.text.split("\n");
  const isOfClone = (line: number) => {
    const before = lines.slice(0, line - 2).join("\n");
    const paragraph = before.trimEnd().split("\n\n").at(-1) ?? "";
    return /\bIn a clone\b[^.]*, in its own folder\b/.test(paragraph.replaceAll("\n", " "));
  };
  return new Set(fences(document).flatMap(({ line }) => (isOfClone(line) ? [line] : [])));
}

/** The commands in the sentences of a document, between backticks, that begin with this program. */
export function commandsInSentences({ text }: Document, program: string): string[] {
  return [...text.replaceAll(/```.*?```/gs, "").matchAll(/`([^`]+)`/g)]
    .map(([, code = ""]) => code.replaceAll(/\s+/g, " "))
    .filter((code) => code.startsWith(`${program} `));
}

/** The words of a command, with the quotes around them taken off. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? "",
  );
}

function joinLines(code: string): string {
  return code.replaceAll(/(?:[^\n]*\\\n)+[^\n]*/g, (lines) => {
    const parts = lines.split("\\\n");
    // Empty lines in place of the joined lines keep the line numbers.
    return `${parts.join(" ")}${"\n".repeat(parts.length - 1)}`;
  });
}
