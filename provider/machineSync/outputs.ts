import type { Machine } from "../cwp/describeMachines";
import { durationSeconds, outputState, type SyncState, type SyncStatus } from "../cwp/status";
import type { UnfinishedRun } from "../wait/run/waitError";
import type { Inputs } from "./inputs";
import { statusNames } from "./names";

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
  /** The machines of those hosts that CWP lists, in the order of `hosts`. */
  readonly machines?: readonly Machine[];
  /**
   * A run that was started for these inputs and whose end has not been seen: the next update goes on waiting
   * for it.
   */
  readonly unfinishedRun?: UnfinishedRun;
  /**
   * The account of the last run that a create or update saw, whose `machines` those are: a fingerprint (see
   * SignedResponse). Pulumi shows no property whose name begins like this. Version 0.1.0 kept none.
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

/** What the state shows of a sync, for an operation that needs none. */
export function statusBefore(olds: Outputs): Partial<StatusOutputs> {
  return Object.fromEntries(
    statusNames.flatMap((name) => (olds[name] === undefined ? [] : [[name, olds[name]]])),
  );
}
