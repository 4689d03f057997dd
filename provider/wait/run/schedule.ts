/**
 * When to poll a run, given how long it has lasted and how long the run before it took.
 *
 * The delay between the end of a run and the poll that sees it counts as a fraction of the run's length, less
 * half a second, which is always fine. Without a history, the gap between polls is a fraction of the time
 * gone by, which bounds that delay for a run of any length. With one, polls are sparse until the end may
 * come, dense while it is expected, and sparse again once the run has outlasted its history.
 *
 * Over runs of 2 s to 20 min, evenly spread on a logarithmic scale, the mean delay is at most 3 % for at most
 * 13 requests a wait (the first poll and the start of the sync included) where the run before took the same
 * within 25 %. It is at most 10 % for at most 25 requests where there is no run before, or one of any other
 * length. `npm run bench -- --only delay` measures this. The numbers are the outcome of a random search for
 * these bounds. They are near the limit: a dynamic programme over all schedules finds none that stays 10 %
 * below all of them at once.
 */

/** Requests are never closer together than this, whatever they are for, in milliseconds. */
export const CLOSEST_MS = 100;

/** Polls are never closer together than this, in milliseconds: a shorter delay is worth no request. */
export const CLOSEST_POLLS_MS = 500;
/** The widest gap where nothing says when the end will come. */
const WIDEST_MS = 30_000;

/** With no history: the first poll, and how much later each next one is. */
const FIRST_MS = 1_000;
const GROWTH = 1.25;

/** A history shorter than this says too little, as times are in whole seconds. */
const SHORTEST_HISTORY_MS = 2_000;
/** With a history: the first poll, and about how much later each next one is until the end may come. */
const FIRST_WITH_HISTORY_MS = 2_700;
const GROWTH_BEFORE = 1.45;
/** The end is expected between these multiples of the last run's length. */
const EXPECTED_FROM = 0.83;
const EXPECTED_TO = 1.28;
/** The gap at EXPECTED_FROM, as a fraction of the last run's length, … */
const GAP = 0.093;
/** … which narrows as the end grows likelier, but not further than to this part of itself. */
const NARROWEST = 0.25;
/** After EXPECTED_TO: how much later each next poll is. */
const GROWTH_AFTER = 1.075;

/**
 * The next poll, in milliseconds since the run began, given that it was still in progress at `elapsedMs`.
 * `expectedMs` is the length of the run before; undefined where it is not known.
 */
export function nextPoll(elapsedMs: number, expectedMs?: number): number {
  const hasHistory = expectedMs !== undefined && expectedMs >= SHORTEST_HISTORY_MS;
  const next = hasHistory ? withHistory(elapsedMs, expectedMs) : withoutHistory(elapsedMs);
  return Math.max(elapsedMs + CLOSEST_POLLS_MS, next);
}

function withoutHistory(elapsed: number): number {
  return Math.max(FIRST_MS, grown(elapsed, GROWTH));
}

function withHistory(elapsed: number, expected: number): number {
  const from = EXPECTED_FROM * expected;
  const to = EXPECTED_TO * expected;
  if (elapsed >= to) {
    return grown(elapsed, GROWTH_AFTER);
  }
  if (elapsed >= from) {
    return elapsed + GAP * expected * Math.max(NARROWEST, Math.sqrt((to - elapsed) / (to - from)));
  }
  if (elapsed < FIRST_WITH_HISTORY_MS) {
    return Math.min(FIRST_WITH_HISTORY_MS, from);
  }
  // Whole steps of equal growth up to `from`: a step cut short would be a poll wasted.
  const steps = Math.max(1, Math.round(Math.log(from / elapsed) / Math.log(GROWTH_BEFORE)));
  return elapsed * (from / elapsed) ** (1 / steps);
}

function grown(elapsed: number, growth: number): number {
  return Math.min(elapsed * growth, elapsed + WIDEST_MS);
}
