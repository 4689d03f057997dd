import { duration } from "../../api/duration";
import { durationSeconds, type SyncStatus } from "../../cwp/status";
import { tries } from "../run/failureRow";
import { isStartNeeded, lengthBefore, type Wait } from "../run/wait";
import { countdown } from "./countdown";

/**
 * The messages of a wait to the person at the terminal. The texts are functions of what the wait knows;
 * announcements.ts decides when they are shown.
 */
export interface ResourceLog {
  /** Shows the present step in place of the one before; it leaves no trace. */
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
 * The present step of the wait, with the news first and in at most 20 characters: a terminal of 100 columns
 * has room for no more. It leaves out how long the wait has taken, since Pulumi's own clock is beside it.
 * Undefined while there is nothing to show. `until` is the moment on the loop's clock at which the text
 * changes even without a new answer.
 */
export function rowStatus(wait: Wait, now: number): { text: string; until: number } | undefined {
  const { goal, known, seen, resumes } = wait;
  if (goal === "status") {
    return undefined;
  }
  if (lastingRetry(wait, now)) {
    return withoutEnd(RETRYING);
  }
  switch (known.is) {
    case "finished":
      return undefined;
    case "running":
      return timeLeft(wait, now);
    case "idle":
      return withoutEnd(resumes && !isStartNeeded(wait) ? RESUMED : "starting");
    case "blocked":
      return withoutEnd(ANOTHERS);
    case "unasked":
      return seen.last?.state === "SYNCING" ? withoutEnd(ANOTHERS) : undefined;
  }
}

/** Shown while the hosts are looked up, once the sync has finished. */
export const LOOKING_UP = "looking up hosts";
/** Shown while the service fails for long. A row that has the warning needs no more. */
export const RETRYING = "retrying";
const ANOTHERS = "after another sync";
const RESUMED = "still syncing";

/** The start of a resumed run is not known on this machine's clock. */
function timeLeft(wait: Wait, now: number): { text: string; until: number } {
  const { resumes, notBegunAt } = wait;
  const length = lengthBefore(wait);
  if (!length) {
    return withoutEnd(resumes ? RESUMED : "syncing");
  }
  const { text, until } = countdown(length, now - notBegunAt);
  return { text, until: notBegunAt + until };
}

function withoutEnd(text: string): { text: string; until: number } {
  return { text, until: Number.POSITIVE_INFINITY };
}

/** Returns a warning if the service has failed, or has refused starts, for long. */
export function lastingRetry({ failures, refused }: Wait, now: number): string | undefined {
  const lasting = [failures, refused].find((row) => row && now - row.since >= LASTING_MS);
  return lasting && `${lasting.last.message} ${tries(lasting, now)}; still trying.`;
}

/** Returns a warning if a request to start a sync that is not the first is about to be sent. */
export function repeatedStart(wait: Wait, now: number): string | undefined {
  const { starts, startedAt, mostStarts } = wait;
  return isStartNeeded(wait) && starts > 0
    ? `No sync has shown in ${duration(now - startedAt)} since CWP was asked for one: asking again (${starts + 1} of ${mostStarts}).`
    : undefined;
}

/** The message of a wait that ends well, for all resources whose waits end with it. */
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
