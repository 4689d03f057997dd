import { duration } from "../cwp/duration";
import type { CwpError } from "../cwp/errors";
import type { Caller, Seen } from "./wait";
import { type UnfinishedRun, WaitError } from "./waitError";

/** How a wait ends that did not see the end of a run, in the words that the user reads. */

const goOn = 'Run "pulumi up" again to go on waiting for the same sync';
const later = 'Run "pulumi up" again later';
const longer = "allow more time with customTimeouts";

/** The deadline has passed, and so has a last look. */
export function tooLate(caller: Caller): WaitError {
  const { known, triggers, seen } = caller;
  const within = `within ${duration(caller.deadline - caller.since)}`;
  if (seen.answers === 0 && seen.lastError) {
    const next = unfinished(caller) ? goOn : later;
    return ending(
      caller,
      seen.lastError.code,
      `No answer ${within}: ${seen.lastError.message} ${next}, or ${longer}.`,
    );
  }
  if (triggers > 0) {
    const what = known.is === "watching" && known.shown ? "did not finish" : "did not show";
    return ending(
      caller,
      "SyncTimeout",
      `The machine sync ${what} ${within}: ${observed(seen)}. ${goOn}, or ${longer}.`,
    );
  }
  const why = seen.last?.state === "SYNCING" ? ", since another one was still going" : "";
  return ending(
    caller,
    "SyncTimeout",
    `No machine sync could be started ${within}${why}: ${observed(seen)}. ${later}, or ${longer}.`,
  );
}

/** Every trigger was taken, and none showed a run. */
export function nothingStarted(caller: Caller, now: number): WaitError {
  return ending(
    caller,
    "NothingStarted",
    `CWP started no machine sync in ${duration(now - caller.since)} though it was asked ${caller.triggers} times: ${observed(caller.seen)}. Check in the CWP console that a sync can be started by hand, then run "pulumi up" again.`,
  );
}

/** An error that will not pass, or has not for too long. */
export function gaveUp(caller: Caller, error: CwpError, now: number): WaitError {
  const { inRow, since } = caller.failures;
  const tries = inRow > 1 ? ` Tried ${inRow} times in ${duration(now - since)}.` : "";
  const next = unfinished(caller) ? ` ${goOn}.` : error.retry === "never" ? "" : ` ${later}.`;
  return ending(caller, error.code, `${error.message}${tries}${next}`, error.requestId);
}

function ending(
  caller: Caller,
  code: string,
  message: string,
  requestId = caller.seen.last?.requestId ?? "",
): WaitError {
  return new WaitError(code, message, requestId, unfinished(caller), caller.seen.last);
}

function unfinished({ known, triggers }: Caller): UnfinishedRun | undefined {
  if (known.is !== "watching" || triggers === 0 || known.baseline.state === "SYNCING") {
    return undefined;
  }
  const { state, latestStartTime, latestEndTime } = known.baseline;
  return { state, latestStartTime, latestEndTime, shown: known.shown };
}

/** `the last of 34 answers was SYNCING, started 2020-11-11 12:01:00 (RequestId …); failed requests: 2 RequestLimitExceeded` */
function observed({ answers, last, errors, triggerId }: Seen): string {
  const parts: string[] = [];
  if (last) {
    const started = last.latestStartTime ? `, started ${last.latestStartTime}` : "";
    parts.push(`the last of ${answers} answers was ${last.state}${started} (RequestId ${last.requestId})`);
  }
  if (triggerId !== undefined) {
    parts.push(`the trigger's RequestId is ${triggerId}`);
  }
  if (errors.size > 0) {
    parts.push(`failed requests: ${[...errors].map(([code, times]) => `${times} ${code}`).join(", ")}`);
  }
  return parts.join("; ");
}
