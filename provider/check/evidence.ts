/** The evidence in the answers of a record: their age, and the syncs in progress. */
import { parseStatus, type SyncStatus } from "../cwp/status";
import type { Observed, ObservedAnswer } from "./observed";

/** A readable answer, and its place among the answers of its connection. */
export interface Seen extends Omit<ObservedAnswer, "state"> {
  readonly state: SyncStatus["state"];
  /** True for the answer to its connection's first poll. */
  readonly isFirst: boolean;
}

/** Returns the readable answers in the order of their arrival. */
export function seenIn(answers: readonly Observed[]): Seen[] {
  const known = new Set<number>();
  return [...answers]
    .sort((one, other) => one.receivedMs - other.receivedMs)
    .flatMap((answer) => {
      const status = statusIn(answer);
      if (!status) {
        return [];
      }
      const isFirst = answer.request === "poll" && !known.has(answer.connection);
      known.add(answer.connection);
      const { state, latestStartTime, latestEndTime } = status;
      return [{ ...answer, state, latestStartTime, latestEndTime, isFirst }];
    });
}

/** Returns the status in an answer; undefined if there is none that this package can read. */
function statusIn(answer: Observed): SyncStatus | undefined {
  if (!("state" in answer)) {
    return undefined;
  }
  const { state, latestStartTime, latestEndTime } = answer;
  try {
    return parseStatus({ State: state, LatestStartTime: latestStartTime, LatestEndTime: latestEndTime });
  } catch {
    return undefined;
  }
}

export function isSyncing({ state }: Pick<Seen, "state">): boolean {
  return state === "SYNCING";
}

/**
 * Returns true if the other status has replaced this status. Times in one fixed form are in the order of the
 * alphabet. Of two statuses with the same times, neither is older: the state may have changed before the
 * times, or after them. A status without a start is not older, except NOTASK, which means that there was
 * never a sync.
 */
export function isOlder(one: Times, other: Times): boolean {
  if (one.latestStartTime === "" && one.state !== "NOTASK") {
    return false;
  }
  return one.latestStartTime === other.latestStartTime
    ? one.latestEndTime < other.latestEndTime
    : one.latestStartTime < other.latestStartTime;
}

type Times = Pick<Seen, "state" | "latestStartTime" | "latestEndTime">;

/** A sync that the answers have shown. */
export interface Run {
  /** The first answer that showed it in progress. */
  readonly shown: Seen;
  /** Its start; "" while no answer has shown it. */
  readonly start: string;
  /** The moment of the first answer that showed its end; infinite if none did. */
  readonly endedMs: number;
}

/** Returns the syncs that were seen in progress, in their order. */
export function runsIn(seen: readonly Seen[]): Run[] {
  const runs: Run[] = [];
  let newest: Seen | undefined;
  for (const answer of seen) {
    if (newest && isOlder(answer, newest)) {
      continue;
    }
    const run = runs.at(-1);
    const open = run?.endedMs === Number.POSITIVE_INFINITY ? run : undefined;
    if (isSyncing(answer)) {
      const isNext = open && open.start !== "" && answer.latestEndTime >= open.start && isNewer(answer, open);
      if (!open || isNext) {
        close(runs, answer.receivedMs);
        runs.push({ shown: answer, start: ownStart(answer), endedMs: Number.POSITIVE_INFINITY });
      } else {
        runs[runs.length - 1] = { ...open, start: ownStart(answer) || open.start };
      }
    } else if (open && !answer.isFirst) {
      close(runs, answer.receivedMs);
    }
    newest = answer;
  }
  return runs;
}

/**
 * The start of the sync in progress. Beside an end that is not before it, it is still that of the sync
 * before.
 */
function ownStart({ latestStartTime, latestEndTime }: Seen): string {
  return latestEndTime < latestStartTime ? latestStartTime : "";
}

function isNewer({ latestStartTime }: Seen, { start }: Run): boolean {
  return latestStartTime > start;
}

function close(runs: Run[], endedMs: number): void {
  const run = runs.at(-1);
  if (run?.endedMs === Number.POSITIVE_INFINITY) {
    runs[runs.length - 1] = { ...run, endedMs };
  }
}

/** Returns the sync that the answers show in progress from the sending of a request to its answer. */
export function runAround(
  { sentMs, receivedMs }: Pick<Observed, "sentMs" | "receivedMs">,
  runs: readonly Run[],
): Run | undefined {
  return runs.find(
    ({ shown, endedMs }) => shown.sentMs < sentMs && shown.receivedMs <= sentMs && receivedMs < endedMs,
  );
}
