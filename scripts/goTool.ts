/** Builds a program from a Go module, at the version that its go.mod here names, into the user's cache. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { putIntoPlace, unfinishedFolder } from "./pulumiCli/places";
import { end, output } from "./pulumiCli/programs";

export interface GoTool {
  /** What it is, in words. */
  readonly what: string;
  /** The name of its folder in the cache, with its version. */
  readonly folder: string;
  /** The file of the program. */
  readonly file: string;
  /** The Go package of its main function. */
  readonly from: string;
  /** The folder with go.mod and go.sum. */
  readonly module: string;
  readonly flags?: readonly string[];
}

/** Whether there is a Go to build with. */
export async function hasGo(): Promise<boolean> {
  return (await output("go", ["version"])) !== undefined;
}

/**
 * The folder that the program is in, built if it is not there.
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
  const output = `-o=${path.join(unfinished, tool.file)}`;
  const go = spawn(
    "go",
    ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", ...(tool.flags ?? []), output, tool.from],
    { cwd: tool.module, env: { ...process.env, GOWORK: "off" }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const { ended, lastLine } = await end(go);
  if (ended !== 0) {
    fs.rmSync(unfinished, { recursive: true, force: true });
    throw new Error(`${tool.what} could not be built (${lastLine}).`);
  }
  putIntoPlace(unfinished, folder);
  return folder;
}
