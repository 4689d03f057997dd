import { ApiError, type CwpError, mayHaveWorked } from "../../api/errors";
import { durationSeconds, isIdle, type SyncStatus } from "../../cwp/status";
import { type Answer, anchoredAt, type Knowledge, learn, SETTLE_MS } from "./evidence";
import { type FailureRow, isLimit, oneMore } from "./failureRow";
import type { UnfinishedRun } from "./waitError";

/**
 * One wait, as a value: what it wants, and what it knows. Everything here is a function of its arguments. The
 * loop in loop.ts sends the requests and lets every wait observe their results; step.ts says what a wait does
 * next.
 */
export interface Wait {
  /**
   * `status`: any answer will do. `started`: a run that counts has been started. `finished`: such a run has
   * ended.
   */
  readonly goal: "status" | "started" | "finished";
  /** When it began: a run that began later counts. On the loop's clock, as all times here. */
  readonly began: number;
  /** When it gives up. */
  readonly deadline: number;
  /** The run to go on waiting for, until the first answer tells whether it is this account's. */
  readonly resume?: UnfinishedRun | undefined;
  /** It waits for a run that an earlier wait started, and so does not know when that run began. */
  readonly resumes: boolean;
  readonly known: Knowledge;
  /** The account that has answered. */
  readonly account?: string;
  /**
   * Requests to start a sync that the service has taken or may have taken, at most how many, and when the
   * last was sent.
   */
  readonly starts: number;
  readonly mostStarts: number;
  readonly startedAt: number;
  /** The RequestId of the answer to the last of them; undefined if that was lost, or none was sent. */
  readonly startId: string | undefined;
  /** The starts that the service has refused in a row. */
  readonly refused: FailureRow | undefined;
  /** The next start needs an idle answer to a poll that was sent after this moment. */
  readonly refusedUntil: number;
  /** When the poll was sent that the last answer is to, if that answer is idle. */
  readonly idleAt: number;
  /** The latest moment known at which the run had not begun. */
  readonly notBegunAt: number;
  /** When the last request was sent, and the last one that got a good answer. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** The failures since the last good answer to any wait of this process. */
  readonly failures: FailureRow | undefined;
  readonly seen: Seen;
}

/** What was observed, for the message at the end of a wait. */
interface Seen {
  /** The service has answered, if only with an error. */
  readonly service: boolean;
  readonly answers: number;
  readonly last?: SyncStatus;
  readonly errors: ReadonlyMap<string, number>;
}

/** A request, and what came of it. */
export interface Result {
  readonly request: "poll" | "start";
  readonly sentAt: number;
  readonly outcome: AccountAnswer | CwpError;
}

/** An answer, and the account that gave it. */
export interface AccountAnswer extends Answer {
  readonly account: string;
}

/** How many requests to start a sync one wait sends at most. */
export const MOST_STARTS = 3;
/** How long a start may show nothing before it is repeated, in milliseconds; twice as long after each. */
export const GRACE_MS = 10_000;
/** The pause between the first two refused starts, and the longest one. It doubles each time. */
const REFUSAL_PAUSE_MS = 500;
const LONGEST_REFUSAL_PAUSE_MS = 8_000;

/** What a wait asks for; see the fields of Wait. */
export interface Wanted {
  readonly goal: Wait["goal"];
  readonly timeoutMs: number;
  readonly run?: UnfinishedRun | undefined;
  /** Default: MOST_STARTS. */
  readonly mostStarts?: number | undefined;
}

/** How a call ended that fulfilled its goal. */
export interface Reached {
  readonly status: SyncStatus;
  /** The account that has answered (CwpClient). */
  readonly account: string;
  /** How many requests to start a sync it took, that of a resumed run included. */
  readonly starts: number;
}

/** What a wait knows of an account that has not answered yet. */
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

/** The wait after a request that was sent after it began. */
export function observe(wait: Wait, { request, sentAt, outcome }: Result): Wait {
  const itsStart = request === "start" && needsStart(wait);
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
  // A run is probably in progress then, which a poll that lags does not show yet.
  const lag = error.code.split(".")[0] === "ResourceInUse" ? SETTLE_MS : 0;
  return { ...wait, refused: oneMore(wait.refused, error, sentAt), refusedUntil: sentAt + lag };
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

/** What the wait knows of the account that answers now. What it knew of another one is worth nothing here. */
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
    failures: oneMore(wait.failures, error, sentAt),
    seen: { ...wait.seen, service: wait.seen.service || error instanceof ApiError, errors },
  };
}

/** The service answered another wait of this process: it is there, and the row of failures is over. */
export function markReachable(wait: Wait): Wait {
  return { ...wait, failures: undefined, seen: { ...wait.seen, service: true } };
}

/** It waits for a run that it has started, or that has shown. */
export function awaitsRun({ known, starts }: Wait): boolean {
  return known.is === "running" || (known.is === "idle" && starts > 0);
}

/**
 * It knows the account idle, also since the last refused start, and no run has shown: none was asked for, or
 * what was asked for has shown nothing for long.
 */
export function needsStart(wait: Wait): boolean {
  return wait.known.is === "idle" && wait.idleAt > wait.refusedUntil && mayStart(wait);
}

/** No start of its own waits for its run to show. */
export function mayStart(wait: Wait): boolean {
  return wait.starts === 0 || graceIsOver(wait);
}

/** When the next start may be sent, after those that were refused. For a limit, the common pace is enough. */
export function startAllowedAt({ refused, began }: Wait): number {
  if (!refused || isLimit(refused.last)) {
    return began;
  }
  const pause = REFUSAL_PAUSE_MS * 2 ** (refused.inRow - 1);
  return refused.lastSentAt + Math.min(pause, LONGEST_REFUSAL_PAUSE_MS);
}

/** The present grace has ended and a poll after it still showed nothing. */
export function graceIsOver(wait: Wait): boolean {
  return wait.known.is === "idle" && wait.starts > 0 && wait.answeredAt >= graceEnd(wait);
}

export function graceEnd({ starts, startedAt }: Wait): number {
  return startedAt + GRACE_MS * 2 ** (starts - 1);
}

/**
 * How long the run before took, in milliseconds. If it was in progress when the wait began, its end stands
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
