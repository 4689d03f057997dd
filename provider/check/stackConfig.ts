import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Config } from "../account/config";
import { isObject } from "../api/isObject";

/** The error of a config that cannot be read. */
export class StackError extends Error {}

/** The time limit of the CLI, which may ask a backend on the network. */
const CLI_MS = 60_000;
/** The largest config, in bytes: it has room for a file or two. */
const LARGEST_CONFIG = 16 * 1024 * 1024;

/**
 * Reads the config of a stack of the project in this folder, decrypted. The CLI asks nothing: no terminal is
 * passed on to it. Throws StackError.
 */
export async function readStackConfig(stack: string): Promise<Config> {
  const values = readValues(await configText(stack), stack);
  return (name) => values.get(name);
}

async function configText(stack: string): Promise<string> {
  const args = ["config", "--json", "--show-secrets", "--non-interactive", "--stack", stack];
  const running = promisify(execFile)("pulumi", args, {
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeout: CLI_MS,
    maxBuffer: LARGEST_CONFIG,
  });
  running.child.stdin?.end();
  try {
    return (await running).stdout;
  } catch (error) {
    throw new StackError(`The config of the stack ${stack} cannot be read: ${explainFailure(error, stack)}`);
  }
}

/**
 * The texts of the CLI, and what to do. Its own text is not passed on: it may quote a value of a file that it
 * cannot read.
 */
const causes: readonly [said: RegExp, why: string][] = [
  [
    /passphrase must be set|incorrect passphrase/,
    "its secrets need a passphrase, which is missing or wrong. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
  ],
  [/no stack named/, 'the project has no such stack. "pulumi stack ls" lists them.'],
  [
    /no Pulumi\.yaml project file/,
    "this folder has no Pulumi.yaml. Run the command in the program's folder.",
  ],
  [/PULUMI_ACCESS_TOKEN|not logged in/, 'the Pulumi CLI is not logged in. Run "pulumi login".'],
];

function explainFailure(error: unknown, stack: string): string {
  if (Reflect.get(Object(error), "code") === "ENOENT") {
    return "there is no Pulumi CLI on the PATH. Install it, or leave out --stack and use environment variables.";
  }
  const said = String(Reflect.get(Object(error), "stderr"));
  const [, why] = causes.find(([cause]) => cause.test(said)) ?? [];
  return why ?? `the Pulumi CLI has failed. Run "pulumi config --stack ${stack}" to see why.`;
}

function readValues(text: string, stack: string): Map<string, string> {
  try {
    const config: unknown = JSON.parse(text);
    const entries = isObject(config) ? Object.entries(config) : [];
    return new Map(
      entries.flatMap(([name, entry]) =>
        isObject(entry) && typeof entry.value === "string" ? [[name, entry.value]] : [],
      ),
    );
  } catch {
    // The parser's error would quote the config.
    throw new StackError(`The config of the stack ${stack} cannot be read: the CLI printed no JSON.`);
  }
}
