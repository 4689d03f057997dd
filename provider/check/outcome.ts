/** The texts of `--observe` at a terminal. */
import { duration } from "../api/duration";
import { errorWithHeading } from "../machineSync/readMore";
import type { Findings } from "./judge";
import type { ObservationEnd } from "./observe";
import type { Observed } from "./observed";
import { inColumns } from "./table";
import { SHOWS_WITHIN_MS, SYNCS, type Watch } from "./watch";

/** Returns the question before the first start. */
export function question(account: string): string {
  return `This starts two machine syncs on the account ${account}, and asks for a third one while the second is in progress. Start them? [y/N] `;
}

export function progress({ phase, ended }: Watch, answers: readonly Observed[]): string {
  const isDone = ended === SYNCS;
  const what = phases[isDone ? "after" : phase.is];
  return `sync ${isDone ? SYNCS : ended + 1} of ${SYNCS}: ${what} (requests: ${answers.length})`;
}

const phases: Readonly<Record<Watch["phase"]["is"], string>> = {
  before: "waiting",
  asked: "starting",
  running: "syncing",
  after: "ended",
};

export function verdicts({ A1, A2, A3 }: Findings): string {
  return inColumns(
    Object.entries({ A1, A2, A3 }).map(([name, { verdict, why }]) => [name, `${verdict.padEnd(8)}  ${why}`]),
  );
}

/** Returns the reason of an early end of the watch; undefined if it was complete. */
export function earlyEnd({ why, error }: ObservationEnd, timeoutMs: number): string | undefined {
  const because = error ? ` The last request failed: ${error.message}` : "";
  switch (why) {
    case "done":
      return undefined;
    case "timeout":
      return `The time (${duration(timeoutMs)}) was not enough to watch both syncs: allow more with --timeout.${because}`;
    case "interrupted":
      return "The watch was interrupted. A sync that it has started continues in CWP.";
    case "nothing shown":
      return `CWP took a start, but showed no sync within ${duration(SHOWS_WITHIN_MS)}. Check in the CWP console that a sync can be started by hand.`;
    case "refused":
      return `CWP has refused to start a sync again and again.${because}`;
    case "failed":
      return String(Reflect.get(Object(errorWithHeading(error)), "message"));
  }
}
