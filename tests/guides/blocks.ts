/** The shell blocks of a document, and the place in which the sentences before them say to run each. */
import { type Document, fences } from "../docs/markdown";
import { type ShellCommand, shellCommands } from "../docs/shell";

export interface Block {
  /** The line at which it begins. */
  readonly line: number;
  readonly commands: readonly ShellCommand[];
  /** The paragraph before it. */
  readonly before: string;
}

export function blocks(document: Document): Block[] {
  const lines = document.text.split("\n");
  return fences(document)
    .filter(({ language }) => language === "sh")
    .map(({ line }) => ({
      line,
      commands: shellCommands(document).filter(({ block }) => block === line),
      before: (
        lines
          .slice(0, line - 2)
          .join("\n")
          .trimEnd()
          .split("\n\n")
          .at(-1) ?? ""
      ).replaceAll("\n", " "),
    }));
}

/** The first word of a long-running command is known by what it prints once it is ready. */
export function readyWhen(command: string): RegExp | undefined {
  if (/cwp-emulator --port/.test(command)) {
    return /^http:\/\/127\.0\.0\.1:\d+$/m;
  }
  return command === "npm start" ? /Listening/ : undefined;
}
