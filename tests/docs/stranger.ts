import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { root } from "./documents";
import { type Document, links } from "./markdown";
import { blocksInClone, type ShellCommand, shellCommands, wordsOf } from "./shell";

/** The tarball, which is all that a reader may have. */
export interface Tarball {
  /** `NAME-VERSION.tgz`. */
  readonly filename: string;
  /** Its files, with forward slashes. */
  readonly files: ReadonlySet<string>;
}

const { name, bin, version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const installed = `node_modules/${name}/`;

/** The programs that a reader is expected to have beside the package. */
const programs = ["cd", "curl", "export", "go", "npm", "npx", "pip", "pulumi", "python", "sleep", "tccli"];

/** For readers of a clone only: it may link to files that the tarball does not have. */
const forContributors = "CONTRIBUTING.md";

/**
 * The parts of a document's commands that its reader does not have: in a clone, or in a copy of the example's
 * folder with the tarball installed in it.
 */
export function wrongSteps(document: Document, tarball: Tarball): string[] {
  const commands = shellCommands(document);
  const fromRoot = blocksInClone(document);
  const inClone = new Set(commands.filter(({ command }) => /\.\.\/\.\.(\/|\s|$)/.test(command)).map(blockOf));
  return commands.flatMap((step) =>
    [
      ...unknownPrograms(step),
      ...askingRegistry(step),
      ...otherVersions(step),
      ...(fromRoot.has(step.block)
        ? missingInClone(".", step)
        : inClone.has(step.block) || document.path === forContributors
          ? missingInClone(path.posix.dirname(document.path), step)
          : missingInCopy(document, step, tarball)),
    ].map((wrong) => `${document.path}:${step.line}: ${wrong}`),
  );
}

/** The links of a packed document to files that npm does not pack. */
export function wrongPackedLinks(document: Document, { files }: Tarball): string[] {
  return links(document)
    .filter(({ target }) => !/^([a-z][a-z\d+.-]*:|#)/i.test(target))
    .map(({ line, target }) => {
      const [file = ""] = decodeURI(target).split("#");
      return { line, file: path.posix.join(path.posix.dirname(document.path), file) };
    })
    .filter(({ file }) => !isPacked(file, files))
    .map(({ line, file }) => `${document.path}:${line}: ${file} is not in the tarball.`);
}

/** The ways to run an example, of two, that its page does not describe. */
export function waysMissing(document: Document): string[] {
  return ["in a copy of this folder", "in a clone"]
    .filter((way) => !document.text.toLowerCase().replaceAll(/\s+/g, " ").includes(way))
    .map((way) => `${document.path} does not say what to do "${way}".`);
}

function blockOf({ block }: ShellCommand): number {
  return block;
}

function unknownPrograms({ command }: ShellCommand): string[] {
  return command
    .split(/&&|\|/)
    .map((part) => wordsOf(part).find((word) => !/^\w+=/.test(word)) ?? "")
    .filter((program) => !programs.includes(program))
    .map((program) => `a reader may not have ${program}.`);
}

/**
 * The `npx` commands that ask the registry: a bare `npx` runs any published package of a name that is not
 * installed.
 */
function askingRegistry({ command }: ShellCommand): string[] {
  const [, options = "", program = ""] = /\bnpx ((?:--\S+ )*)(\S+)/.exec(command) ?? [];
  return program in bin && !options.includes("--no-install ") ? [`write "npx --no-install ${program}".`] : [];
}

/** The plugin is installed and added by its version. */
function otherVersions({ command }: ShellCommand): string[] {
  const named = /\b(tencentcloud-cwp)(?: |@|-v)(\d+\.\d+\.\d+)/g;
  return [...command.matchAll(named)]
    .filter(([, , found]) => found !== version)
    .map(([, plugin, found]) => `${plugin} has the version ${version}, not ${found}.`);
}

function missingInClone(from: string, { command, folder }: ShellCommand): string[] {
  const base = path.posix.join(from, folder);
  return pathsIn(command)
    .map((file) => path.posix.join(base, file))
    .filter((file) => !existsSync(path.join(root, file)))
    .map((file) => `a clone has no ${file}.`);
}

function missingInCopy(document: Document, { command, folder }: ShellCommand, tarball: Tarball): string[] {
  const copied = document.path.startsWith("examples/") ? path.posix.dirname(document.path) : undefined;
  return pathsIn(command).flatMap((argument) => {
    const file = path.posix.join(folder, argument);
    if (file.endsWith(".tgz")) {
      return file === tarball.filename ? [] : [`npm pack makes ${tarball.filename}, not ${file}.`];
    }
    if (file.startsWith(installed)) {
      const inside = file.slice(installed.length);
      return isPacked(inside, tarball.files) ? [] : [`the tarball has no ${inside}.`];
    }
    // Files that the reader writes, or a command makes, cannot be looked up.
    const known = copied === undefined || isPacked(path.posix.join(copied, file), tarball.files);
    return known ? [] : [`a copy of ${copied} has no ${file}.`];
  });
}

/** The arguments that are files or folders on this machine. */
function pathsIn(command: string): string[] {
  return wordsOf(command).filter(
    (word) =>
      /^\.{1,2}(\/|$)/.test(word) || /^[\w./-]+\.(json|tgz|txt|ts)$/.test(word) || isCdOf(command, word),
  );
}

function isCdOf(command: string, word: string): boolean {
  return command === `cd ${word}`;
}

function isPacked(file: string, files: ReadonlySet<string>): boolean {
  const plain = path.posix.normalize(file).replace(/\/$/, "");
  return plain === "." || files.has(plain) || [...files].some((one) => one.startsWith(`${plain}/`));
}
