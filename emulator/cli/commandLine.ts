import type { Account } from "../api/keys";
import { omitUndefined } from "../api/omitUndefined";
import { type Injected, readFaultsOrInjected } from "../http/faultInput";
import { type EmulatorOptions, emulatorAccount } from "../http/options";
import type { NewHost } from "../world/hosts";
import { parseFlags } from "./flags";
import { readJsonText } from "./jsonText";
import { noScenario, readScenario, type Scenario } from "./scenario";
import { UsageError } from "./usageError";

/** The work of the command, from its flags and the file that they name: print the help, or start this. */
export type CommandLine = { readonly help: true } | Start;

/** An emulator to start. */
interface Start {
  readonly help: false;
  readonly quiet: boolean;
  /** The first account. */
  readonly account: Account;
  readonly options: EmulatorOptions;
  readonly injected: readonly Injected[];
  readonly hosts: readonly NewHost[];
}

/** Reads the command line, and with `readText` the file that it names. Throws a UsageError. */
export function readCommandLine(
  args: readonly string[],
  readText: (file: string) => string,
  nowMs: number,
): CommandLine {
  const flags = parseFlags(args);
  if (flags.help) {
    return { help: true };
  }
  const port = readPort(flags.port ?? "0");
  const syncSeconds = readSyncSeconds(flags["sync-seconds"]);
  const named = readAccountFlags(flags["secret-id"], flags["secret-key"], flags.token);
  const scenario: Scenario =
    flags.scenario === undefined ? noScenario : readScenario(flags.scenario, readText, nowMs);
  const { faults = scenario.faults, injected } = readFaultFlags(flags.faults ?? [], nowMs);
  const [first = emulatorAccount, ...others] = [...named, ...scenario.accounts];
  const hosts = readHostIds(flags.hosts);
  const roleArn = flags["role-arn"];
  return {
    help: false,
    quiet: flags.quiet ?? false,
    account: first,
    options: omitUndefined({
      port,
      syncSeconds: syncSeconds ?? scenario.syncSeconds ?? 2,
      accounts: [first, ...others],
      faults,
      roles: [...(roleArn === undefined ? [] : [{ arn: roleArn }]), ...scenario.roles],
      camRole: scenario.camRole,
    }),
    injected: [...scenario.injected, ...injected],
    hosts: [...hosts, ...scenario.hosts],
  };
}

function readPort(port: string): number {
  if (!/^\d+$/.test(port) || Number(port) > 65535) {
    throw new UsageError(`--port ${port} is not a port: expected a whole number from 0 to 65535.`);
  }
  return Number(port);
}

function readSyncSeconds(seconds: string | undefined): number | undefined {
  if (seconds !== undefined && !/^\d+(\.\d+)?$/.test(seconds)) {
    throw new UsageError(`--sync-seconds ${seconds} is not a duration: expected seconds, such as 2 or 0.5.`);
  }
  return seconds === undefined ? undefined : Number(seconds);
}

function readHostIds(text: string | undefined): NewHost[] {
  const ids = text?.split(",").map((id) => id.trim()) ?? [];
  if (ids.includes("")) {
    throw new UsageError(
      `--hosts ${text} is not a list of hosts: expected instance ids such as ins-web,ins-db.`,
    );
  }
  return ids.map((id) => ({ id }));
}

function readAccountFlags(
  secretId: string | undefined,
  secretKey: string | undefined,
  token: string | undefined,
): Account[] {
  if ((secretId === undefined) !== (secretKey === undefined)) {
    throw new UsageError("--secret-id and --secret-key belong together: give both or neither.");
  }
  return secretId === undefined && token === undefined
    ? []
    : [{ ...emulatorAccount, ...omitUndefined({ secretId, secretKey, token }) }];
}

/**
 * As by POST /_emulator/faults: lasting faults replace the lasting faults before, injected faults line up.
 */
function readFaultFlags(texts: readonly string[], nowMs: number): Pick<Scenario, "faults" | "injected"> {
  const read = texts.map((text) =>
    readJsonText("--faults", text, (value) => readFaultsOrInjected(value, nowMs)),
  );
  const injected = read.filter((one) => "fault" in one);
  const lasting = read.filter((one) => "faults" in one).at(-1);
  return { ...lasting, injected };
}
