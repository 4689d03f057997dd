import { duration } from "../../api/duration";
import type { CwpError } from "../../api/errors";

/**
 * The longest time for which failures in a row are retried: of a service that has answered before, and of a
 * service that has not.
 */
export const PATIENCE_MS = 120_000;
export const PATIENCE_UNREACHED_MS = 5_000;
/** The number of retried failures in a row of the kind that rarely passes. */
const MOST_FEW = 3;

/** The failures since the last good answer, to the polls and starts of a wait or to look-ups. */
export interface FailureRow {
  readonly inRow: number;
  /** The number of failures of the kind that rarely passes. */
  readonly few: number;
  readonly since: number;
  /** Since when the service has not even refused a request for their number, which shows that it is there. */
  readonly silentSince: number;
  readonly last: CwpError;
  readonly lastSentAt: number;
}

/** The row after one more failure, of a request that was sent at this moment. */
export function addFailure(row: FailureRow | undefined, error: CwpError, sentAt: number): FailureRow {
  return {
    inRow: (row?.inRow ?? 0) + 1,
    few: (row?.few ?? 0) + (error.retry === "few" ? 1 : 0),
    since: row?.since ?? sentAt,
    silentSince: row && !isLimit(error) ? row.silentSince : sentAt,
    last: error,
    lastSentAt: sentAt,
  };
}

/** Returns true if no retry helps any more. `isReached`: the service has answered, even if with an error. */
export function isOver({ few, silentSince, last, lastSentAt }: FailureRow, isReached: boolean): boolean {
  const patience = isReached ? PATIENCE_MS : PATIENCE_UNREACHED_MS;
  return last.retry === "never" || few > MOST_FEW || lastSentAt - silentSince > patience;
}

/** The last failure. Its message says how often the request was sent. */
export function errorOf(row: FailureRow, now: number): CwpError {
  const { inRow, last } = row;
  return inRow > 1 ? last.withMessage(`${last.message} ${tries(row, now)}.`) : last;
}

/** `Tried 4 times in 7 s` */
export function tries({ inRow, since }: FailureRow, now: number): string {
  return `Tried ${inRow} times in ${duration(now - since)}`;
}

/** Returns true if the account's requests were too fast. Then the service works, and carried out nothing. */
export function isLimit({ code }: CwpError): boolean {
  return code.split(".")[0] === "RequestLimitExceeded";
}
