import { isIdle, type SyncStatus } from "../cwp/status";

/**
 * How a run is recognised.
 *
 * The API names no task: it answers with the account's latest sync, whoever started it. A caller needs a run that *started
 * after it called*. Two assumptions carry everything here: an idle answer to a caller's first question is true, and any later
 * answer is at most SETTLE_MS old, as from a replica that lags.
 *
 * Times are opaque: they are compared with each other, never with the local clock. In the service's one fixed form,
 * alphabetical order is the order in time.
 */

/** How long an answer may lag behind the truth, in milliseconds. Weak evidence must hold this long. */
export const SETTLE_MS = 5_000;
/** How many looks in a row must say the same before weak evidence is believed. */
export const SETTLE_LOOKS = 3;

/** The times of the account's latest run. */
type Times = Pick<SyncStatus, "latestStartTime" | "latestEndTime">;

/** A row of idle answers that all show the same times. */
interface Calm {
  readonly since: number;
  readonly looks: number;
  readonly times: Times;
}

/** What a caller knows of the run that it needs. */
export type Knowledge =
  /** Nothing: its first question is unanswered. */
  | { readonly is: "unasked" }
  /**
   * A run is going that may have begun before the caller: `first` is what was first seen of it, `since` when. `notItsEnd` is an
   * end that stood beside SYNCING, and so is an earlier run's.
   */
  | {
      readonly is: "blocked";
      readonly first: SyncStatus;
      readonly since: number;
      readonly notItsEnd: string;
      readonly calm?: Calm;
    }
  /**
   * The account was seen idle. A run that shows after this `baseline` is one that the caller needs; `shown` says that one has.
   * `since` is when the baseline was taken, `notItsEnd` as above.
   */
  | {
      readonly is: "watching";
      readonly baseline: SyncStatus;
      readonly since: number;
      readonly shown: boolean;
      readonly notItsEnd?: string | undefined;
      readonly calm?: Calm;
    }
  /** That run has ended, and this is the status that says so. */
  | { readonly is: "finished"; readonly status: SyncStatus };

/** An answer, with the times (of the loop's clock) between which the service gave it. */
export interface Answer {
  readonly status: SyncStatus;
  readonly sentAt: number;
  readonly at: number;
  /** The newest start that this process had seen before, whoever asked. An answer with an older one is stale. */
  readonly newestStart?: string;
}

/** What a caller knows after one more answer, to a question that was sent after the caller arrived. */
export function learn(known: Knowledge, answer: Answer): Knowledge {
  const { status, sentAt, at } = answer;
  switch (known.is) {
    case "unasked":
      return isIdle(status) && status.latestStartTime >= (answer.newestStart ?? "")
        ? { is: "watching", baseline: status, since: at, shown: false }
        : { is: "blocked", first: status, since: at, notItsEnd: status.latestEndTime };

    case "blocked": {
      if (!isIdle(status)) {
        const { first, since } = known;
        return { is: "blocked", first, since, notItsEnd: status.latestEndTime };
      }
      const calm = calmer(known.calm, status, at);
      const ended =
        endShows(known.first, status, sentAt - known.since) && status.latestEndTime !== known.notItsEnd;
      return ended || settled(calm, sentAt)
        ? { is: "watching", baseline: status, since: at, shown: false }
        : { ...known, calm };
    }

    case "watching": {
      const { baseline, since, notItsEnd } = known;
      const shown = known.shown || runShows(baseline, status, sentAt - since);
      if (!isIdle(status)) {
        return { is: "watching", baseline, since, shown, notItsEnd: status.latestEndTime };
      }
      if (recordMoved(baseline, status, sentAt - since) && status.latestEndTime !== notItsEnd) {
        return { is: "finished", status };
      }
      const calm = calmer(known.calm, status, at);
      return shown && settled(calm, sentAt)
        ? { is: "finished", status }
        : { is: "watching", baseline, since, shown, notItsEnd, calm };
    }

    case "finished":
      return known;
  }
}

/** When the weak evidence that holds now will have held long enough; undefined when there is none. */
export function settlesAt(known: Knowledge): number | undefined {
  const holds = known.is === "blocked" || (known.is === "watching" && known.shown);
  return holds && known.calm ? known.calm.since + SETTLE_MS + 1 : undefined;
}

/**
 * No run that began before the caller is going: an end has come that was not there, to a start that is not older, in an answer
 * too late to be from before the call (a first SYNCING too may be stale). An end that was empty beside SYNCING proves nothing:
 * the service may blank it for the time of the run.
 */
function endShows(going: Times, now: Times, age: number): boolean {
  return (
    age > SETTLE_MS &&
    going.latestStartTime !== "" &&
    going.latestEndTime !== "" &&
    now.latestEndTime !== going.latestEndTime &&
    now.latestStartTime >= going.latestStartTime &&
    now.latestEndTime >= now.latestStartTime
  );
}

/**
 * A run has begun since the baseline. Its start is newer than the baseline's; or it is SYNCING, or differs otherwise, in an
 * answer too late to show the time before the baseline.
 */
function runShows(baseline: SyncStatus, now: SyncStatus, age: number): boolean {
  if (startIsNewer(baseline, now, age)) {
    return true;
  }
  const startDiffers = now.latestStartTime !== "" && now.latestStartTime !== baseline.latestStartTime;
  return age > SETTLE_MS && (!isIdle(now) || startDiffers);
}

/** The strong evidence: start and end have both moved on, and belong together. */
function recordMoved(baseline: SyncStatus, now: SyncStatus, age: number): boolean {
  return (
    startIsNewer(baseline, now, age) &&
    now.latestEndTime !== baseline.latestEndTime &&
    now.latestEndTime >= now.latestStartTime
  );
}

/** A baseline without a start says nothing of the runs before it, unless there had never been one. */
function startIsNewer(baseline: SyncStatus, now: Times, age: number): boolean {
  if (baseline.latestStartTime === "" && !nothingBefore(baseline) && age <= SETTLE_MS) {
    return false;
  }
  return now.latestStartTime > baseline.latestStartTime;
}

function nothingBefore(baseline: SyncStatus): boolean {
  return baseline.state === "NOTASK" && baseline.latestStartTime === "" && baseline.latestEndTime === "";
}

function calmer(calm: Calm | undefined, now: Times, at: number): Calm {
  const same =
    calm?.times.latestStartTime === now.latestStartTime && calm.times.latestEndTime === now.latestEndTime;
  return calm && same
    ? { ...calm, looks: calm.looks + 1 }
    : {
        since: at,
        looks: 1,
        times: { latestStartTime: now.latestStartTime, latestEndTime: now.latestEndTime },
      };
}

function settled(calm: Calm, sentAt: number): boolean {
  return calm.looks >= SETTLE_LOOKS && sentAt - calm.since > SETTLE_MS;
}
