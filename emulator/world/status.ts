import type { Faults } from "./faults";

/** One machine sync. */
export interface Run {
  /** Its start, in the world's clock: milliseconds since the epoch. */
  readonly startMs: number;
  /** Its end, likewise. May lie ahead, and is Infinity if it never ends. */
  readonly endMs: number;
  /** Who started it: `trigger`, a request with `Sync: true`; `foreign`, another pipeline. */
  readonly by: "trigger" | "foreign";
}

/**
 * An answer of SyncMachines, without the request id. Times are `YYYY-MM-DD HH:MM:SS` in UTC+8, "" for none.
 */
export interface SyncStatus {
  /** SYNCING, FINISHED, NOTASK if there has been no sync, or the state that a fault sets. */
  readonly State: string;
  /** The start of the latest sync. */
  readonly LatestStartTime: string;
  /** The end of the latest sync that has ended. */
  readonly LatestEndTime: string;
}

/**
 * The status at a moment, in milliseconds since the epoch, after these syncs (oldest first) and under these
 * faults.
 */
export function showStatus(runs: readonly Run[], ms: number, faults: Faults): SyncStatus {
  const { laggingTimesSeconds = 0, laggingStateSeconds = 0, forgets, emptyTimes, unknownState } = faults;
  const stateMs = ms - Math.round(laggingStateSeconds * 1000);
  const latest = runs.findLast(({ startMs }) => startMs <= stateMs);
  let state = "NOTASK";
  if (latest !== undefined && stateMs < latest.endMs) {
    state = "SYNCING";
  } else if (latest !== undefined && !forgets) {
    state = "FINISHED";
  }
  const recordedMs = ms - Math.round(laggingTimesSeconds * 1000);
  const start = runs.findLast(({ startMs }) => startMs <= recordedMs)?.startMs;
  const end = runs.findLast(({ endMs }) => endMs <= recordedMs)?.endMs;
  return {
    State: unknownState ?? state,
    LatestStartTime: emptyTimes ? "" : serviceTime(start),
    LatestEndTime: emptyTimes ? "" : serviceTime(end),
  };
}

/** The effects of the faults on a status that was shown at `nowMs`, of the age `ageMs`, for the log. */
export function describeFaults(runs: readonly Run[], nowMs: number, ageMs: number, faults: Faults): string[] {
  const { unknownState, ...knownState } = faults;
  const { laggingStateSeconds: _late, ...promptState } = knownState;
  const ms = nowMs - ageMs;
  const shown = showStatus(runs, ms, faults);
  const { State: state } = showStatus(runs, ms, knownState);
  const { State: promptly } = showStatus(runs, ms, promptState);
  const healthy = showStatus(runs, ms, {});
  const isStale = !isSameStatus(shown, showStatus(runs, nowMs, faults));
  const hasOtherTimes = !isSameStatus({ ...shown, State: "" }, { ...healthy, State: "" });
  const seen: [boolean, string][] = [
    [isStale, `as it was ${Number((ageMs / 1000).toFixed(1))} s ago (fault)`],
    [unknownState !== undefined, `in place of ${state} (fault)`],
    [state !== promptly, "late with its state (fault)"],
    [promptly !== healthy.State, "finished but forgotten (fault)"],
    [hasOtherTimes, faults.emptyTimes ? "no times (fault)" : "late with its times (fault)"],
    [runs.at(-1)?.endMs === Number.POSITIVE_INFINITY, "never ends (fault)"],
  ];
  return seen.flatMap(([isSeen, words]) => (isSeen ? [words] : []));
}

function isSameStatus(one: SyncStatus, other: SyncStatus): boolean {
  return (
    one.State === other.State &&
    one.LatestStartTime === other.LatestStartTime &&
    one.LatestEndTime === other.LatestEndTime
  );
}

/** A moment as the service writes it, in whole seconds of Beijing time without the zone; "" for none. */
export function serviceTime(ms: number | undefined): string {
  return ms === undefined ? "" : new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
}
