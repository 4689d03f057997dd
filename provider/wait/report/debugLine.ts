import { duration } from "../../api/duration";
import type { SyncStatus } from "../../cwp/status";
import type { Knowledge } from "../run/evidence";
import type { Result, Wait } from "../run/wait";

/**
 * An answer, and what a wait has concluded by then: a line for the reader of `pulumi up --debug`. `now` is
 * the moment of the answer.
 */
export function debugLine({ request, sentAt, outcome }: Result, { known }: Wait, now: number): string {
  const answer =
    outcome instanceof Error
      ? `${outcome.code}${outcome.requestId && ` (RequestId ${outcome.requestId})`}`
      : statusText(outcome.status);
  return `CWP ${request}, ${duration(now - sentAt)}: ${answer}. ${conclusion(known)}.`;
}

/** `SYNCING, started 2020-11-11 12:01:00, ended never (RequestId …)` */
function statusText({ state, latestStartTime, latestEndTime, requestId }: SyncStatus): string {
  return `${state}, started ${latestStartTime || "never"}, ended ${latestEndTime || "never"} (RequestId ${requestId})`;
}

function conclusion(known: Knowledge): string {
  switch (known.is) {
    case "unasked":
      return "No baseline yet";
    case "idle":
      return `Baseline: ${startOf(known.baseline)}`;
    case "blocked":
      return `In progress, does not count; anchor: ${known.anchor ? startOf(known.anchor) : "none yet"}`;
    case "running":
      return `Counts, since it is newer than the anchor: ${startOf(known.baseline)}`;
    case "finished":
      return `Ended: ${startOf(known.status)}`;
  }
}

function startOf({ latestStartTime }: SyncStatus): string {
  return latestStartTime ? `the sync started ${latestStartTime}` : "no sync";
}
