/**
 * When to look at a run.
 *
 * What matters is how late an end is seen, as a fraction of the run's length, for how many looks. Without a history, looks
 * grow apart in proportion to the time that has gone by, which bounds that fraction for a run of any length. With one,
 * looks are sparse until the run may well end, dense from then on, and grow apart again once it has outlived its history.
 * The numbers are the outcome of a search over run lengths from 2 s to 20 min (see bench/).
 */

/** Looks are never closer together than this, in milliseconds. */
export const CLOSEST_MS = 100;

/** With no history: the first look, and how much later each next one is. */
const FIRST_MS = 1_000;
const GROWTH = 1.125;

/** A history shorter than this says too little, as times are in whole seconds. */
const SHORTEST_HISTORY_MS = 2_000;
/** With a history: the first look, and about how much later each next one is until the end is near. */
const FIRST_WITH_HISTORY_MS = 2_500;
const GROWTH_BEFORE = 1.39;
/** The end is near from `NEAR_FROM` to `NEAR_TO` times the last run's length; that length is known to a whole second only. */
const NEAR_FROM = 0.76;
const NEAR_TO = 1.1;
const ROUNDING_MS = 500;
/** The widest gap near the end, as a fraction of the last run's length, … */
const GAP = 0.075;
/** … which narrows towards NEAR_TO as the end grows likelier, but not further than to this part of itself. */
const NARROWEST = 0.3;
/** After NEAR_TO; and how much this grows with every doubling beyond it, since the history misleads the more, up to GROWTH. */
const GROWTH_AFTER = 1.034;
const GROWTH_PER_DOUBLING = 0.004;

/**
 * The next look, in milliseconds since the run began, given that a look `elapsed` ms after its beginning found it going.
 * `expected` is the length of the run before, in ms; undefined where it is not known.
 */
export function nextLook(elapsed: number, expected?: number): number {
  const knows = expected !== undefined && expected >= SHORTEST_HISTORY_MS;
  return Math.max(elapsed + CLOSEST_MS, knows ? withHistory(elapsed, expected) : withoutHistory(elapsed));
}

function withoutHistory(elapsed: number): number {
  return Math.max(FIRST_MS, elapsed * GROWTH);
}

function withHistory(elapsed: number, expected: number): number {
  const from = NEAR_FROM * expected - ROUNDING_MS;
  const to = NEAR_TO * expected + ROUNDING_MS;
  const gap = (at: number) => GAP * expected * Math.max(NARROWEST, Math.sqrt((to - at) / (to - from)));
  if (elapsed >= to) {
    return elapsed * Math.min(GROWTH, GROWTH_AFTER + GROWTH_PER_DOUBLING * Math.log2(elapsed / to));
  }
  if (elapsed >= from) {
    return elapsed + gap(elapsed);
  }
  const firstNear = from + gap(from) / 2;
  if (elapsed < FIRST_WITH_HISTORY_MS) {
    return Math.min(FIRST_WITH_HISTORY_MS, firstNear);
  }
  // Whole steps of equal growth up to the first look near the end: a step cut short would be a look wasted.
  const steps = Math.max(1, Math.round(Math.log(firstNear / elapsed) / Math.log(GROWTH_BEFORE)));
  return elapsed * (firstNear / elapsed) ** (1 / steps);
}
