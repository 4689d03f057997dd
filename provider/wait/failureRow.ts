import { duration } from "../cwp/duration";
import type { CwpError } from "../cwp/errors";
import { MOST_FEW, PATIENCE_MS, PATIENCE_UNREACHED_MS } from "./step";
import { isLimit } from "./wait";

/** The failures of look-ups since the last good answer, and when they have lasted too long. */
export interface FailureRow {
  readonly inRow: number;
  readonly few: number;
  readonly since: number;
  /** Since when the service has not even refused a request for their number. */
  readonly silentSince: number;
  readonly last: CwpError;
  readonly lastSentAt: number;
}

/** The row after one more failure, of a request that was sent at this moment. */
export function oneMore(row: FailureRow | undefined, error: CwpError, sentAt: number): FailureRow {
  return {
    inRow: (row?.inRow ?? 0) + 1,
    few: (row?.few ?? 0) + (error.retry === "few" ? 1 : 0),
    since: row?.since ?? sentAt,
    silentSince: row && !isLimit(error) ? row.silentSince : sentAt,
    last: error,
    lastSentAt: sentAt,
  };
}

/** Whether no retry helps any more, as for a wait (step.ts). `isReached`: the service has answered before. */
export function isOver({ few, silentSince, last, lastSentAt }: FailureRow, isReached: boolean): boolean {
  const patience = isReached ? PATIENCE_MS : PATIENCE_UNREACHED_MS;
  return last.retry === "never" || few > MOST_FEW || lastSentAt - silentSince > patience;
}

/** The last failure, with how often it was tried. */
export function errorOf({ inRow, since, last }: FailureRow, now: number): CwpError {
  return inRow > 1 ? last.saying(`${last.message} Tried ${inRow} times in ${duration(now - since)}.`) : last;
}
