import { ApiError, type CwpError, mayHaveWorked } from "../cwp/errors";
import { durationSeconds, type SyncStatus } from "../cwp/status";
import { gaveUp, nothingStarted, tooLate } from "./endings";
import { type Answer, type Knowledge, learn, SETTLE_LOOKS, SETTLE_MS, settlesAt } from "./evidence";
import { nextLook } from "./schedule";
import type { UnfinishedRun, WaitError } from "./waitError";

/**
 * One caller's wait, as a value: what it wants, what it knows, and what it does next. Everything here is a function of its
 * arguments; the loop in loop.ts sends the requests and tells every caller what came of them.
 */
export interface Caller {
  /** `status`: any answer will do. `started`: a run of its own has been triggered. `finished`: such a run has ended. */
  readonly goal: "status" | "started" | "finished";
  /** When it came and when it gives up, on the loop's clock. */
  readonly since: number;
  readonly deadline: number;
  /** It goes on waiting for a run that an earlier call triggered, and so does not know when that run began. */
  readonly resumes: boolean;
  readonly known: Knowledge;
  /** Triggers that the service has taken or may have taken, and when the last of them was sent. */
  readonly triggers: number;
  readonly triggeredAt: number;
  /** The latest moment known at which the run had not begun. */
  readonly notBegunAt: number;
  /** When the last request was sent, and the last one that got a good answer. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** Failures since the last good answer. */
  readonly failures: { readonly inRow: number; readonly few: number; readonly since: number };
  readonly seen: Seen;
}

/** What was observed, for the message at the end of a wait. */
export interface Seen {
  /** The service has answered, be it with an error. */
  readonly service: boolean;
  readonly answers: number;
  readonly last?: SyncStatus;
  readonly errors: ReadonlyMap<string, number>;
  readonly lastError?: CwpError;
  /** The RequestId of the last trigger that was answered. */
  readonly triggerId?: string;
}

export type Step =
  | { readonly does: "look" | "trigger"; readonly at: number }
  | { readonly does: "succeed"; readonly status: SyncStatus }
  | { readonly does: "fail"; readonly error: WaitError };

/** How many triggers one caller sends at most. */
export const MOST_TRIGGERS = 3;
/** How long a trigger may show nothing before it is repeated, in milliseconds; twice as long after each. */
export const GRACE_MS = 10_000;
/** How long failures in a row are borne: from a service that has answered before, and from one that never has. */
export const PATIENCE_MS = 120_000;
export const PATIENCE_UNREACHED_MS = 5_000;
/** How many failures in a row are borne of the kind that seldom passes. */
const MOST_FEW = 3;
/** A request this close to the deadline waits for the deadline, and is the last look. */
export const LAST_LOOK_MS = 1_000;

export function arrive(goal: Caller["goal"], now: number, timeoutMs: number, run?: UnfinishedRun): Caller {
  return {
    goal,
    since: now,
    deadline: now + timeoutMs,
    resumes: run !== undefined,
    known: run
      ? { is: "watching", baseline: { ...run, requestId: "" }, since: now, shown: run.shown }
      : { is: "unasked" },
    triggers: run ? 1 : 0,
    triggeredAt: now,
    notBegunAt: now,
    askedAt: Number.NEGATIVE_INFINITY,
    answeredAt: Number.NEGATIVE_INFINITY,
    failures: { inRow: 0, few: 0, since: now },
    seen: { service: false, answers: 0, errors: new Map() },
  };
}

/** The service answered a request that was sent after the caller came. */
export function answered(caller: Caller, answer: Answer): Caller {
  const known = learn(caller.known, answer);
  const nothingYet = known.is === "watching" && !known.shown;
  return {
    ...caller,
    known,
    notBegunAt: nothingYet ? answer.sentAt : caller.notBegunAt,
    askedAt: answer.sentAt,
    answeredAt: answer.sentAt,
    failures: { inRow: 0, few: 0, since: answer.at },
    seen: { ...caller.seen, service: true, answers: caller.seen.answers + 1, last: answer.status },
  };
}

/** The service answered, while the caller keeps its own first question for later: this is only for its message at the end. */
export function overheard(caller: Caller, { status }: Answer): Caller {
  return {
    ...caller,
    seen: { ...caller.seen, service: true, answers: caller.seen.answers + 1, last: status },
  };
}

/** It waits for a run that it has triggered, or that has shown. */
export function awaitsRun({ known, triggers }: Caller): boolean {
  return known.is === "watching" && (triggers > 0 || known.shown);
}

/** The service took a trigger that this caller wanted. */
export function triggered(caller: Caller, answer: Answer): Caller {
  const sent = { ...caller, triggers: caller.triggers + 1, triggeredAt: answer.sentAt };
  const told = answered({ ...sent, notBegunAt: answer.sentAt }, answer);
  return { ...told, seen: { ...told.seen, triggerId: answer.status.requestId } };
}

/** A request that was sent after the caller came has failed. */
export function failed(caller: Caller, error: CwpError, sentAt: number): Caller {
  const { inRow, few, since } = caller.failures;
  const errors = new Map(caller.seen.errors);
  errors.set(error.code, (errors.get(error.code) ?? 0) + 1);
  return {
    ...caller,
    askedAt: sentAt,
    failures: {
      inRow: inRow + 1,
      few: few + (error.retry === "few" ? 1 : 0),
      since: inRow === 0 ? sentAt : since,
    },
    seen: {
      ...caller.seen,
      service: caller.seen.service || error instanceof ApiError,
      errors,
      lastError: error,
    },
  };
}

/** A trigger that this caller wanted has failed. When it may have worked all the same, evidence is looked for first. */
export function triggerFailed(caller: Caller, error: CwpError, sentAt: number): Caller {
  const told = failed(caller, error, sentAt);
  return mayHaveWorked(error)
    ? { ...told, triggers: told.triggers + 1, triggeredAt: sentAt, notBegunAt: sentAt }
    : told;
}

/** What the caller does next, and when. */
export function nextStep(caller: Caller, now: number): Step {
  return reached(caller) ?? givenUp(caller, now) ?? nextRequest(caller, now);
}

function reached({ goal, known, seen }: Caller): Step | undefined {
  if (known.is === "finished") {
    return { does: "succeed", status: known.status };
  }
  const started = seen.triggerId !== undefined || (known.is === "watching" && known.shown);
  if (seen.last && (goal === "status" || (goal === "started" && started))) {
    return { does: "succeed", status: seen.last };
  }
  return undefined;
}

function givenUp(caller: Caller, now: number): Step | undefined {
  const { failures, seen, askedAt, deadline } = caller;
  if (seen.lastError && failures.inRow > 0) {
    const patience = seen.service ? PATIENCE_MS : PATIENCE_UNREACHED_MS;
    if (seen.lastError.retry === "never" || failures.few > MOST_FEW || askedAt - failures.since > patience) {
      return { does: "fail", error: gaveUp(caller, seen.lastError, now) };
    }
  }
  if (askedAt >= deadline) {
    return { does: "fail", error: tooLate(caller) };
  }
  if (caller.triggers === MOST_TRIGGERS && graceIsOver(caller)) {
    return { does: "fail", error: nothingStarted(caller, now) };
  }
  return undefined;
}

function nextRequest(caller: Caller, now: number): Step {
  const step = wanted(caller, now);
  return step.at > caller.deadline - LAST_LOOK_MS ? { does: "look", at: caller.deadline } : step;
}

function wanted(caller: Caller, now: number): Step & { at: number } {
  const { known, answeredAt, askedAt, since, triggeredAt, notBegunAt, failures } = caller;
  if (known.is === "unasked" || answeredAt < since) {
    return { does: "look", at: since };
  }
  if (needsTrigger(caller)) {
    return { does: "trigger", at: now };
  }
  if (failures.inRow > 0) {
    return { does: "look", at: askedAt };
  }
  const settled = settlesAt(known);
  if (settled !== undefined) {
    const evenly = askedAt + SETTLE_MS / SETTLE_LOOKS;
    return { does: "look", at: settled > askedAt ? Math.min(settled, evenly) : evenly };
  }
  if (known.is !== "watching") {
    return { does: "look", at: since + nextLook(askedAt - since) };
  }
  const base = known.shown ? notBegunAt : triggeredAt;
  const at = base + nextLook(askedAt - base, caller.resumes ? undefined : lengthBefore(known.baseline));
  return { does: "look", at: known.shown ? at : Math.min(at, graceEnd(caller)) };
}

/** It knows the account idle, and no run has shown: none was asked for, or what was asked for has shown nothing for long. */
export function needsTrigger(caller: Caller): boolean {
  const { known, triggers } = caller;
  return known.is === "watching" && !known.shown && (triggers === 0 || graceIsOver(caller));
}

/** The present grace has ended and a look after it still showed nothing. */
function graceIsOver(caller: Caller): boolean {
  const { known, triggers, answeredAt } = caller;
  return known.is === "watching" && !known.shown && triggers > 0 && answeredAt >= graceEnd(caller);
}

function graceEnd({ triggers, triggeredAt }: Caller): number {
  return triggeredAt + GRACE_MS * 2 ** (triggers - 1);
}

/** How long the run before took, in milliseconds. */
export function lengthBefore(baseline: SyncStatus): number | undefined {
  const seconds = durationSeconds(baseline);
  return seconds === undefined ? undefined : seconds * 1000;
}
