/** Builds a program from a Go module, at the version that its go.mod here names, into the user's cache. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { putIntoPlace, unfinishedFolder } from "./pulumiCli/places";
import { end, output } from "./pulumiCli/programs";

/** The sources of a program for `go build`. */
export interface GoProgram {
  /** The Go package of its main function. */
  readonly from: string;
  /** The folder with go.mod and go.sum. */
  readonly module: string;
  readonly flags?: readonly string[];
}

export interface GoTool extends GoProgram {
  /** Its name for messages. */
  readonly what: string;
  /** The name of its folder in the cache, with its version. */
  readonly folder: string;
  /** The file of the program. */
  readonly file: string;
}

/** Returns true if there is a Go to build with. */
export async function hasGo(): Promise<boolean> {
  return (await output("go", ["version"])) !== undefined;
}

/** Builds the program into this file. Returns the last line of Go's output if it could not. */
export async function buildWithGo(
  { from, module, flags = [] }: GoProgram,
  file: string,
): Promise<string | undefined> {
  const go = spawn("go", ["build", "-mod=readonly", "-buildvcs=false", ...flags, `-o=${file}`, from], {
    cwd: module,
    env: { ...process.env, GOWORK: "off" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { ended, lastLine } = await end(go);
  return ended === 0 ? undefined : lastLine;
}

/**
 * The folder of the program, which is built if it is not there.
 *
 * @throws an error that says why it could not be built.
 */
export async function goTool(tool: GoTool, cache: string, say: (line: string) => void): Promise<string> {
  const folder = path.join(cache, tool.folder);
  if (fs.existsSync(path.join(folder, tool.file))) {
    return folder;
  }
  say(`Building ${tool.what} with Go, once.`);
  const unfinished = unfinishedFolder(folder);
  const wrong = await buildWithGo(tool, path.join(unfinished, tool.file));
  if (wrong !== undefined) {
    fs.rmSync(unfinished, { recursive: true, force: true });
    throw new Error(`${tool.what} could not be built (${wrong}).`);
  }
  putIntoPlace(unfinished, folder);
  return folder;
}
