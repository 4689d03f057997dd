/**
 * The schedule of the polls of a run, from its elapsed time and the length of the run before.
 *
 * The delay between the end of a run and the poll that sees it counts as a fraction of the run's length, less
 * half a second, which is always fine. Without a history, the gap between polls is a fraction of the elapsed
 * time, which bounds the delay for a run of any length. With a history, polls are sparse before the end is
 * expected, dense while it is expected, and sparse again once the run has outlasted its history.
 *
 * Over runs of 2 s to 20 min, evenly spread on a logarithmic scale, the mean delay is at most 3 % for at most
 * 13 requests a wait (the first poll and the start of the sync included) if the run before took the same
 * within 25 %. It is at most 10 % for at most 25 requests if there is no run before, or a run of any other
 * length. `npm run bench -- --only delay` measures this. The numbers are the outcome of a random search for
 * these bounds. They are near the limit: a dynamic programme over all schedules finds none that stays 10 %
 * below all of them at once.
 */

/** The least time between two requests of any kind, in milliseconds. */
export const CLOSEST_MS = 100;

/** The least time between two polls, in milliseconds: a shorter delay is worth no request. */
export const CLOSEST_POLLS_MS = 500;
/** The widest gap if the end is not expected. */
const WIDEST_MS = 30_000;

/** With no history: the first poll, and the factor to each next poll. */
const FIRST_MS = 1_000;
const GROWTH = 1.25;

/** A shorter history is not used, as times are in whole seconds. */
const SHORTEST_HISTORY_MS = 2_000;
/** With a history: the first poll, and about the factor to each next poll before the end is expected. */
const FIRST_WITH_HISTORY_MS = 2_700;
const GROWTH_BEFORE = 1.45;
/** The end is expected between these multiples of the last run's length. */
const EXPECTED_FROM = 0.83;
const EXPECTED_TO = 1.28;
/** The gap at EXPECTED_FROM, as a fraction of the last run's length, … */
const GAP = 0.093;
/** … which narrows as the end grows likelier, but not further than to this part of itself. */
const NARROWEST = 0.25;
/** After EXPECTED_TO: the factor to each next poll. */
const GROWTH_AFTER = 1.075;

/**
 * Returns the next poll, in milliseconds since the run began, if it was still in progress at `elapsedMs`.
 * `expectedMs` is the length of the run before; undefined if it is not known.
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
