/** The runs that every schedule is measured on. Lengths and times are in milliseconds. */

/** The quality of the run before as a prediction of a run's length. */
export const histories = ["within 10%", "within 25%", "useless", "absent"] as const;
export type History = (typeof histories)[number];

export interface Run {
  readonly length: number;
  /** The length of the run before, by its times in whole seconds; undefined for the history `absent`. */
  readonly before: Readonly<Record<History, number | undefined>>;
}

export const SHORTEST_MS = 2_000;
export const LONGEST_MS = 20 * 60_000;

/**
 * Its multiples, less their whole parts, cover the range from 0 to 1 evenly, and have nothing to do with the
 * order of the runs.
 */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The difference of a run from the run before it, as a part of the length of the run before. */
const spread = { "within 10%": 0.1, "within 25%": 0.25 } as const;

/**
 * Runs of 2 s to 20 min, spread evenly on a logarithmic scale, in order of their length. Each is drawn from a
 * slice of its own, so that a few thousand runs represent all. The same seed gives the same runs.
 */
export function drawRuns(count: number, seed = 1): Run[] {
  const random = seededRandom(seed);
  const lengthAt = (quantile: number) => SHORTEST_MS * (LONGEST_MS / SHORTEST_MS) ** quantile;
  return Array.from({ length: count }, (_, index) => {
    const length = lengthAt((index + random()) / count);
    const near = (part: number) => wholeSeconds(length / (1 + part * (2 * random() - 1)), random());
    return {
      length,
      before: {
        "within 10%": near(spread["within 10%"]),
        "within 25%": near(spread["within 25%"]),
        useless: wholeSeconds(lengthAt((index * GOLDEN) % 1), random()),
        absent: undefined,
      },
    };
  });
}

/**
 * The difference of a start and an end that are both cut to whole seconds; the start is at this part of a
 * second.
 */
function wholeSeconds(length: number, startPart: number): number {
  return Math.floor(startPart + length / 1000) * 1000;
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
