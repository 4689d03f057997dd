import { isIdle, type SyncStatus } from "../../cwp/status";

/**
 * The rules by which a wait recognises a run.
 *
 * The API names no sync: it answers with the account's latest one, even if another pipeline started it. A
 * wait needs a run that *began after the wait did*. Three assumptions carry everything here:
 *
 * - A1: an idle answer to a wait's first poll is true, unless this process awaits a run at the same endpoint;
 * - A2: any later answer is at most SETTLE_MS old, as from a replica that lags;
 * - A3: CWP runs one sync of an account at a time.
 *
 * Times are opaque: they are compared with each other, never with the local clock. In the service's one fixed
 * form, alphabetical order is the order in time.
 */

/** The longest lag of an answer behind the truth, in milliseconds. Weak evidence must hold this long. */
export const SETTLE_MS = 5_000;
/** The number of polls in a row that must say the same before weak evidence is believed. */
export const SETTLE_POLLS = 3;

/** The times of the account's latest run. */
type Times = Pick<SyncStatus, "latestStartTime" | "latestEndTime">;

/** A row of idle answers that all show the same times. */
interface Calm {
  readonly since: number;
  readonly polls: number;
  readonly times: Times;
}

/** The knowledge of a wait about the run that it needs. */
export type Knowledge = Unasked | Blocked | Idle | Running | Finished;

/** No knowledge: the first poll has no answer yet. */
interface Unasked {
  readonly is: "unasked";
}

/** A run is in progress that may have begun before the wait. */
interface Blocked {
  readonly is: "blocked";
  /** The first answer that showed it, and the moment of that answer. */
  readonly first: SyncStatus;
  readonly since: number;
  /** The status whose start was the newest at some moment of the wait, once one is known. */
  readonly anchor?: SyncStatus | undefined;
  /** An end that was beside SYNCING, and so is an earlier run's. */
  readonly notItsEnd: string;
  readonly calm?: Calm;
}

/** The baseline that separates a run that counts from the runs before it. */
interface Anchored {
  /** The status whose start was the newest at some moment of the wait: a run with a newer start counts. */
  readonly baseline: SyncStatus;
  /** The moment of the baseline's answer. */
  readonly since: number;
  /** The baseline's run had ended then: each end but the baseline's is that of a run that began later. */
  readonly hadEnded: boolean;
  /**
   * The first answer had no times, and no later one has shown for sure which run was the newest. Then the times
   * that an idle answer shows may be an earlier run's.
   */
  readonly isUnsure: boolean;
  /** An end that was beside SYNCING, and so is an earlier run's. */
  readonly notItsEnd?: string | undefined;
}

/** The account was idle after the wait began, and no run has shown since. */
interface Idle extends Anchored {
  readonly is: "idle";
}

/** A run that counts has shown, and its end has not. */
interface Running extends Anchored {
  readonly is: "running";
  /** The start of the first run that counts; "" while only SYNCING shows it. */
  readonly its: string;
  readonly calm?: Calm | undefined;
}

/** The run has ended, and this status shows it. */
interface Finished {
  readonly is: "finished";
  readonly status: SyncStatus;
}

/** An answer to a request that was sent after the wait began. */
export interface Answer {
  readonly status: SyncStatus;
  /** The moments of the request and of its answer, on the loop's clock. */
  readonly sentAt: number;
  readonly at: number;
  /**
   * True if it may be a first answer in the sense of A1: to a poll that was sent while no wait at the endpoint
   * awaited a run.
   */
  readonly mayBeFirst: boolean;
  /** The newest start that this process had seen before. An answer with an older one is stale. */
  readonly newestStart: string;
}

/** Returns what a wait that began at `began` knows after one more answer. */
export function learn(known: Knowledge, answer: Answer, began: number): Knowledge {
  switch (known.is) {
    case "unasked":
      return learnFirst(known, answer, began);
    case "blocked":
      return learnBlocked(known, answer, began);
    case "idle":
      return learnIdle(known, answer, began);
    case "running":
      return learnRunning(known, answer, began);
    case "finished":
      return known;
  }
}

/** Returns true if an answer to a request sent at `sentAt` shows the account during the wait (A2). */
function isLate(sentAt: number, began: number): boolean {
  return sentAt - began > SETTLE_MS;
}

function learnFirst(known: Unasked, answer: Answer, began: number): Knowledge {
  const { status, sentAt, at, mayBeFirst, newestStart } = answer;
  const late = isLate(sentAt, began);
  if (!mayBeFirst && !late) {
    return known;
  }
  return isIdle(status) && status.latestStartTime >= newestStart
    ? { is: "idle", ...anchoredAt(status, at), hadEnded: mayBeFirst || hasLaterEnd(status) }
    : {
        is: "blocked",
        first: status,
        since: at,
        notItsEnd: status.latestEndTime,
        anchor: late ? anchorOf(answer) : undefined,
      };
}

/** Takes a status as the baseline. A status without a start may hide the run that was the newest. */
export function anchoredAt(baseline: SyncStatus, since: number): Anchored {
  return { baseline, since, hadEnded: hasLaterEnd(baseline), isUnsure: baseline.latestStartTime === "" };
}

function learnBlocked(known: Blocked, answer: Answer, began: number): Knowledge {
  const { first, since, notItsEnd } = known;
  const { status, sentAt, at } = answer;
  const late = isLate(sentAt, began);
  const anchor = known.anchor ?? (late ? anchorOf(answer) : undefined);
  if (anchor && isNewer(status, anchor)) {
    const anchored = { ...anchoredAt(anchor, since), notItsEnd };
    return learnRunning({ is: "running", its: "", ...anchored }, answer, began);
  }
  if (!isIdle(status)) {
    return { is: "blocked", first, since, anchor, notItsEnd: status.latestEndTime };
  }
  const calm = extendCalm(known.calm, status, at);
  const ended = late && hasEndShown(first, status) && status.latestEndTime !== notItsEnd;
  return ended || isSettled(calm, sentAt)
    ? { is: "idle", ...anchoredAt(status, at) }
    : { ...known, anchor, calm };
}

function learnIdle(known: Idle, answer: Answer, began: number): Knowledge {
  const { baseline, since, isUnsure } = known;
  const { status, sentAt } = answer;
  // Without a start, only the answer of an account without any sync makes a start newer for sure.
  const mayBeOlder = isUnsure && (isIdle(status) || !isBlank(baseline));
  const startShows = isNewer(status, baseline) && !mayBeOlder;
  if (startShows || (!isIdle(status) && sentAt - since > SETTLE_MS)) {
    return learnRunning({ ...known, is: "running", its: "" }, answer, began);
  }
  const seen = isIdle(status) ? known : { ...known, notItsEnd: status.latestEndTime };
  return isUnsure ? learnBaseline(seen, answer, began) : seen;
}

/** Learns from an answer that follows one without times, if no run has shown. */
function learnBaseline(known: Idle, { status, sentAt, at, newestStart }: Answer, began: number): Idle {
  const late = isLate(sentAt, began);
  const hasStart = status.latestStartTime !== "" && status.latestStartTime >= newestStart;
  if (hasStart && (isIdle(status) || late)) {
    return { ...known, ...anchoredAt(status, at), isUnsure: !late };
  }
  const isConfirmed = late && isBlank(known.baseline) && isBlank(status) && newestStart === "";
  return { ...known, isUnsure: !isConfirmed };
}

function learnRunning(known: Running, answer: Answer, began: number): Knowledge {
  const { baseline, hadEnded, notItsEnd } = known;
  const { status, sentAt, at } = answer;
  if (known.isUnsure && known.its === "" && !isIdle(status) && hasEnded(status)) {
    // These times are beside a run in progress, but are the record of the run before it.
    const isUnsure = !isLate(sentAt, began);
    return { is: "running", its: "", ...anchoredAt(status, at), isUnsure, notItsEnd: status.latestEndTime };
  }
  const counts = isOfItsRun(known, status);
  const its = known.its || (counts ? status.latestStartTime : "");
  const isNext = its !== "" && status.latestStartTime > its;
  const recordMoved =
    isIdle(status) &&
    counts &&
    (hadEnded ? hasEnded(status) : hasLaterEnd(status)) &&
    status.latestEndTime !== baseline.latestEndTime &&
    status.latestEndTime !== notItsEnd;
  if (recordMoved) {
    return { is: "finished", status };
  }
  if (isNext && hasOwnEnd(its, status.latestEndTime, notItsEnd)) {
    return { is: "finished", status: { ...status, state: "FINISHED", latestStartTime: its } };
  }
  if (!isIdle(status)) {
    return { ...known, its, notItsEnd: isNext ? notItsEnd : status.latestEndTime, calm: undefined };
  }
  const calm = extendCalm(known.calm, status, at);
  return isSettled(calm, sentAt) ? { is: "finished", status } : { ...known, its, calm };
}

/** Returns true if the start in an answer is that of a run that counts. */
function isOfItsRun({ baseline, isUnsure, its }: Running, status: SyncStatus): boolean {
  return isUnsure && isIdle(status) ? its !== "" && status.latestStartTime >= its : isNewer(status, baseline);
}

/** Returns true if the end belongs to the start beside it, or to the run before in the same second. */
function hasEnded({ latestStartTime, latestEndTime }: Times): boolean {
  return latestStartTime !== "" && latestEndTime >= latestStartTime;
}

/** Returns true if the end is certainly not that of the run before the start beside it (A3). */
function hasLaterEnd({ latestStartTime, latestEndTime }: Times): boolean {
  return latestEndTime > latestStartTime;
}

/**
 * Returns true if the end is the run's own or a later run's. An end in the very second of the run's start may
 * be that of the run before, and so must not have been beside SYNCING. An end in a later second counts (A3)
 * even if it was there: the start of the run after may have shown late.
 */
function hasOwnEnd(its: string, end: string, notItsEnd: string | undefined): boolean {
  return end > its || (end === its && end !== notItsEnd);
}

/** Returns the moment at which the weak evidence has held long enough; undefined if there is none. */
export function settlesAt(known: Knowledge): number | undefined {
  return "calm" in known && known.calm ? known.calm.since + SETTLE_MS + 1 : undefined;
}

/** Returns a status that has a start and is not stale. No other says anything of the runs before it. */
function anchorOf({ status, newestStart }: Answer): SyncStatus | undefined {
  return status.latestStartTime !== "" && status.latestStartTime >= newestStart ? status : undefined;
}

/**
 * Returns true if the run that was in progress first has ended: there is a new end, to a start that is not
 * older. An end that was empty beside SYNCING may have been blanked for the time of the run, so the new end
 * must be later than the start.
 */
function hasEndShown(first: Times, now: Times): boolean {
  const isNew =
    first.latestEndTime === ""
      ? now.latestEndTime > now.latestStartTime
      : now.latestEndTime !== first.latestEndTime && now.latestEndTime >= now.latestStartTime;
  return isNew && first.latestStartTime !== "" && now.latestStartTime >= first.latestStartTime;
}

function isNewer(one: Times, other: Times): boolean {
  return one.latestStartTime > other.latestStartTime;
}

/** Returns true for the answer of an account without any sync. */
function isBlank({ state, latestStartTime, latestEndTime }: SyncStatus): boolean {
  return state === "NOTASK" && latestStartTime === "" && latestEndTime === "";
}

function extendCalm(calm: Calm | undefined, { latestStartTime, latestEndTime }: Times, at: number): Calm {
  const same = calm?.times.latestStartTime === latestStartTime && calm.times.latestEndTime === latestEndTime;
  return calm && same
    ? { ...calm, polls: calm.polls + 1 }
    : { since: at, polls: 1, times: { latestStartTime, latestEndTime } };
}

function isSettled(calm: Calm, sentAt: number): boolean {
  return calm.polls >= SETTLE_POLLS && sentAt - calm.since > SETTLE_MS;
}
