import { durationSeconds, outputState, type SyncState, type SyncStatus } from "../cwp/status";
import type { UnfinishedRun } from "../wait/waitError";
import type { Inputs } from "./inputs";

/** What a MachineSync shows of the account's latest sync. */
export interface StatusOutputs {
  readonly state: SyncState;
  readonly latestStartTime: string;
  readonly latestEndTime: string;
  readonly durationSeconds?: number;
  readonly requestId: string;
}

/** A MachineSync as the state holds it. */
export interface Outputs extends Inputs, Partial<StatusOutputs> {
  /** A run that was started for these inputs and whose end has not been seen: the next update goes on waiting for it. */
  readonly unfinishedRun?: UnfinishedRun;
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
