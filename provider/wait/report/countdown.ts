import { duration } from "../../api/duration";

/**
 * The time that a sync still takes, for a person who glances at it. The steps are coarse, since each text is
 * a line in a log that is no terminal. The text gives the nearest step, so that it fits Pulumi's own clock
 * beside it.
 */

/** A text, and the end of its validity, in milliseconds since the sync began. */
export interface Countdown {
  /** At most 20 characters, with the number first: a narrow terminal shows only the first few. */
  readonly text: string;
  readonly until: number;
}

const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;

/** The steps, in milliseconds. From two hours up, every whole hour is a step. */
const STEPS = [
  ...[0, 2, 5, 10, 15, 20, 30, 45].map((s) => s * S),
  ...[1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45].map((min) => min * MIN),
  ...[1, 1.5, 2].map((h) => h * H),
];
/** During this part of its length, the text gives the whole length, as exactly as it is known. */
const FIRST_PART = 0.1;
/** The end is expected until a sync is late by this part of its length, and by this many milliseconds. */
const LATE_PART = 0.1;
const LATE_MS = 5 * S;

/** `lengthMs` is what the sync before took, `goneMs` how long this one has been in progress. */
export function countdown(lengthMs: number, goneMs: number): Countdown {
  const first = round(lengthMs);
  if (goneMs < FIRST_PART * lengthMs) {
    return { text: `${duration(first)} left`, until: FIRST_PART * lengthMs };
  }
  const { step, downTo } = findNearest(lengthMs - goneMs);
  if (step > 0) {
    return { text: `${duration(Math.min(step, first))} left`, until: lengthMs - downTo };
  }
  const late = lengthMs + Math.max(LATE_MS, LATE_PART * lengthMs);
  return goneMs < late
    ? { text: "any moment now", until: late }
    : { text: "longer than before", until: Number.POSITIVE_INFINITY };
}

/** The step that is nearest to what is left, and what is left when another step becomes nearer. */
function findNearest(left: number): { step: number; downTo: number } {
  const hours = Math.ceil(left / H - 0.5);
  if (hours > 2) {
    return { step: hours * H, downTo: (hours - 0.5) * H };
  }
  const halfWay = (i: number) => ((STEPS[i] ?? 0) + (STEPS[i - 1] ?? 0)) / 2;
  const i = STEPS.findLastIndex((_, i) => left > halfWay(i));
  return { step: STEPS[i] ?? 0, downTo: halfWay(i) };
}

/** Rounds a length for the text: three digits are enough. */
function round(length: number): number {
  const unit = length < MIN ? 1 : length < 10 * MIN ? 5 * S : length < 10 * H ? MIN : H;
  return Math.round(length / unit) * unit;
}
