import { ApiError, CwpError, UnknownState } from "../api/errors";
import { parseStatus, type SyncStatus } from "../cwp/status";
import { addFailure, errorOf, type FailureRow, isOver } from "../wait/run/failureRow";
import type { Clock } from "../wait/stream/clock";
import { Pace } from "../wait/stream/pace";
import { longestRequest } from "../wait/stream/requests";
import type { Observed } from "./observed";
import { orError } from "./orError";
import { beginWatch, learn, nextStep, type Watch } from "./watch";

/** The least time between two polls of all connections, in milliseconds. */
const POLL_MS = 500;

export interface Observation {
  /** Sends SyncMachines by a connection. Resolves with the `Response` object, unread. Throws a CwpError. */
  readonly ask: (
    connection: number,
    sync: boolean,
    timeoutMs: number,
    signal: AbortSignal,
  ) => Promise<unknown>;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Gets the progress of the watch, after each answer. */
  readonly show: (watch: Watch, answers: readonly Observed[]) => void;
  /** Draws numbers from 0 up to 1. Default: Math.random. */
  readonly random?: () => number;
}

/** The answers, and the reason of the end. */
export interface ObservationEnd {
  readonly answers: readonly Observed[];
  readonly why: "done" | "nothing shown" | "refused" | "timeout" | "interrupted" | "failed";
  /** The failure of the last request, if it has failed. */
  readonly error?: CwpError | undefined;
}

/** Starts two syncs of the account and watches them. Never rejects because of the service. */
export async function observe({
  ask,
  clock,
  timeoutMs,
  signal,
  show,
  random = Math.random,
}: Observation): Promise<ObservationEnd> {
  const began = clock.now();
  const deadline = began + timeoutMs;
  const pace = new Pace(random);
  const answers: Observed[] = [];
  let watch = beginWatch();
  let failures: FailureRow | undefined;
  let isReached = false;
  let nextAt = began;
  for (;;) {
    const step = nextStep(watch, clock.now());
    if (step.does === "end") {
      return { answers, why: step.why, error: failures?.last };
    }
    const at = Math.max(nextAt, pace.restUntil(false));
    if (at >= deadline) {
      return { answers, why: "timeout", error: failures?.last };
    }
    await clock.sleep(at - clock.now(), signal);
    if (signal.aborted) {
      return { answers, why: "interrupted" };
    }
    const sentAt = clock.now();
    const { connection, does: request } = step;
    const timeoutMs = longestRequest([{ deadline }], sentAt);
    const response = await orError(() => ask(connection, request === "start", timeoutMs, signal));
    if (signal.aborted) {
      return { answers, why: "interrupted" };
    }
    const now = clock.now();
    const [sentMs, receivedMs] = [Math.round(sentAt - began), Math.round(now - began)];
    const outcome = response instanceof CwpError ? response : await orError(() => parseStatus(response));
    answers.push({ connection, request, sentMs, receivedMs, ...recordOf(response, outcome) });
    pace.record(outcome, now);
    nextAt = sentAt + POLL_MS;
    const isBusyStart = request === "start" && watch.phase.is === "running";
    watch = learn(watch, step, outcome, now);
    show(watch, answers);
    if (!(outcome instanceof CwpError)) {
      [isReached, failures] = [true, undefined];
      continue;
    }
    isReached ||= outcome instanceof ApiError;
    if (isBusyStart) {
      continue;
    }
    failures = addFailure(failures, outcome, sentAt);
    if (isOver(failures, isReached)) {
      return { answers, why: "failed", error: errorOf(failures, now) };
    }
  }
}

/** Returns the answer as CWP wrote it, even if this package does not know the state. */
function recordOf(response: unknown, outcome: SyncStatus | CwpError) {
  if (outcome instanceof CwpError && !(outcome instanceof UnknownState)) {
    return { code: outcome.code };
  }
  const { State, LatestStartTime, LatestEndTime } = Object(response);
  return {
    state: String(State ?? ""),
    latestStartTime: String(LatestStartTime ?? ""),
    latestEndTime: String(LatestEndTime ?? ""),
  };
}
