import { duration } from "../cwp/duration";
import { durationSeconds, type SyncStatus } from "../cwp/status";
import { tries } from "./failureRow";
import { lengthBefore, needsStart, type Wait } from "./wait";

/**
 * What a wait tells the person at the terminal. The texts are functions of what the wait knows;
 * announcements.ts says when.
 */
export interface ResourceLog {
  /** Shows what is going on now, in place of what was shown before; it leaves no trace. */
  status(text: string): void;
  /** Stays. */
  warning(text: string): void;
  /** Stays. */
  info(text: string): void;
}

/**
 * The length of a run is told in steps of this, in milliseconds: each new text is a line in a log that is no
 * terminal.
 */
const STEP_MS = 5_000;
/** Failures that have lasted this long are worth a warning, in milliseconds. */
const LASTING_MS = 15_000;

/**
 * What the wait is at: `[3/3] Syncing machines, 40 s of about 1 min 10 s`. Undefined while there is nothing
 * to tell.
 */
export function statusOf(wait: Wait, now: number): string | undefined {
  const { goal, known, seen } = wait;
  const steps = goal === "started" ? 2 : 3;
  if (goal === "status") {
    return undefined;
  }
  switch (known.is) {
    case "finished":
      return undefined;
    case "running":
      return `[3/${steps}] Syncing machines${course(wait, now)}`;
    case "idle":
      return `[2/${steps}] Starting a sync`;
    case "blocked":
      return `[1/${steps}] Waiting for a running sync to end${since(seen.last ?? known.first)}`;
    case "unasked":
      return seen.last?.state === "SYNCING"
        ? `[1/${steps}] Waiting for a running sync to end${since(seen.last)}`
        : undefined;
  }
}

/**
 * How far the run is. When a resumed one began is not known on this machine's clock, only in the service's
 * own words.
 */
function course(wait: Wait, now: number): string {
  const { resumes, seen, notBegunAt } = wait;
  if (resumes) {
    return since(seen.last);
  }
  const gone = now - notBegunAt;
  const elapsed = gone < STEP_MS ? "0 s" : duration(gone - (gone % STEP_MS));
  const length = lengthBefore(wait);
  if (!length) {
    return gone < STEP_MS ? "" : `, ${elapsed}`;
  }
  return gone > length
    ? `, ${elapsed} (the one before took ${duration(length)})`
    : `, ${elapsed} of about ${duration(length)}`;
}

function since(status: SyncStatus | undefined): string {
  const time = status?.state === "SYNCING" && timeOfDay(status.latestStartTime);
  return time ? ` (since ${time})` : "";
}

/** The service has failed for long, but is still asked. */
export function lastingRetry({ failures }: Wait, now: number): string | undefined {
  return failures && now - failures.since >= LASTING_MS
    ? `${failures.last.message} ${tries(failures, now)}; still trying.`
    : undefined;
}

/** A request to start a sync is about to be sent that is not the first. */
export function repeatedStart(wait: Wait, now: number): string | undefined {
  const { starts, startedAt, mostStarts } = wait;
  return needsStart(wait) && starts > 0
    ? `No sync has shown in ${duration(now - startedAt)} since CWP was asked for one: asking again (${starts + 1} of ${mostStarts}).`
    : undefined;
}

/** The end of a wait that went well, for all the resources that it ends for at once. */
export function summaryOf(goal: Wait["goal"], status: SyncStatus, resources: number): string {
  const shared = resources > 1 ? `, for ${resources} resources` : "";
  if (goal === "started") {
    return `Asked CWP for a machine sync, and did not wait for its end${shared}.`;
  }
  const [from, to] = [timeOfDay(status.latestStartTime), timeOfDay(status.latestEndTime)];
  const seconds = durationSeconds(status);
  const times = from && to ? ` from ${from} to ${to}` : "";
  const length = seconds ? ` (${duration(seconds * 1000)})` : "";
  return `Machines synced${times}${length}${shared}.`;
}

/** `2020-11-11 12:01:00` → `12:01:00`. */
function timeOfDay(time: string): string {
  return time.slice(time.indexOf(" ") + 1);
}
