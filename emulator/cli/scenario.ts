import type { Account } from "../api/keys";
import { listOf, number, part, readObject } from "../api/readObject";
import type { CamRole, Role } from "../api/roles";
import { type Injected, readFaults, readInjected } from "../http/faultInput";
import { readHosts } from "../http/hostInput";
import type { Faults } from "../world/faults";
import type { NewHost } from "../world/hosts";
import { readJsonText } from "./jsonText";
import { readAccount, readCamRole, readRole } from "./keyInput";
import { UsageError } from "./usageError";

/** A scenario file: the emulated service from the start, with its faults. */
export interface Scenario {
  /** The key pairs to accept. */
  readonly accounts: readonly Account[];
  /** The roles that STS lets one assume. */
  readonly roles: readonly Role[];
  /** The role bound to the machine. */
  readonly camRole?: CamRole;
  /** The length of a sync, in seconds. */
  readonly syncSeconds?: number;
  /** The faults that last. */
  readonly faults?: Faults;
  /** The faults of single requests, in their order. */
  readonly injected: readonly Injected[];
  /** The hosts; CWP lists them after the first sync. */
  readonly hosts: readonly NewHost[];
}

/** The scenario without a file. */
export const noScenario: Scenario = { accounts: [], roles: [], injected: [], hosts: [] };

/** Reads a scenario file. Throws a UsageError. */
export function readScenario(file: string, readText: (file: string) => string, nowMs: number): Scenario {
  return readJsonText(file, readFile(file, readText), (value) => {
    const { inject: injected = [], ...read } = readObject(value, {
      accounts: listOf(readAccount),
      roles: listOf(readRole),
      camRole: part(readCamRole),
      syncSeconds: number,
      faults: part((faults) => readFaults(faults, nowMs)),
      inject: listOf(readInjected),
      hosts: part(readHosts),
    });
    return { ...noScenario, ...read, injected };
  });
}

function readFile(file: string, readText: (file: string) => string): string {
  try {
    return readText(file);
  } catch (error) {
    // After a comma, Node's message names the system call.
    const [reason] = (error instanceof Error ? error.message : String(error)).split(", ");
    throw new UsageError(`${file} cannot be read (${reason}): expected a scenario in JSON.`);
  }
}
