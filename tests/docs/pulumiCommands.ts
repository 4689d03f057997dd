import { spawnSync } from "node:child_process";
import type { Document } from "./markdown";
import { commandsInSentences, shellCommands, wordsOf } from "./shell";

/** The commands of the Pulumi CLI that a document names, in its shell blocks and in its sentences. */
export function pulumiCommands(document: Document): string[] {
  const inBlocks = shellCommands(document).map(({ command }) => command);
  return [...inBlocks, ...commandsInSentences(document, "pulumi")].filter((command) =>
    /^pulumi [a-z]/.test(command),
  );
}

const helps = new Map<string, string>();

function helpOf(pulumi: string, path: readonly string[]): string {
  const key = path.join(" ");
  const help = helps.get(key) ?? spawnSync(pulumi, [...path, "--help"], { encoding: "utf8" }).stdout;
  helps.set(key, help);
  return help;
}

/** The parts of a command that the CLI does not know, by its own help. */
export function wrongPulumiCommand(command: string, pulumi: string): string[] {
  const [, ...words] = wordsOf(command);
  if (/^pulumi do \S+:\S+ /.test(command)) {
    return []; // The schema of the plugin decides what it takes.
  }
  const path = words.slice(0, words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word)) >>> 0);
  const stdout = helpOf(pulumi, path);
  const [, known = "pulumi", rest = ""] = /^Usage:\n {2}(pulumi(?: [a-z-]+)*)(.*)/m.exec(stdout) ?? [];
  const extra = path[known.split(" ").length - 1];
  const isGroup = /^ {2}pulumi.* \[command\]$/m.test(stdout);
  if (extra !== undefined && (isGroup || known === "pulumi" || !/[[<]/.test(rest.replace("[flags]", "")))) {
    return [`"${command}": ${known} has no command ${extra}.`];
  }
  return words
    .filter((word) => word.startsWith("--"))
    .map((word) => word.replace(/=.*/, ""))
    .filter((flag) => !new RegExp(`${flag}\\b`).test(stdout))
    .map((flag) => `"${command}": ${known} has no ${flag}.`);
}
