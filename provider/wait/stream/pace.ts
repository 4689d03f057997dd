import { CwpError } from "../../api/errors";
import { isLimit } from "../run/failureRow";

/**
 * The pace of the requests of a process for an account. It does not know the number of other processes: it
 * learns from the service's refusals (RequestLimitExceeded). A refusal doubles the interval between two
 * requests and every answer shortens it a little, so that in time processes share the limit evenly. After
 * failures of another kind it backs off for a while.
 */

/** The interval after a first refusal, and the longest one, in milliseconds. */
const FIRST_MS = 2_000;
const LONGEST_MS = 7_000;
/** The factor of an answer on the interval, and the length below which there is none any more. */
const RECOVERY = 0.9;
const NONE_BELOW_MS = 250;
/** The part of the interval for a wait that does not know yet which run was the newest when it began. */
const NEWCOMER = 0.25;

/**
 * The pause after a first failure, and the longest one. It doubles each time, less a random part of up to a
 * half.
 */
const BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 8_000;

export class Pace {
  private interval = 0;
  private restUntilAnswered = Number.NEGATIVE_INFINITY;
  private restUntilNew = Number.NEGATIVE_INFINITY;
  private failuresInRow = 0;

  /** `random` draws numbers from 0 up to 1. */
  constructor(private readonly random: () => number) {}

  /** Records the result of a request. */
  record(outcome: object, now: number): void {
    if (!(outcome instanceof CwpError)) {
      this.answered(now);
    } else if (isLimit(outcome)) {
      this.refused(now);
    } else {
      this.failed(now);
    }
  }

  answered(now: number): void {
    this.interval = this.interval * RECOVERY < NONE_BELOW_MS ? 0 : this.interval * RECOVERY;
    this.rest(now, 0.5 + this.random());
  }

  /** Records that the service refused a request for the number of all requests. */
  refused(now: number): void {
    this.interval = Math.min(LONGEST_MS, Math.max(FIRST_MS, 2 * this.interval));
    this.rest(now, 2 * this.random());
  }

  /** Records a request without a usable answer. */
  failed(now: number): void {
    const longest = Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** this.failuresInRow);
    this.failuresInRow += 1;
    this.restUntilNew = now + longest * (1 - this.random() / 2);
    this.restUntilAnswered = Math.max(this.restUntilAnswered, this.restUntilNew);
  }

  /** Returns the end of the rest before the next request. The wait that knows least rests least. */
  restUntil(knowsLeast: boolean): number {
    return knowsLeast ? this.restUntilNew : this.restUntilAnswered;
  }

  private rest(now: number, part: number): void {
    this.failuresInRow = 0;
    this.restUntilAnswered = now + part * this.interval;
    this.restUntilNew = now + part * this.interval * NEWCOMER;
  }
}
