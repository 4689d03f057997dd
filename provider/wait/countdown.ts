import { duration } from "../cwp/duration";

/**
 * How long a sync still takes, for a person who glances at it: in steps, as each text is a line in a log that
 * is no terminal. A step is told at the moment at which it is right, and stands until the next one.
 */

/** What is told, and how long it holds, in milliseconds since the sync began. */
export interface Countdown {
  /** At most 20 characters. */
  readonly text: string;
  readonly until: number;
}

const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;

/** The steps, in milliseconds; above the last one, every whole hour is a step. */
const STEPS = [
  ...[0, 5, 10, 15, 20, 30, 45].map((s) => s * S),
  ...[1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45].map((min) => min * MIN),
  ...[1, 1.5].map((h) => h * H),
];
/** The end is expected until a sync is late by this part of its length, and by this many milliseconds. */
const LATE_PART = 0.1;
const LATE_MS = 5 * S;

/** `lengthMs` is what the sync before took, `goneMs` how long this one has been in progress. */
export function countdown(lengthMs: number, goneMs: number): Countdown {
  const left = lengthMs - goneMs;
  if (left > 0) {
    const { from, to } = stepAround(left);
    return { text: `~${duration(Math.min(to, rounded(lengthMs)))} left`, until: lengthMs - from };
  }
  const late = lengthMs + Math.max(LATE_MS, LATE_PART * lengthMs);
  return goneMs < late
    ? { text: "any moment now", until: late }
    : { text: "longer than before", until: Number.POSITIVE_INFINITY };
}

/** The step that was reached last on the way down to zero, and the one that is reached next. */
function stepAround(left: number): { from: number; to: number } {
  const hours = Math.ceil(left / H) * H;
  const to = STEPS.find((step) => step >= left);
  const from = STEPS.findLast((step) => step < left) ?? 0;
  return to === undefined ? { from: Math.max(from, hours - H), to: hours } : { from, to };
}

/** As exact as a length needs to be told: three digits are enough. */
function rounded(length: number): number {
  const unit = length < MIN ? 1 : length < 10 * MIN ? 5 * S : length < 10 * H ? MIN : H;
  return Math.round(length / unit) * unit;
}
