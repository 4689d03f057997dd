import { given } from "../api/given";
import type { Account } from "../api/keys";
import { type Injected, readFaultsOrInjected } from "../http/faultInput";
import { type EmulatorOptions, emulatorAccount } from "../http/options";
import type { NewHost } from "../world/hosts";
import { BadFlag } from "./badFlag";
import { parseFlags } from "./flags";
import { readHandwritten } from "./handwritten";
import { readScenario, type Scenario } from "./scenario";

/** What the command was told to do: print the help, or serve this. */
export type Order = { readonly help: true } | Service;

/** An emulator to serve. */
interface Service {
  readonly help: false;
  readonly quiet: boolean;
  /** The first account. */
  readonly account: Account;
  readonly options: EmulatorOptions;
  readonly injected: readonly Injected[];
  readonly hosts: readonly NewHost[];
}

/** Reads the command line, and with `readText` the file that it names. Throws a BadFlag. */
export function readOrder(args: readonly string[], readText: (file: string) => string, nowMs: number): Order {
  const { port = "0", "sync-seconds": syncSeconds, token, quiet = false, help, ...others } = parseFlags(args);
  const { "secret-id": secretId, "secret-key": secretKey, "role-arn": roleArn } = others;
  if (help) {
    return { help };
  }
  if (!/^\d+$/.test(port) || Number(port) > 65535) {
    throw new BadFlag(`--port ${port} is not a port: expected a whole number from 0 to 65535.`);
  }
  if (syncSeconds !== undefined && !/^\d+(\.\d+)?$/.test(syncSeconds)) {
    throw new BadFlag(`--sync-seconds ${syncSeconds} is not a duration: expected seconds, such as 2 or 0.5.`);
  }
  if ((secretId === undefined) !== (secretKey === undefined)) {
    throw new BadFlag("--secret-id and --secret-key belong together: give both or neither.");
  }
  const scenario: Scenario =
    others.scenario === undefined
      ? { accounts: [], roles: [], injected: [], hosts: [] }
      : readScenario(others.scenario, readText, nowMs);
  const named = secretId === undefined && token === undefined ? [] : [accountOf(secretId, secretKey, token)];
  const [first = emulatorAccount, ...more] = [...named, ...scenario.accounts];
  const { faults = scenario.faults, injected } = readFaultFlags(others.faults ?? [], nowMs);
  return {
    help: false,
    quiet,
    account: first,
    options: given({
      port: Number(port),
      syncSeconds: Number(syncSeconds ?? scenario.syncSeconds ?? 2),
      accounts: [first, ...more],
      faults,
      roles: [...(roleArn === undefined ? [] : [{ arn: roleArn }]), ...scenario.roles],
      camRole: scenario.camRole,
    }),
    injected: [...scenario.injected, ...injected],
    hosts: scenario.hosts,
  };
}

function accountOf(
  secretId = emulatorAccount.secretId,
  secretKey = emulatorAccount.secretKey,
  token: string | undefined,
): Account {
  return given({ secretId, secretKey, token });
}

/** As with the path that takes the same: faults that last replace those before, injected ones line up. */
function readFaultFlags(texts: readonly string[], nowMs: number): Pick<Scenario, "faults" | "injected"> {
  const read = texts.map((text) =>
    readHandwritten("--faults", text, (value) => readFaultsOrInjected(value, nowMs)),
  );
  const injected = read.filter((one) => "fault" in one);
  const lasting = read.filter((one) => "faults" in one).at(-1);
  return { ...lasting, injected };
}
