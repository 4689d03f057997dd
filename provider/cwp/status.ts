import { BadAnswer, UnknownState } from "../api/errors";

/** NOTASK: no sync is known. SYNCING: a sync is in progress. FINISHED: the latest sync has ended. */
export type SyncState = "NOTASK" | "SYNCING" | "FINISHED";

/**
 * The answer of `SyncMachines`: the state of the account's *latest* machine sync, even if another pipeline
 * started it.
 *
 * Source: Tencent Cloud API documentation, CWP 2018-02-28, SyncMachines.
 */
export interface SyncStatus {
  readonly state: SyncState;
  /**
   * The start of the latest sync, as the service writes it (`2020-11-11 12:01:00`); "" if it gave no time, or
   * a time that means "never".
   */
  readonly latestStartTime: string;
  /** The end of the latest sync that has ended, in the same form; "" if the service gave none. */
  readonly latestEndTime: string;
  /** Tencent Cloud's id of this request; its support asks for it. */
  readonly requestId: string;
}

/** Reads the `Response` object of a SyncMachines answer. Throws BadAnswer or UnknownState. */
export function parseStatus(response: unknown): SyncStatus {
  const fields = typeof response === "object" && response !== null ? response : {};
  const text = (name: string): string => {
    const value: unknown = Reflect.get(fields, name) ?? "";
    if (typeof value !== "string") {
      throw new BadAnswer(`${name} is not a string`);
    }
    return value;
  };
  const requestId = text("RequestId");
  const state = text("State");
  if (state === "") {
    throw new BadAnswer("State is missing", requestId);
  }
  if (state !== "NOTASK" && state !== "SYNCING" && state !== "FINISHED") {
    throw new UnknownState(state, requestId);
  }
  return {
    state,
    latestStartTime: withoutNever(text("LatestStartTime")),
    latestEndTime: withoutNever(text("LatestEndTime")),
    requestId,
  };
}

/** Databases write "never" as a zero date or as the beginning of 1970, in any time zone. */
const NEVER_UNTIL_YEAR = 1970;

/** Returns the time, or "" if it means "never". */
function withoutNever(time: string): string {
  return Number.parseInt(time, 10) <= NEVER_UNTIL_YEAR ? "" : time;
}

/** Returns true for any state but SYNCING: NOTASK too may be beside the times of a run that has ended. */
export function isIdle(status: SyncStatus): boolean {
  return status.state !== "SYNCING";
}

/**
 * Returns the state as an output of the resource. The service may forget a finished sync and answer NOTASK
 * beside its times; this is FINISHED here, so that a refresh shows no drift.
 */
export function outputState(status: SyncStatus): SyncState {
  if (status.state === "NOTASK" && status.latestEndTime !== "") {
    return "FINISHED";
  }
  return status.state;
}

/**
 * The length of the latest ended sync, in seconds: its end minus its start. Undefined while a sync is in
 * progress, and if the times are empty, unreadable or in the wrong order. Both are in one unnamed zone, so
 * only their difference means anything.
 */
export function durationSeconds(status: SyncStatus): number | undefined {
  const start = Date.parse(`${status.latestStartTime.replace(" ", "T")}Z`);
  const end = Date.parse(`${status.latestEndTime.replace(" ", "T")}Z`);
  return isIdle(status) && end >= start ? (end - start) / 1000 : undefined;
}
