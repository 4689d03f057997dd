import { CLOSEST_POLLS_MS } from "../run/schedule";
import { isNewestKnown, newestKnownAt, nextStep, type Step } from "../run/step";
import { isAwaitingRun, type Result, type Wait } from "../run/wait";
import type { Pace } from "./pace";

/** The next request of the one stream, for all the waits that share it. */

/** The longest time of a request, in milliseconds. */
export const REQUEST_MS = 9_000;
/** A request under way at a deadline is cut there, but has at least this time. */
export const SHORTEST_REQUEST_MS = 1_000;
/**
 * The longest time that a start waits for waits that are about to begin, or have no first answer, so that the
 * sync counts for them too.
 */
const GATHER_MS = 2_000;

type Request = Result["request"];

/** The knowledge of the stream beside its waits. */
export interface Stream {
  readonly pace: Pace;
  readonly lastPollAt: number;
  /** Until this moment, a new run would leave the same record as the run before it. */
  readonly recordNewUntil: number;
  /** True if a wait of another stream at the endpoint awaits a run. */
  readonly othersAwaitRun: boolean;
  /** True if waits are about to begin, or some of another stream at the endpoint have no first answer. */
  readonly othersAreUnasked: boolean;
}

/** The next request of a wait, at the moment that the pace of all allows. */
export interface Due {
  readonly request: Request;
  readonly at: number;
}

export function nextRequests(waits: readonly Wait[], stream: Stream, now: number): Due[] {
  const someAwaitRun = waits.some(isAwaitingRun);
  const someAreUnasked = waits.some(isUnasked);
  return waits.map((wait) => {
    const step = nextStep(wait, now);
    if (!("at" in step)) {
      return { request: "poll", at: now };
    }
    const { request, at } = paceRequest(wait, step, stream, { someAwaitRun, someAreUnasked });
    const rested = Math.max(at, stream.pace.restUntil(!isNewestKnown(wait)));
    // A deadline, and with it the last poll, does not wait for a pause to end.
    return { request, at: Math.min(wait.deadline, rested) };
  });
}

function paceRequest(
  wait: Wait,
  { does, at }: Extract<Step, { at: number }>,
  { lastPollAt, recordNewUntil, othersAwaitRun, othersAreUnasked }: Stream,
  { someAwaitRun, someAreUnasked }: { someAwaitRun: boolean; someAreUnasked: boolean },
): Due {
  const spaced = lastPollAt + CLOSEST_POLLS_MS;
  const { known, goal, deadline, askedAt } = wait;
  const hasAnswer = goal === "status" || (known.is !== "unasked" && known.is !== "blocked");
  if (does === "start") {
    const startAt = Math.max(at, recordNewUntil);
    const gathers = (someAreUnasked || othersAreUnasked) && !someAwaitRun && !othersAwaitRun;
    if (!gathers || known.is !== "idle" || known.since + GATHER_MS <= startAt) {
      return { request: "start", at: startAt };
    }
    // For waits without a first answer, this sync could be an older one.
    return someAreUnasked
      ? { request: "poll", at: spaced }
      : { request: "start", at: known.since + GATHER_MS };
  }
  if (someAwaitRun && !hasAnswer) {
    // The waits that await the run also see its end. A poll of its own helps only to know which run is the
    // newest.
    return { request: "poll", at: isNewestKnown(wait) ? deadline : Math.max(newestKnownAt(wait), spaced) };
  }
  if (othersAwaitRun && known.is === "unasked" && goal !== "status") {
    // An earlier answer may be stale (A1).
    return { request: "poll", at: Math.max(newestKnownAt(wait), spaced) };
  }
  // Waits that have just begun, or that another run blocks, share polls that stay apart. All others observed
  // the last poll, and their own step counts from it.
  const leavesRoom = askedAt < lastPollAt || known.is === "blocked";
  return { request: "poll", at: leavesRoom ? Math.max(at, spaced) : at };
}

/** Returns true if a wait has had no answer that it may believe. A read believes any answer. */
export function isUnasked({ known, goal }: Wait): boolean {
  return known.is === "unasked" && goal !== "status";
}

/** Returns the request to send now: a start serves every wait that is ready for it, a poll all others. */
export function dueRequest(requests: readonly Due[], now: number): Request | undefined {
  const due = requests.filter(({ at }) => at <= now);
  return due.find(({ request }) => request === "start")?.request ?? due[0]?.request;
}

/**
 * The longest time of a request that is sent now. It ends by the next deadline, so that the last poll need
 * not wait for it. A late last poll is shorter.
 */
export function longestRequest(waits: readonly Pick<Wait, "deadline">[], now: number): number {
  const ends = waits.map(({ deadline }) => (deadline > now ? deadline : deadline + REQUEST_MS));
  return Math.min(REQUEST_MS, Math.max(SHORTEST_REQUEST_MS, Math.min(...ends) - now));
}
