/** The command cwp-check: as it is built, in a process of its own, or in the test's process, which is quicker. */
import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";
import { cwpCheck } from "../../../provider/check/cwpCheck";

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

/** Runs the command in this process, with these variables of the environment for as long as it runs. */
export async function runHere(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const printed = { stdout: "", stderr: "" };
  const streamTo = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      printed[name] += text;
    },
  });
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  try {
    const code = await cwpCheck(args, { stdout: streamTo("stdout"), stderr: streamTo("stderr") });
    return { code, ...printed };
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
  }
}
