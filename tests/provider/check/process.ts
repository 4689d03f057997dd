/** The command cwp-check as it is built, in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";

const command = path.join(__dirname, "../../../dist/provider/check/command.js");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The settings of one process beside the environment of the test. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The sources of modules that are loaded before the command. */
  readonly before?: readonly string[];
  /** Gets the process, and what it has printed so far on stderr. */
  readonly watch?: (child: ChildProcess, stderr: string) => void;
}

/** Runs the command to its end, without a terminal. */
export function run(
  args: readonly string[],
  { env = {}, cwd, before = [], watch }: Surroundings = {},
): Promise<Ended> {
  const imports = before.map((source) => `--import=data:text/javascript,${encodeURIComponent(source)}`);
  const child = spawn(process.execPath, [...imports, command, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
      watch?.(child, printed.stderr);
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, ...printed }));
  });
}
