import { parseArgs } from "node:util";
import { parseEndpoint } from "../account/endpoint";
import { parseDuration } from "../api/duration";

/** A command line that cannot be used. */
export class UsageError extends Error {}

/** The settings that name the account. */
export interface Source {
  readonly stack?: string | undefined;
  readonly isPlugin: boolean;
  readonly profile?: string | undefined;
  readonly endpoint?: string | undefined;
}

/** The command: print the help, check the account, or check it and then watch its syncs. */
export type CommandLine =
  | { readonly does: "help" }
  | { readonly does: "check"; readonly source: Source; readonly json: boolean }
  | {
      readonly does: "observe";
      readonly source: Source;
      readonly file: string;
      readonly timeoutMs: number;
      readonly yes: boolean;
    };

/** Reads the command line of cwp-check. Throws UsageError. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const flags = parse(args);
  if (flags.help) {
    return { does: "help" };
  }
  for (const name of ["stack", "profile", "endpoint", "observe"] as const) {
    if (flags[name]?.trim() === "") {
      throw new UsageError(`--${name} must not be empty.`);
    }
  }
  const { stack, plugin = false, profile, endpoint, observe: file, json = false, yes = false } = flags;
  refuseEndpoint(endpoint);
  const source = { stack, isPlugin: plugin, profile, endpoint };
  if (file === undefined) {
    if (yes || flags.timeout !== undefined) {
      throw new UsageError("--yes and --timeout belong to --observe FILE: add it, or leave them out.");
    }
    return { does: "check", source, json };
  }
  if (json) {
    throw new UsageError("--json and --observe exclude each other: the file of --observe is JSON.");
  }
  return { does: "observe", source, file, timeoutMs: readTimeout(flags.timeout ?? "30m"), yes };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        stack: { type: "string" },
        plugin: { type: "boolean" },
        profile: { type: "string" },
        endpoint: { type: "string" },
        json: { type: "boolean" },
        observe: { type: "string" },
        timeout: { type: "string" },
        yes: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    // The first sentence of Node's message is enough.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\.\s/);
    throw new UsageError(`${sentence}. See cwp-check --help.`);
  }
}

function refuseEndpoint(endpoint: string | undefined): void {
  try {
    if (endpoint !== undefined) {
      parseEndpoint(endpoint);
    }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readTimeout(text: string): number {
  const timeoutMs = parseDuration(text);
  if (timeoutMs === undefined) {
    throw new UsageError(`--timeout ${text} is not a duration above zero, such as 30m or 1h30m.`);
  }
  return timeoutMs;
}
