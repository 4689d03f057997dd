import { spawn } from "node:child_process";
import * as path from "node:path";

export interface Printed {
  readonly stdout: string;
  /** Both streams, in the order of their output. */
  readonly all: string;
}

/**
 * Runs a command to its end, with these folders before the PATH and these further variables. Rejects with
 * its whole output if it fails.
 */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  binDirs: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Printed> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env, PATH: [...binDirs, process.env.PATH].join(path.delimiter) },
      stdio: ["ignore", "pipe", "pipe"],
      // npm and pnpm are scripts of the command processor on Windows.
      shell: process.platform === "win32",
    });
    let stdout = "";
    let all = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      all += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      all += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) =>
      code === 0
        ? resolve({ stdout, all })
        : reject(new Error(`${[command, ...args].join(" ")} failed (${code ?? signal}):\n${all}`)),
    );
  });
}
