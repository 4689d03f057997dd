/** Lets the waiting core live through a record, in virtual time. */
import { NoAnswer } from "../../provider/api/errors";
import { isOlder, type Seen, seenIn } from "../../provider/check/evidence";
import type { Observed } from "../../provider/check/observed";
import type { CwpClient } from "../../provider/cwp/client";
import { isIdle, type SyncStatus } from "../../provider/cwp/status";
import type { AccountStatus } from "../../provider/cwp/syncMachines";
import { SyncLoop } from "../../provider/wait/stream/loop";
import { Turns } from "../../provider/wait/stream/turns";
import { VirtualClock } from "../virtualClock";

const TIMEOUT_MS = 600_000;

export interface Replay {
  readonly answers: readonly Observed[];
  /** The begin of the wait, in the time of the record. */
  readonly beginsMs: number;
  /** An idle answer to the first poll of the wait is true (A1). Default: true. */
  readonly keepsA1?: boolean;
}

/**
 * A wait that begins at a moment of a record. Resolves with the status of its success, or with undefined if
 * it fails.
 */
export async function replay({ answers, beginsMs, keepsA1 = true }: Replay): Promise<SyncStatus | undefined> {
  const clock = new VirtualClock();
  const seen = seenIn(answers);
  const syncMachines: CwpClient["syncMachines"] = async (sync, timeoutMs) => {
    const isFirst = !sync && loop.waits.some(({ known }) => known.is === "unasked");
    const sentMs = beginsMs + clock.now();
    const next = seen.find((one) => one.request === "poll" && !one.isFirst && one.sentMs >= sentMs);
    if (!next || next.receivedMs > sentMs + timeoutMs) {
      await clock.sleep(timeoutMs);
      throw new NoAnswer("RequestTimeout", "The record has ended.");
    }
    await clock.sleep(next.receivedMs - sentMs);
    return toStatus(isFirst && keepsA1 ? trueFirst(next, seen) : next);
  };
  const loop = new SyncLoop({ syncMachines }, { clock, turns: new Turns(clock), random: () => 0.5 });
  const success = loop.call({ goal: "finished", timeoutMs: TIMEOUT_MS }).catch(() => undefined);
  await clock.run();
  return success;
}

/**
 * The answer that a first poll gets if the record has this answer. A record has few first polls, and other
 * answers may be stale within A2. A first poll cannot get an idle answer that is known to be stale: it gets
 * the newest answer received before.
 */
function trueFirst(one: Seen, seen: readonly Seen[]): Seen {
  return seen
    .filter(({ receivedMs }) => receivedMs <= one.sentMs)
    .reduce(
      (newest, before) => (isIdle(readStatus(newest)) && isOlder(newest, before) ? before : newest),
      one,
    );
}

function readStatus({ state, latestStartTime, latestEndTime }: Seen): SyncStatus {
  return { state, latestStartTime, latestEndTime, requestId: "" };
}

function toStatus(one: Seen): AccountStatus {
  return { status: readStatus(one), account: "the account" };
}

/** The moments between which nothing happens in a record. */
export function momentsOf(answers: readonly Observed[]): number[] {
  const moments = answers.flatMap(({ sentMs, receivedMs }) => [
    sentMs,
    sentMs + 1,
    receivedMs,
    receivedMs + 1,
  ]);
  return [...new Set([0, ...moments])];
}

/** The reason why a success is false: its start had been received before the wait began. */
export function falseSuccess(
  { latestStartTime }: SyncStatus,
  { answers, beginsMs }: Replay,
): string | undefined {
  const known = seenIn(answers).filter(({ receivedMs }) => receivedMs <= beginsMs);
  const older = known.find((one) => one.latestStartTime >= latestStartTime);
  return (
    older &&
    `A wait that began at ${beginsMs} ms took the sync of ${latestStartTime} for its own, though an answer had shown the start ${older.latestStartTime} at ${older.receivedMs} ms.`
  );
}
