import { ApiError, type CwpError, mayHaveWorked } from "../../api/errors";
import { durationSeconds, isIdle, type SyncStatus } from "../../cwp/status";
import { type Answer, anchoredAt, type Knowledge, learn, SETTLE_MS } from "./evidence";
import { addFailure, type FailureRow, isLimit } from "./failureRow";
import type { UnfinishedRun } from "./waitError";

/**
 * A wait, as a value: what it wants, and what it knows. Everything here is a function of its arguments. The
 * loop in loop.ts sends the requests and lets every wait observe their results; step.ts decides the next
 * step.
 */
export interface Wait {
  /**
   * `status`: any answer is enough. `started`: a run that counts has been started. `finished`: a run that
   * counts has ended.
   */
  readonly goal: "status" | "started" | "finished";
  /** The moment at which it began: a run that began later counts. On the loop's clock, as all times here. */
  readonly began: number;
  /** The moment at which it gives up. */
  readonly deadline: number;
  /** The unfinished run to wait for, until the first answer shows its account. */
  readonly resume?: UnfinishedRun | undefined;
  /** True if it waits for a run that an earlier wait started: it does not know when that run began. */
  readonly resumes: boolean;
  readonly known: Knowledge;
  /** The account that has answered. */
  readonly account?: string;
  /**
   * The requests to start a sync that the service has taken or may have taken, their limit, and the time of
   * the last.
   */
  readonly starts: number;
  readonly mostStarts: number;
  readonly startedAt: number;
  /** The RequestId of the last start's answer; undefined if it was lost, or no start was sent. */
  readonly startId: string | undefined;
  /** The starts that the service has refused in a row. */
  readonly refused: FailureRow | undefined;
  /** The next start needs an idle answer to a poll that was sent after this moment. */
  readonly refusedUntil: number;
  /** The time of the poll that got the last answer, if that answer is idle. */
  readonly idleAt: number;
  /** The latest moment known at which the run had not begun. */
  readonly notBegunAt: number;
  /** The time of the last request, and of the last request that got a good answer. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** The failures since the last good answer to any wait of this process. */
  readonly failures: FailureRow | undefined;
  readonly seen: Seen;
}

/** The observations for the message at the end of a wait. */
interface Seen {
  /** The service has answered, if only with an error. */
  readonly service: boolean;
  readonly answers: number;
  readonly last?: SyncStatus;
  readonly errors: ReadonlyMap<string, number>;
}

/** A request and its result. */
export interface Result {
  readonly request: "poll" | "start";
  readonly sentAt: number;
  readonly outcome: AccountAnswer | CwpError;
}

/** An answer, and the account that gave it. */
export interface AccountAnswer extends Answer {
  readonly account: string;
}

/** The most requests to start a sync that a wait sends. */
export const MOST_STARTS = 3;
/** The time in which a start may show no run, in milliseconds. It doubles with each start. */
export const GRACE_MS = 10_000;
/** The pause between the first two refused starts, and the longest pause. It doubles each time. */
const REFUSAL_PAUSE_MS = 500;
const LONGEST_REFUSAL_PAUSE_MS = 8_000;

/** The request of a wait; see the fields of Wait. */
export interface Wanted {
  readonly goal: Wait["goal"];
  readonly timeoutMs: number;
  readonly run?: UnfinishedRun | undefined;
  /** Default: MOST_STARTS. */
  readonly mostStarts?: number | undefined;
}

/** The result of a call that reached its goal. */
export interface Reached {
  readonly status: SyncStatus;
  /** The account that has answered (CwpClient). */
  readonly account: string;
  /** The number of requests to start a sync, with that of a resumed run. */
  readonly starts: number;
}

/** The knowledge of a wait about an account that has not answered yet. */
const nothingYet = {
  resumes: false,
  known: { is: "unasked" },
  starts: 0,
  startId: undefined,
  refused: undefined,
  refusedUntil: Number.NEGATIVE_INFINITY,
  idleAt: Number.NEGATIVE_INFINITY,
} as const;

export function beginWait({ goal, timeoutMs, run, mostStarts = MOST_STARTS }: Wanted, now: number): Wait {
  return {
    ...nothingYet,
    goal,
    began: now,
    deadline: now + timeoutMs,
    resume: run,
    mostStarts,
    startedAt: now,
    notBegunAt: now,
    askedAt: Number.NEGATIVE_INFINITY,
    answeredAt: Number.NEGATIVE_INFINITY,
    failures: undefined,
    seen: { service: false, answers: 0, errors: new Map() },
  };
}

/** Returns the wait after the result of a request that was sent after the wait began. */
export function observe(wait: Wait, { request, sentAt, outcome }: Result): Wait {
  const itsStart = request === "start" && isStartNeeded(wait);
  if (!(outcome instanceof Error)) {
    const after = observeAnswer(itsStart ? withStart(wait, sentAt) : wait, outcome, request);
    return itsStart ? { ...after, startId: outcome.status.requestId } : after;
  }
  const after = observeFailure(wait, outcome, sentAt);
  if (request === "start" && !mayHaveWorked(outcome)) {
    return withRefusal(after, outcome, sentAt);
  }
  return itsStart ? withStart(after, sentAt) : after;
}

function withStart(wait: Wait, sentAt: number): Wait {
  return {
    ...wait,
    starts: wait.starts + 1,
    startedAt: sentAt,
    startId: undefined,
    notBegunAt: sentAt,
    refused: undefined,
  };
}

function withRefusal(wait: Wait, error: CwpError, sentAt: number): Wait {
  // A run is probably in progress, and a poll that lags does not show it yet.
  const lag = error.code.split(".")[0] === "ResourceInUse" ? SETTLE_MS : 0;
  return { ...wait, refused: addFailure(wait.refused, error, sentAt), refusedUntil: sentAt + lag };
}

function observeAnswer(wait: Wait, answer: AccountAnswer, request: Result["request"]): Wait {
  const { account, status, sentAt } = answer;
  const at = onAccount(wait, account, sentAt);
  const known = learn(at.known, answer, wait.began);
  const begun = known.is === "running" || known.is === "finished";
  const idle = isIdle(status);
  return {
    ...at,
    resume: undefined,
    known,
    account,
    idleAt: request === "poll" && idle ? sentAt : Number.NEGATIVE_INFINITY,
    notBegunAt: begun ? wait.notBegunAt : sentAt,
    askedAt: sentAt,
    answeredAt: sentAt,
    failures: undefined,
    seen: { ...at.seen, service: true, answers: wait.seen.answers + 1, last: status },
  };
}

/** Keeps what the wait knows of the account that answers now, and forgets any other account. */
function onAccount(wait: Wait, account: string, now: number): Wait {
  const { resume } = wait;
  if (resume?.account === account && account !== "") {
    const { shown, account: _same, ...times } = resume;
    const baseline = { ...times, requestId: "" };
    const before = anchoredAt(baseline, now);
    const known = shown
      ? ({ is: "running", its: "", ...before } as const)
      : ({ is: "idle", ...before } as const);
    return { ...wait, known, resumes: true, starts: 1, startedAt: now };
  }
  return wait.account === undefined || wait.account === account ? wait : { ...wait, ...nothingYet };
}

function observeFailure(wait: Wait, error: CwpError, sentAt: number): Wait {
  const errors = new Map(wait.seen.errors);
  errors.set(error.code, (errors.get(error.code) ?? 0) + 1);
  return {
    ...wait,
    askedAt: sentAt,
    failures: addFailure(wait.failures, error, sentAt),
    seen: { ...wait.seen, service: wait.seen.service || error instanceof ApiError, errors },
  };
}

/** Ends the row of failures: the service answered another wait of this process, so it is there. */
export function markReachable(wait: Wait): Wait {
  return { ...wait, failures: undefined, seen: { ...wait.seen, service: true } };
}

/** Returns true if the wait waits for a run that it has started, or that has shown. */
export function isAwaitingRun({ known, starts }: Wait): boolean {
  return known.is === "running" || (known.is === "idle" && starts > 0);
}

/**
 * Returns true if the account is idle, also since the last refused start, and no run has shown: the wait has
 * started none, or its start has shown nothing for long.
 */
export function isStartNeeded(wait: Wait): boolean {
  return wait.known.is === "idle" && wait.idleAt > wait.refusedUntil && canStart(wait);
}

/** Returns true if no start of this wait may still show its run. */
export function canStart(wait: Wait): boolean {
  return wait.starts === 0 || isGraceOver(wait);
}

/** Returns the time of the next start after refused starts. For a limit, the common pace is enough. */
export function startAllowedAt({ refused, began }: Wait): number {
  if (!refused || isLimit(refused.last)) {
    return began;
  }
  const pause = REFUSAL_PAUSE_MS * 2 ** (refused.inRow - 1);
  return refused.lastSentAt + Math.min(pause, LONGEST_REFUSAL_PAUSE_MS);
}

/** Returns true if the present grace has ended and a poll after it still showed nothing. */
export function isGraceOver(wait: Wait): boolean {
  return wait.known.is === "idle" && wait.starts > 0 && wait.answeredAt >= graceEnd(wait);
}

export function graceEnd({ starts, startedAt }: Wait): number {
  return startedAt + GRACE_MS * 2 ** (starts - 1);
}

/**
 * The length of the run before, in milliseconds. If that run was in progress when the wait began, its end is
 * beside the run that counts.
 */
export function lengthBefore({ known, resumes }: Wait): number | undefined {
  if (resumes || (known.is !== "idle" && known.is !== "running")) {
    return undefined;
  }
  const { baseline, notItsEnd = "" } = known;
  const before: SyncStatus = isIdle(baseline)
    ? baseline
    : { ...baseline, state: "FINISHED", latestEndTime: notItsEnd };
  const seconds = durationSeconds(before);
  return seconds === undefined ? undefined : seconds * 1000;
}
