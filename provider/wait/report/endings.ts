import { duration } from "../../api/duration";
import type { CwpError } from "../../api/errors";
import { errorOf, type FailureRow } from "../run/failureRow";
import type { Why } from "../run/step";
import { isAwaitingRun, type Wait } from "../run/wait";
import { type UnfinishedRun, WaitError } from "../run/waitError";

const sameSync = 'Run "pulumi up" again to continue waiting for the same sync';
const later = 'Run "pulumi up" again later';
const longer = "allow more time with customTimeouts";

/** Returns the error of a wait that ends without the end of a run. */
export function endingOf(wait: Wait, why: Why, now: number): WaitError {
  switch (why.is) {
    case "gave up":
      return endGivenUp(wait, why.failures, now);
    case "too late":
      return endTooLate(wait);
    case "nothing started":
      return endNothingStarted(wait, now);
    case "cancelled":
      return endWait(wait, "Cancelled", `The wait for the machine sync was cancelled. ${sameSync}.`);
  }
}

function endTooLate(wait: Wait): WaitError {
  const { known, seen, failures } = wait;
  const within = `within ${duration(wait.deadline - wait.began)}`;
  if (seen.answers === 0 && failures) {
    const next = unfinishedRun(wait) ? sameSync : later;
    return endWaitWith(
      wait,
      failures.last,
      `No answer ${within}: ${failures.last.message} ${next}, or ${longer}.`,
    );
  }
  if (isAwaitingRun(wait)) {
    const what = known.is === "running" ? "did not finish" : "did not show";
    return endWait(
      wait,
      "SyncTimeout",
      `The machine sync ${what} ${within}: ${describeObserved(wait)}. ${sameSync}, or ${longer}.`,
    );
  }
  const why = seen.last?.state === "SYNCING" ? ", since another sync was still in progress" : "";
  return endWait(
    wait,
    "SyncTimeout",
    `No machine sync could be started ${within}${why}: ${describeObserved(wait)}. ${later}, or ${longer}.`,
  );
}

function endNothingStarted(wait: Wait, now: number): WaitError {
  return endWait(
    wait,
    "NothingStarted",
    `CWP started no machine sync in ${duration(now - wait.began)} though it was asked ${wait.starts} times: ${describeObserved(wait)}. Check in the CWP console that a sync can be started by hand, then run "pulumi up" again.`,
  );
}

function endGivenUp(wait: Wait, failures: FailureRow, now: number): WaitError {
  const error = errorOf(failures, now);
  const next = unfinishedRun(wait) ? ` ${sameSync}.` : error.retry === "never" ? "" : ` ${later}.`;
  return endWaitWith(wait, error, `${error.message}${next}`);
}

function endWaitWith(wait: Wait, { code, requestId, topic }: CwpError, message: string): WaitError {
  return Object.assign(endWait(wait, code, message, requestId), { topic });
}

function endWait(
  wait: Wait,
  code: string,
  message: string,
  requestId = wait.seen.last?.requestId ?? "",
): WaitError {
  return new WaitError(code, message, requestId, unfinishedRun(wait), wait.seen.last, wait.account);
}

/** Returns the run to wait for later; undefined if none was asked for and none that counts has shown. */
export function unfinishedRun(wait: Wait): UnfinishedRun | undefined {
  const { known, account, resume } = wait;
  if (resume) {
    return resume;
  }
  if (!isAwaitingRun(wait) || (known.is !== "idle" && known.is !== "running")) {
    return undefined;
  }
  const { state, latestStartTime, latestEndTime } = known.baseline;
  const shown = known.is === "running";
  return { state, latestStartTime, latestEndTime, shown, ...(account && { account }) };
}

/**
 * `the last of 34 answers was SYNCING, started 2020-11-11 12:01:00 (RequestId …); failed requests: 2
 * RequestLimitExceeded`
 */
function describeObserved({ seen: { answers, last, errors }, startId }: Wait): string {
  const parts: string[] = [];
  if (last) {
    const started = last.latestStartTime ? `, started ${last.latestStartTime}` : "";
    const which = answers === 1 ? "the only answer" : `the last of ${answers} answers`;
    parts.push(`${which} was ${last.state}${started} (RequestId ${last.requestId})`);
  }
  if (startId !== undefined) {
    parts.push(`the RequestId of the request that started it is ${startId}`);
  }
  if (errors.size > 0) {
    parts.push(`failed requests: ${[...errors].map(([code, times]) => `${times} ${code}`).join(", ")}`);
  }
  return parts.join("; ");
}
