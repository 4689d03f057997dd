import { isIdle, type SyncStatus } from "../cwp/status";

/**
 * How a run is recognised.
 *
 * The API names no task: it answers with the account's latest sync, whoever started it. A wait needs a run
 * that *began after its resource came*. Three assumptions carry everything here:
 *
 * - A1: an idle answer to a wait's first question is true, unless this process awaits a run at that time;
 * - A2: any later answer is at most SETTLE_MS old, as from a replica that lags;
 * - A3: CWP runs one sync of an account at a time.
 *
 * Times are opaque: they are compared with each other, never with the local clock. In the service's one fixed
 * form, alphabetical order is the order in time.
 */

/** How long an answer may lag behind the truth, in milliseconds. Weak evidence must hold this long. */
export const SETTLE_MS = 5_000;
/** How many polls in a row must say the same before weak evidence is believed. */
export const SETTLE_POLLS = 3;

/** The times of the account's latest run. */
type Times = Pick<SyncStatus, "latestStartTime" | "latestEndTime">;

/** A row of idle answers that all show the same times. */
interface Calm {
  readonly since: number;
  readonly polls: number;
  readonly times: Times;
}

/** What a wait knows of the run that it needs. */
export type Knowledge = Unasked | Blocked | Idle | Running | Finished;

/** Nothing: its first question has no answer yet. */
interface Unasked {
  readonly is: "unasked";
}

/** A run is in progress that may have begun before the resource came. */
interface Blocked {
  readonly is: "blocked";
  /** What was first seen of it, and when. */
  readonly first: SyncStatus;
  readonly since: number;
  /** The status whose start was the newest at some moment after the resource came, once one is known. */
  readonly anchor?: SyncStatus | undefined;
  /** An end that stood beside SYNCING, and so is an earlier run's. */
  readonly notItsEnd: string;
  readonly calm?: Calm;
}

/** The account was seen idle after the resource came, and no run has shown since. */
interface Idle {
  readonly is: "idle";
  /** The anchor: a run with a newer start counts. */
  readonly baseline: SyncStatus;
  /** When the baseline was taken. */
  readonly since: number;
  readonly notItsEnd?: string | undefined;
}

/** A run that counts has shown, and its end has not. */
interface Running {
  readonly is: "running";
  readonly baseline: SyncStatus;
  readonly since: number;
  /** The start of the first run that counts; "" where only SYNCING shows it. */
  readonly its: string;
  readonly notItsEnd?: string | undefined;
  readonly calm?: Calm | undefined;
}

/** That run has ended, and this is the status that says so. */
interface Finished {
  readonly is: "finished";
  readonly status: SyncStatus;
}

/**
 * An answer to a request that was sent after the resource came, with the times between which the service gave
 * it.
 */
export interface Answer {
  readonly status: SyncStatus;
  /** When the request was sent and when the answer came, on the loop's clock. */
  readonly sentAt: number;
  readonly at: number;
  /**
   * Whether it may be a first answer in the sense of A1: a poll, sent while no wait of this process awaited a
   * run.
   */
  readonly mayBeFirst: boolean;
  /**
   * The newest start that this process had seen before, whoever asked. An answer with an older one is stale.
   */
  readonly newestStart: string;
}

/** What a wait knows after one more answer. `came` is when its resource came. */
export function learn(known: Knowledge, answer: Answer, came: number): Knowledge {
  switch (known.is) {
    case "unasked":
      return learnFirst(known, answer, came);
    case "blocked":
      return learnBlocked(known, answer, came);
    case "idle":
      return learnIdle(known, answer);
    case "running":
      return learnRunning(known, answer);
    case "finished":
      return known;
  }
}

/**
 * Whether an answer to a question of this moment shows the account as it was after the resource came (A2).
 */
function isLate(sentAt: number, came: number): boolean {
  return sentAt - came > SETTLE_MS;
}

function learnFirst(known: Unasked, answer: Answer, came: number): Knowledge {
  const { status, sentAt, at, mayBeFirst, newestStart } = answer;
  const late = isLate(sentAt, came);
  if (!mayBeFirst && !late) {
    return known;
  }
  return isIdle(status) && status.latestStartTime >= newestStart
    ? { is: "idle", baseline: status, since: at }
    : {
        is: "blocked",
        first: status,
        since: at,
        notItsEnd: status.latestEndTime,
        anchor: late ? anchorOf(answer) : undefined,
      };
}

function learnBlocked(known: Blocked, answer: Answer, came: number): Knowledge {
  const { first, since, notItsEnd } = known;
  const { status, sentAt, at } = answer;
  const late = isLate(sentAt, came);
  const anchor = known.anchor ?? (late ? anchorOf(answer) : undefined);
  if (anchor && status.latestStartTime > anchor.latestStartTime) {
    return learnRunning({ is: "running", baseline: anchor, since, its: "", notItsEnd }, answer);
  }
  if (!isIdle(status)) {
    return { is: "blocked", first, since, anchor, notItsEnd: status.latestEndTime };
  }
  const calm = calmer(known.calm, status, at);
  const ended = late && endShows(first, status) && status.latestEndTime !== notItsEnd;
  return ended || settled(calm, sentAt)
    ? { is: "idle", baseline: status, since: at }
    : { ...known, anchor, calm };
}

function learnIdle(known: Idle, answer: Answer): Knowledge {
  const { baseline, since, notItsEnd } = known;
  const { status, sentAt } = answer;
  if (runShows(baseline, status, sentAt - since)) {
    return learnRunning({ is: "running", baseline, since, its: "", notItsEnd }, answer);
  }
  return isIdle(status) ? known : { ...known, notItsEnd: status.latestEndTime };
}

function learnRunning(known: Running, answer: Answer): Knowledge {
  const { baseline, since, notItsEnd } = known;
  const { status, sentAt, at } = answer;
  const newer = startIsNewer(baseline, status, sentAt - since);
  const its = known.its || (newer ? status.latestStartTime : "");
  if (!isIdle(status)) {
    const isNext = its !== "" && status.latestStartTime > its;
    if (isNext && endsAfter(its, status.latestEndTime, notItsEnd)) {
      return { is: "finished", status: { ...status, state: "FINISHED", latestStartTime: its } };
    }
    return { is: "running", baseline, since, its, notItsEnd: isNext ? notItsEnd : status.latestEndTime };
  }
  const recordMoved =
    newer &&
    status.latestEndTime !== baseline.latestEndTime &&
    status.latestEndTime >= status.latestStartTime &&
    status.latestEndTime !== notItsEnd;
  const calm = calmer(known.calm, status, at);
  return recordMoved || settled(calm, sentAt)
    ? { is: "finished", status }
    : { is: "running", baseline, since, its, notItsEnd, calm };
}

/**
 * An end in the very second of the run's start may be that of the run before, and so must not have stood
 * beside SYNCING. One in a later second is its own or a later run's (A3), even if it stood there: the start
 * of the run after may have come late.
 */
function endsAfter(its: string, end: string, notItsEnd: string | undefined): boolean {
  return end > its || (end === its && end !== notItsEnd);
}

/** When the weak evidence that holds now will have held long enough; undefined when there is none. */
export function settlesAt(known: Knowledge): number | undefined {
  return "calm" in known && known.calm ? known.calm.since + SETTLE_MS + 1 : undefined;
}

/**
 * A status that has a start, or says that there has never been a run. Any other one says nothing of the runs
 * before it, and nor does a stale one.
 */
function anchorOf({ status, newestStart }: Answer): SyncStatus | undefined {
  const isStale = status.latestStartTime < newestStart;
  return !isStale && (status.latestStartTime !== "" || nothingBefore(status)) ? status : undefined;
}

/**
 * The run that was in progress first has ended: an end has come that was not there, to a start that is not
 * older. An end that was empty beside SYNCING may have been blanked for the time of the run, so the new one
 * must be later than the start.
 */
function endShows(first: Times, now: Times): boolean {
  const isNew =
    first.latestEndTime === ""
      ? now.latestEndTime > now.latestStartTime
      : now.latestEndTime !== first.latestEndTime && now.latestEndTime >= now.latestStartTime;
  return isNew && first.latestStartTime !== "" && now.latestStartTime >= first.latestStartTime;
}

/**
 * A run has begun since the baseline. Its start is newer than the baseline's; or it is SYNCING, or differs
 * otherwise, in an answer too late to show the time before the baseline.
 */
function runShows(baseline: SyncStatus, now: SyncStatus, age: number): boolean {
  if (startIsNewer(baseline, now, age)) {
    return true;
  }
  const startDiffers = now.latestStartTime !== "" && now.latestStartTime !== baseline.latestStartTime;
  return age > SETTLE_MS && (!isIdle(now) || startDiffers);
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

function calmer(calm: Calm | undefined, { latestStartTime, latestEndTime }: Times, at: number): Calm {
  const same = calm?.times.latestStartTime === latestStartTime && calm.times.latestEndTime === latestEndTime;
  return calm && same
    ? { ...calm, polls: calm.polls + 1 }
    : { since: at, polls: 1, times: { latestStartTime, latestEndTime } };
}

function settled(calm: Calm, sentAt: number): boolean {
  return calm.polls >= SETTLE_POLLS && sentAt - calm.since > SETTLE_MS;
}
