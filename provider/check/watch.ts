import { CwpError, mayHaveWorked } from "../api/errors";
import { isIdle, type SyncStatus } from "../cwp/status";
import { SETTLE_MS } from "../wait/run/evidence";
import { isLimit } from "../wait/run/failureRow";
import { isOlder } from "./evidence";

/**
 * The watch of `--observe`, as a value: it waits for a sync in progress, then starts two syncs in turn, and
 * polls until each has ended. In each sync a new connection joins the first connection as soon as a poll
 * shows SYNCING. One more start is sent in the middle of the second sync.
 */
export interface Watch {
  readonly phase: Phase;
  /** The connections that poll in turn: the first, and the last that joined. */
  readonly connections: readonly number[];
  /** The connection whose turn is next. */
  readonly next: number;
  /** The number of connections so far. */
  readonly opened: number;
  /** The newest status that an answer has shown. */
  readonly newest: SyncStatus | undefined;
  /** The number of syncs that were watched to their end. */
  readonly ended: number;
  /** The time that the last sync was seen in progress, in milliseconds. */
  readonly lengthMs: number;
  /** The start in the middle of a sync has been answered. */
  readonly wasBusyStartSent: boolean;
  /** The number of refused starts, not for the number of requests. */
  readonly refusals: number;
}

type Phase =
  /** No sync is known to have begun. A start may be sent once an answer is idle, and not before `startAt`. */
  | { readonly is: "before"; readonly isIdle: boolean; readonly startAt: number }
  /** A start was taken, and no poll has shown its sync. */
  | { readonly is: "asked"; readonly since: number; readonly before: string }
  | { readonly is: "running"; readonly since: number }
  /** The sync has ended. Answers may still be stale. */
  | { readonly is: "after"; readonly since: number };

export type Step =
  | { readonly does: "poll" | "start"; readonly connection: number }
  | { readonly does: "end"; readonly why: "done" | "nothing shown" | "refused" };

/** The number of its own syncs that it watches. */
export const SYNCS = 2;
/** The longest time in which a start shows nothing, in milliseconds. */
export const SHOWS_WITHIN_MS = 60_000;
/** The time of the polls after the end of a sync, in milliseconds. */
const AFTER_MS = SETTLE_MS + 1_000;
/** The pause after a refused start, and the number of refused starts that ends the watch. */
const REFUSED_MS = 5_000;
const MOST_REFUSALS = 5;

export function beginWatch(): Watch {
  return {
    phase: { is: "before", isIdle: false, startAt: 0 },
    connections: [1],
    next: 1,
    opened: 1,
    newest: undefined,
    ended: 0,
    lengthMs: 0,
    wasBusyStartSent: false,
    refusals: 0,
  };
}

export function nextStep(watch: Watch, now: number): Step {
  const { phase, next, ended, lengthMs, wasBusyStartSent, refusals } = watch;
  if (ended === SYNCS) {
    return { does: "end", why: "done" };
  }
  if (refusals >= MOST_REFUSALS) {
    return { does: "end", why: "refused" };
  }
  if (phase.is === "asked" && now - phase.since > SHOWS_WITHIN_MS) {
    return { does: "end", why: "nothing shown" };
  }
  const isDue = phase.is === "before" && phase.isIdle && now >= phase.startAt;
  const isMiddle =
    phase.is === "running" && ended === SYNCS - 1 && !wasBusyStartSent && now - phase.since >= lengthMs / 2;
  return isDue || isMiddle ? { does: "start", connection: 1 } : { does: "poll", connection: next };
}

/** Returns the watch after a request and its result. */
export function learn(watch: Watch, step: Step, outcome: SyncStatus | CwpError, now: number): Watch {
  if (step.does === "end") {
    return watch;
  }
  if (step.does === "start") {
    return outcome instanceof CwpError
      ? learnFailedStart(watch, outcome, now)
      : learnStart(watch, outcome, now);
  }
  const turned = { ...watch, next: watch.connections.find((one) => one !== step.connection) ?? 1 };
  return outcome instanceof CwpError ? turned : learnPoll(turned, step.connection, outcome, now);
}

function learnStart(watch: Watch, status: SyncStatus, now: number): Watch {
  const known = withStatus(watch, status);
  return watch.phase.is === "running"
    ? { ...known, wasBusyStartSent: true }
    : { ...known, phase: askedPhase(watch, now) };
}

/** Returns the phase after a start. `watch` is the watch before it. */
function askedPhase({ newest }: Watch, now: number): Phase {
  return { is: "asked", since: now, before: newest?.latestStartTime ?? "" };
}

function learnFailedStart(watch: Watch, error: CwpError, now: number): Watch {
  if (isLimit(error)) {
    return watch;
  }
  if (watch.phase.is === "running") {
    return { ...watch, wasBusyStartSent: true };
  }
  return isRefusal(error)
    ? {
        ...watch,
        phase: { is: "before", isIdle: false, startAt: now + REFUSED_MS },
        refusals: watch.refusals + 1,
      }
    : { ...watch, phase: askedPhase(watch, now) };
}

/** A plain FailedOperation may be due to a sync in progress, so it counts as a refusal. */
function isRefusal(error: CwpError): boolean {
  return !mayHaveWorked(error) || error.code.split(".")[0] === "FailedOperation";
}

function learnPoll(watch: Watch, connection: number, status: SyncStatus, now: number): Watch {
  const { phase, newest, ended } = watch;
  if (newest && isOlder(status, newest)) {
    return watch;
  }
  const known = withStatus(watch, status);
  switch (phase.is) {
    case "before":
      return { ...known, phase: { ...phase, isIdle: isIdle(status) } };
    case "asked":
      if (!isIdle(status)) {
        return { ...withNewConnection(known), phase: { is: "running", since: now } };
      }
      return status.latestStartTime > phase.before ? { ...known, phase: { is: "after", since: now } } : known;
    case "running":
      // The answer to the first poll of a connection that has joined may be false (A1).
      return isIdle(status) && connection === 1
        ? { ...known, phase: { is: "after", since: now }, lengthMs: now - phase.since }
        : known;
    case "after":
      return now - phase.since > AFTER_MS
        ? { ...known, phase: { is: "before", isIdle: isIdle(status), startAt: now }, ended: ended + 1 }
        : known;
  }
}

/** Adds a connection, which replaces the last that joined, and polls next. */
function withNewConnection(watch: Watch): Watch {
  const opened = watch.opened + 1;
  return { ...watch, connections: [1, opened], next: opened, opened };
}

function withStatus(watch: Watch, status: SyncStatus): Watch {
  const { newest } = watch;
  return newest && isOlder(status, newest) ? watch : { ...watch, newest: status };
}
