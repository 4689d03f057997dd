import { duration } from "../../api/duration";
import { durationSeconds, type SyncStatus } from "../../cwp/status";
import { tries } from "../run/failureRow";
import { lengthBefore, needsStart, type Wait } from "../run/wait";
import { countdown } from "./countdown";

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
  /** Shows only to a user who asks for all details. */
  debug?(text: string): void;
}

/** Failures that have lasted this long are worth a warning, in milliseconds. */
const LASTING_MS = 15_000;

/**
 * What the wait is at, with the news first and in at most 20 characters: a terminal of 100 columns has room
 * for no more. It does not say how long the wait has taken, since Pulumi's own clock stands beside it.
 * Undefined while there is nothing to tell. `until` is when the text changes though nothing new is heard, on
 * the loop's clock.
 */
export function rowStatus(wait: Wait, now: number): { text: string; until: number } | undefined {
  const { goal, known, seen, resumes } = wait;
  if (goal === "status") {
    return undefined;
  }
  if (lastingRetry(wait, now)) {
    return lasting(RETRYING);
  }
  switch (known.is) {
    case "finished":
      return undefined;
    case "running":
      return timeLeft(wait, now);
    case "idle":
      return lasting(resumes && !needsStart(wait) ? RESUMED : "starting");
    case "blocked":
      return lasting(ANOTHERS);
    case "unasked":
      return seen.last?.state === "SYNCING" ? lasting(ANOTHERS) : undefined;
  }
}

/** While the hosts are looked up, once the sync has finished. */
export const LOOKING_UP = "looking up hosts";
/** While the service fails for long. A row that has the warning needs no more. */
export const RETRYING = "retrying";
const ANOTHERS = "after another sync";
const RESUMED = "still syncing";

/** When a resumed run began is not known on this machine's clock. */
function timeLeft(wait: Wait, now: number): { text: string; until: number } {
  const { resumes, notBegunAt } = wait;
  const length = lengthBefore(wait);
  if (!length) {
    return lasting(resumes ? RESUMED : "syncing");
  }
  const { text, until } = countdown(length, now - notBegunAt);
  return { text, until: notBegunAt + until };
}

function lasting(text: string): { text: string; until: number } {
  return { text, until: Number.POSITIVE_INFINITY };
}

/** The service has failed, or has refused to start a sync, for long, and is still asked. */
export function lastingRetry({ failures, refused }: Wait, now: number): string | undefined {
  const lasting = [failures, refused].find((row) => row && now - row.since >= LASTING_MS);
  return lasting && `${lasting.last.message} ${tries(lasting, now)}; still trying.`;
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
