import { type History, LONGEST_MS, SHORTEST_MS, spread } from "./runs";
import type { Looks } from "./schedules";

/**
 * The best that any schedule can do: a yardstick, as it is told what no waiter knows, namely how likely each end is.
 *
 * Let the run's length T have the density f, and let looks be at t1 < t2 < …. A run that ends between two looks a and b is seen
 * (b − T) / T late, and the look b is made for each run that outlives a. So the interval costs
 *
 *   ∫ (b − x) / x · f(x) dx (x from a to b)  +  λ · P(T > a),
 *
 * where λ is the price of a look in mean delay. For every λ, the looks with the least sum of costs have the least mean delay
 * among all schedules with as few looks in the mean: one with less of both would have a lesser sum. (Where gaps are small, this comes
 * to a gap of sqrt(2 · λ · t · S(t) / f(t)) at the time t, with S the part of the runs that outlive t.)
 *
 * The sum is a path's, so dynamic programming finds its minimum, here over `CELLS` moments at equal ratios.
 */
const CELLS = 300;

/** The best looks for a price of λ, for a history of this kind. */
export function bestLooks(history: History, lambda: number): Looks {
  const known = new Map<number | undefined, readonly number[]>();
  return (before) => {
    const told = history in spread ? before : undefined;
    const looks = known.get(told) ?? cheapestPath(endsAfter(history, told), lambda);
    known.set(told, looks);
    return looks;
  };
}

/** When a run may end, in ms, and how likely that is; the density need not add up to 1. */
interface Ends {
  readonly from: number;
  readonly to: number;
  readonly density: (length: number) => number;
}

function endsAfter(history: History, before: number | undefined): Ends {
  const density = (length: number) => 1 / length;
  if (before === undefined || !(history === "within 10%" || history === "within 25%")) {
    return { from: SHORTEST_MS, to: LONGEST_MS, density };
  }
  const part = spread[history];
  return {
    from: Math.max(SHORTEST_MS, (before - 1000) * (1 - part)),
    to: Math.min(LONGEST_MS, (before + 1000) * (1 + part)),
    density: (length) => density(length) * length * rounded(before, length / (1 + part), length / (1 - part)),
  };
}

/**
 * How likely a length between `from` and `to` is shown as `shown`, for a length whose density is 1 / length². The times are
 * cut to whole seconds, so a length that is x seconds longer or shorter is shown like this with a likelihood of 1 − x.
 */
function rounded(shown: number, from: number, to: number): number {
  const between = (start: number, end: number, slope: 1 | -1): number => {
    const [a, b] = [Math.max(from, start), Math.min(to, end)];
    return a < b ? (1000 - slope * shown) * (1 / a - 1 / b) + slope * Math.log(b / a) : 0;
  };
  return between(shown - 1000, shown, 1) + between(shown, shown + 1000, -1);
}

function cheapestPath({ from, to, density }: Ends, lambda: number): number[] {
  const moments = Array.from({ length: CELLS + 1 }, (_, index) => from * (to / from) ** (index / CELLS));
  /** Up to each moment: how many runs end, and the sum of 1 / length over them. */
  const ended = new Float64Array(CELLS + 1);
  const inverse = new Float64Array(CELLS + 1);
  for (const [index, moment] of moments.entries()) {
    if (index > 0) {
      const start = moments[index - 1] ?? moment;
      const length = Math.sqrt(start * moment);
      const mass = density(length) * (moment - start);
      ended[index] = at(ended, index - 1) + mass;
      inverse[index] = at(inverse, index - 1) + mass / length;
    }
  }
  const cost = new Float64Array(CELLS + 1);
  const next = new Uint16Array(CELLS + 1);
  for (let a = CELLS - 1; a >= 0; a -= 1) {
    const look = lambda * (at(ended, CELLS) - at(ended, a));
    let least = Number.POSITIVE_INFINITY;
    for (let b = a + 1; b <= CELLS; b += 1) {
      const late = (moments[b] ?? to) * (at(inverse, b) - at(inverse, a)) - (at(ended, b) - at(ended, a));
      if (late + look > least) {
        break; // It only grows with b.
      }
      const sum = late + look + at(cost, b);
      if (sum < least) {
        least = sum;
        next[a] = b;
      }
    }
    cost[a] = least;
  }
  const looks: number[] = [];
  for (let index = at(next, 0); ; index = at(next, index)) {
    looks.push(moments[index] ?? to);
    if (index === CELLS) {
      return looks;
    }
  }
}

function at(numbers: Float64Array | Uint16Array, index: number): number {
  return numbers[index] ?? 0;
}
