import type { Machine } from "../cwp/describeMachines";
import { durationSeconds, outputState, type SyncState, type SyncStatus } from "../cwp/status";
import type { UnfinishedRun } from "../wait/run/waitError";
import type { Inputs } from "./inputs";
import { statusNames } from "./names";

/** The outputs of a MachineSync that show the account's latest sync. */
export interface StatusOutputs {
  readonly state: SyncState;
  readonly latestStartTime: string;
  readonly latestEndTime: string;
  readonly durationSeconds?: number;
  readonly requestId: string;
}

/** The state's record of a MachineSync. */
export interface Outputs extends Inputs, Partial<StatusOutputs> {
  /** The machines of the hosts that CWP lists, in the order of `hosts`. */
  readonly machines?: readonly Machine[];
  /**
   * A run that was started for these inputs and whose end has not been seen: the next update waits for it.
   */
  readonly unfinishedRun?: UnfinishedRun;
  /**
   * The account of the last run that a create or update saw, and of `machines`: a fingerprint (see
   * SignedResponse). Pulumi shows no property whose name begins with two underscores. Version 0.1.0 kept
   * none.
   */
  readonly __account?: string;
}

export function statusOutputs(status: SyncStatus): StatusOutputs {
  const seconds = durationSeconds(status);
  return {
    state: outputState(status),
    latestStartTime: status.latestStartTime,
    latestEndTime: status.latestEndTime,
    ...(seconds !== undefined && { durationSeconds: seconds }),
    requestId: status.requestId,
  };
}

/** Returns the state's outputs of a sync, for an operation that needs no sync. */
export function statusBefore(olds: Outputs): Partial<StatusOutputs> {
  return Object.fromEntries(
    statusNames.flatMap((name) => (olds[name] === undefined ? [] : [[name, olds[name]]])),
  );
}
