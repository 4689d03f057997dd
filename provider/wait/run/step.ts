import type { SyncStatus } from "../../cwp/status";
import { SETTLE_MS, SETTLE_POLLS, settlesAt } from "./evidence";
import { type FailureRow, isOver } from "./failureRow";
import { nextPoll } from "./schedule";
import {
  canStart,
  graceEnd,
  isGraceOver,
  isStartNeeded,
  lengthBefore,
  startAllowedAt,
  type Wait,
} from "./wait";

export type Step =
  | { readonly does: "poll" | "start"; readonly at: number }
  | { readonly does: "succeed"; readonly status: SyncStatus }
  | { readonly does: "fail"; readonly why: Why };

/** The reason of a wait that ends without the end of a run. */
export type Why =
  /** A failure that no retry helps, or failures that have lasted too long. */
  | { readonly is: "gave up"; readonly failures: FailureRow }
  /** The deadline has passed, and so has a last poll. */
  | { readonly is: "too late" }
  /** Every request to start a sync was taken, and none showed a run. */
  | { readonly is: "nothing started" }
  /** It was cancelled from outside. */
  | { readonly is: "cancelled" };

/** A request this close to the deadline is sent at the deadline, as the last poll. */
export const LAST_POLL_MS = 1_000;

/** Returns the next step of the wait and its time, as a function of what the wait knows. */
export function nextStep(wait: Wait, now: number): Step {
  return succeedIfDone(wait) ?? failIfHopeless(wait, now) ?? sendNext(wait, now);
}

function succeedIfDone({ goal, known, seen, startId }: Wait): Step | undefined {
  if (known.is === "finished") {
    return { does: "succeed", status: known.status };
  }
  const begun = startId !== undefined || known.is === "running";
  if (seen.last && (goal === "status" || (goal === "started" && begun))) {
    return { does: "succeed", status: seen.last };
  }
  return undefined;
}

function failIfHopeless(wait: Wait, now: number): Step | undefined {
  const { failures, refused, seen } = wait;
  if (failures && isOver(failures, seen.service)) {
    return { does: "fail", why: { is: "gave up", failures } };
  }
  if (refused && isOver(refused, true)) {
    return { does: "fail", why: { is: "gave up", failures: refused } };
  }
  if (isTooLate(wait, now)) {
    return { does: "fail", why: { is: "too late" } };
  }
  if (wait.starts >= wait.mostStarts && isGraceOver(wait)) {
    return { does: "fail", why: { is: "nothing started" } };
  }
  return undefined;
}

/**
 * A wait for a run has a last poll at its deadline, so that it does not miss a run that has ended by then.
 */
function isTooLate({ goal, began, askedAt, deadline }: Wait, now: number): boolean {
  return goal === "status" ? askedAt >= began && now >= deadline : askedAt >= deadline;
}

function sendNext(wait: Wait, now: number): Step {
  const step = nextWanted(wait, now);
  if (wait.goal === "status") {
    return { does: "poll", at: Math.min(step.at, wait.deadline) };
  }
  return step.at > wait.deadline - LAST_POLL_MS ? { does: "poll", at: wait.deadline } : step;
}

function nextWanted(wait: Wait, now: number): Step & { at: number } {
  const { known, askedAt, began, failures } = wait;
  if (known.is === "unasked") {
    return { does: "poll", at: began };
  }
  if (isStartNeeded(wait)) {
    return { does: "start", at: Math.max(now, startAllowedAt(wait)) };
  }
  if (failures) {
    return { does: "poll", at: askedAt };
  }
  const settled = settlesAt(known);
  if (settled !== undefined) {
    return {
      does: "poll",
      at: settled > askedAt ? Math.min(settled, nextEvenPollAt(wait)) : nextEvenPollAt(wait),
    };
  }
  return { does: "poll", at: nextPollAt(wait) };
}

/** Returns the time of the next poll in the row that confirms weak evidence. */
function nextEvenPollAt({ askedAt }: Wait): number {
  return askedAt + SETTLE_MS / SETTLE_POLLS;
}

function nextPollAt(wait: Wait): number {
  const { known, askedAt, began, startedAt, refusedUntil, notBegunAt } = wait;
  switch (known.is) {
    case "running":
      return notBegunAt + nextPoll(askedAt - notBegunAt, lengthBefore(wait));
    case "idle":
      // A poll at the end of a grace, or since a refusal, decides about the next start.
      return canStart(wait)
        ? refusedUntil >= askedAt
          ? Math.min(refusedUntil + 1, nextEvenPollAt(wait))
          : nextEvenPollAt(wait)
        : Math.min(startedAt + nextPoll(askedAt - startedAt, lengthBefore(wait)), graceEnd(wait));
    default:
      // Until the wait knows which run is the newest, no answer shows a run that counts.
      return isNewestKnown(wait) ? began + nextPoll(askedAt - began) : newestKnownAt(wait);
  }
}

/** Returns true if the answers show which run was the newest at some moment of the wait. */
export function isNewestKnown({ known, began, answeredAt }: Wait): boolean {
  const asked = known.is === "blocked" && (known.anchor !== undefined || answeredAt >= began + SETTLE_MS + 1);
  return asked || (known.is !== "unasked" && known.is !== "blocked");
}

/** Returns the earliest time of a poll whose answer shows that. */
export function newestKnownAt({ began, askedAt }: Wait): number {
  return Math.max(askedAt, began + SETTLE_MS + 1);
}
