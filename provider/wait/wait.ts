import { ApiError, type CwpError, mayHaveWorked } from "../cwp/errors";
import { durationSeconds, isIdle, type SyncStatus } from "../cwp/status";
import { type Answer, type Knowledge, learn } from "./evidence";
import { type FailureRow, oneMore } from "./failureRow";
import type { UnfinishedRun } from "./waitError";

/**
 * One wait, as a value: what it wants, and what it knows. Everything here is a function of its arguments. The
 * loop in loop.ts sends the requests and tells every wait what came of them; step.ts says what a wait does
 * next.
 */
export interface Wait {
  /**
   * `status`: any answer will do. `started`: a run that counts has been started. `finished`: such a run has
   * ended.
   */
  readonly goal: "status" | "started" | "finished";
  /** When its resource came: a run that began later counts. On the loop's clock, as all times here. */
  readonly came: number;
  /** When it began to wait, and when it gives up. */
  readonly since: number;
  readonly deadline: number;
  /** The run to go on waiting for, until the first answer tells whether it is this account's. */
  readonly resume?: UnfinishedRun | undefined;
  /** It goes on waiting for a run that an earlier wait started, and so does not know when that run began. */
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
  /** The latest moment known at which the run had not begun. */
  readonly notBegunAt: number;
  /** When the last request was sent, and the last one that got a good answer. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** The failures since the last good answer, to whomever of this process. */
  readonly failures: FailureRow | undefined;
  readonly seen: Seen;
}

/** What was observed, for the message at the end of a wait. */
export interface Seen {
  /** The service has answered, be it with an error. */
  readonly service: boolean;
  readonly answers: number;
  readonly last?: SyncStatus;
  readonly errors: ReadonlyMap<string, number>;
  /** The RequestId of the last answer to a request of this wait to start a sync. */
  readonly startId?: string | undefined;
}

/**
 * What a wait is told of one request: what was asked, by which account it was answered, and what came of it.
 */
export interface Told {
  readonly request: "poll" | "start";
  readonly sentAt: number;
  readonly account: string;
  readonly outcome: Answer | CwpError;
}

/** How many requests to start a sync one wait sends at most. */
export const MOST_STARTS = 3;
/** How long a start may show nothing before it is repeated, in milliseconds; twice as long after each. */
export const GRACE_MS = 10_000;
/** What a wait asks for; see the fields of Wait. */
export interface Wanted {
  readonly goal: Wait["goal"];
  readonly timeoutMs: number;
  readonly came?: number | undefined;
  readonly run?: UnfinishedRun | undefined;
  /** Default: MOST_STARTS. */
  readonly mostStarts?: number | undefined;
}

/** How a call ended that fulfilled its goal. */
export interface Reached {
  readonly status: SyncStatus;
  /** The account that has answered (CwpClient.account). */
  readonly account: string;
  /** How many requests to start a sync it took, that of a resumed run included. */
  readonly starts: number;
}

export function beginWait(
  { goal, timeoutMs, came, run, mostStarts = MOST_STARTS }: Wanted,
  now: number,
): Wait {
  return {
    goal,
    came: came ?? now,
    since: now,
    deadline: now + timeoutMs,
    resume: run,
    resumes: false,
    known: { is: "unasked" },
    starts: 0,
    mostStarts,
    startedAt: now,
    notBegunAt: now,
    askedAt: Number.NEGATIVE_INFINITY,
    answeredAt: Number.NEGATIVE_INFINITY,
    failures: undefined,
    seen: { service: false, answers: 0, errors: new Map() },
  };
}

/** The wait after what was asked and answered between its resource's coming and its own beginning. */
export function caughtUp(wait: Wait, history: readonly Told[]): Wait {
  const told = history.filter(({ sentAt }) => sentAt > wait.came).reduce(tell, wait);
  const { failures, askedAt, answeredAt } = wait;
  return { ...told, failures, askedAt, answeredAt };
}

/** The wait after a request that was sent after its resource came. */
export function tell(wait: Wait, { request, sentAt, account, outcome }: Told): Wait {
  const wanted = request === "start" && needsStart(wait);
  if (outcome instanceof Error) {
    const told = failed(wait, outcome, sentAt);
    return wanted && mayHaveWorked(outcome) ? started(told, sentAt) : told;
  }
  if (!wanted) {
    return answered(wait, outcome, account);
  }
  const told = answered(started(wait, sentAt), outcome, account);
  return { ...told, seen: { ...told.seen, startId: outcome.status.requestId } };
}

function started(wait: Wait, sentAt: number): Wait {
  return { ...wait, starts: wait.starts + 1, startedAt: sentAt, notBegunAt: sentAt };
}

function answered(wait: Wait, answer: Answer, account: string): Wait {
  const { came, starts, startedAt, resumes } = wait;
  const at = ofThisAccount(wait, account, answer.sentAt);
  const known = learn(at.known, answer, came);
  const begun = known.is === "running" || known.is === "finished";
  return {
    ...wait,
    resume: undefined,
    starts,
    startedAt,
    resumes,
    ...at,
    known,
    account,
    notBegunAt: begun ? wait.notBegunAt : answer.sentAt,
    askedAt: answer.sentAt,
    answeredAt: answer.sentAt,
    failures: undefined,
    seen: { ...(at.seen ?? wait.seen), service: true, answers: wait.seen.answers + 1, last: answer.status },
  };
}

/** What the wait knew of the account that answers now. What it knew of another one is worth nothing here. */
function ofThisAccount(wait: Wait, account: string, now: number): Pick<Wait, "known"> & Partial<Wait> {
  const { resume, known } = wait;
  if (resume?.account === account && account !== "") {
    const { shown, account: _same, ...baseline } = resume;
    const since = now;
    const before = { baseline: { ...baseline, requestId: "" }, since };
    return {
      known: shown ? { is: "running", its: "", ...before } : { is: "idle", ...before },
      resumes: true,
      starts: 1,
      startedAt: now,
    };
  }
  return wait.account === undefined || wait.account === account
    ? { known }
    : { known: { is: "unasked" }, starts: 0, resumes: false, seen: { ...wait.seen, startId: undefined } };
}

function failed(wait: Wait, error: CwpError, sentAt: number): Wait {
  const errors = new Map(wait.seen.errors);
  errors.set(error.code, (errors.get(error.code) ?? 0) + 1);
  return {
    ...wait,
    askedAt: sentAt,
    failures: oneMore(wait.failures, error, sentAt),
    seen: { ...wait.seen, service: wait.seen.service || error instanceof ApiError, errors },
  };
}

/** The service answered somebody else of this process: it is there, and the row of failures is over. */
export function heard(wait: Wait): Wait {
  return { ...wait, failures: undefined, seen: { ...wait.seen, service: true } };
}

/** It waits for a run that it has started, or that has shown. */
export function awaitsRun({ known, starts }: Wait): boolean {
  return known.is === "running" || (known.is === "idle" && starts > 0);
}

/**
 * It knows the account idle, and no run has shown: none was asked for, or what was asked for has shown
 * nothing for long.
 */
export function needsStart(wait: Wait): boolean {
  return wait.known.is === "idle" && (wait.starts === 0 || graceIsOver(wait));
}

/** The present grace has ended and a poll after it still showed nothing. */
export function graceIsOver(wait: Wait): boolean {
  return wait.known.is === "idle" && wait.starts > 0 && wait.answeredAt >= graceEnd(wait);
}

export function graceEnd({ starts, startedAt }: Wait): number {
  return startedAt + GRACE_MS * 2 ** (starts - 1);
}

/**
 * How long the run before took, in milliseconds. Where it was in progress when the resource came, its end
 * stands beside the run that counts.
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
