import { duration } from "../cwp/duration";
import { durationSeconds, type SyncStatus } from "../cwp/status";
import { type Caller, lengthBefore, MOST_TRIGGERS, needsTrigger } from "./wait";

/** What a wait tells the person at the terminal. The texts are functions of what the caller knows; loop.ts says when. */
export interface ResourceLog {
  /** Shows what is going on now, in place of what was shown before; it leaves no trace. */
  status(text: string): void;
  /** Stays. */
  warning(text: string): void;
  /** Stays. */
  info(text: string): void;
}

/** The length of a run is told in steps of this, in milliseconds: each new text is a line in a log that is no terminal. */
const STEP_MS = 5_000;
/** Failures that have lasted this long are worth a warning, in milliseconds. */
const LASTING_MS = 15_000;

/** What the caller waits for now: `[3/3] Syncing machines, 40 s of about 1 min 10 s`. Undefined while there is nothing to tell. */
export function statusOf(caller: Caller, now: number): string | undefined {
  const { goal, known, seen } = caller;
  const steps = goal === "started" ? 2 : 3;
  if (goal === "status" || known.is === "finished") {
    return undefined;
  }
  if (known.is === "watching") {
    return known.shown
      ? `[3/${steps}] Syncing machines${course(caller, now)}`
      : `[2/${steps}] Starting a sync`;
  }
  const going = known.is === "blocked" ? known.first : seen.last;
  if (going?.state !== "SYNCING" && known.is === "unasked") {
    return undefined;
  }
  return `[1/${steps}] Waiting for a running sync to end${since(going)}`;
}

/** How far the run is. When a resumed one began is not known on this machine's clock, only in the service's own words. */
function course({ resumes, seen, known, notBegunAt }: Caller, now: number): string {
  if (resumes || known.is !== "watching") {
    return since(seen.last);
  }
  const gone = now - notBegunAt;
  const elapsed = gone < STEP_MS ? "0 s" : duration(gone - (gone % STEP_MS));
  const length = lengthBefore(known.baseline);
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
export function lastingRetry({ failures, seen }: Caller, now: number): string | undefined {
  const { inRow, since } = failures;
  return inRow > 0 && seen.lastError && now - since >= LASTING_MS
    ? `${seen.lastError.message} Tried ${inRow} times in ${duration(now - since)}; still trying.`
    : undefined;
}

/** A trigger is about to be sent that is not the first. */
export function repeatedTrigger(caller: Caller, now: number): string | undefined {
  const { triggers, triggeredAt } = caller;
  return needsTrigger(caller) && triggers > 0
    ? `No sync has shown in ${duration(now - triggeredAt)} since CWP was asked for one: asking again (${triggers + 1} of ${MOST_TRIGGERS}).`
    : undefined;
}

/** The end of a wait that went well, for all the resources that it ends for at once. */
export function summaryOf(goal: Caller["goal"], status: SyncStatus, resources: number): string {
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
