import { type ChildProcess, execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";

/** The first executable file of that name in the folders of a PATH. */
export function findProgram(file: string, searchPath: string): string | undefined {
  const candidates = searchPath
    .split(path.delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => path.join(folder, file));
  return candidates.find((candidate) => {
    try {
      fs.accessSync(candidate, fs.constants.X_OK);
      return fs.statSync(candidate).isFile();
    } catch {
      return false;
    }
  });
}

/** The output of a program, or undefined if it is not there or fails. */
export async function output(command: string, args: string[]): Promise<string | undefined> {
  try {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    return (await promisify(execFile)(command, args, { env, timeout: 10_000 })).stdout;
  } catch {
    return undefined;
  }
}

/** Waits for the end of a child: its exit code or signal, and the last line it printed. */
export function end(child: ChildProcess): Promise<{ ended: number | string; lastLine: string }> {
  return new Promise((resolve, reject) => {
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const lastLine = printed.trim().split("\n").at(-1) ?? "";
      resolve({ ended: code ?? signal ?? "lost", lastLine });
    });
  });
}
