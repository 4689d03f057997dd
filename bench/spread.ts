/** One figure, measured several times. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [middle, last] = [Math.floor((sorted.length - 1) / 2), sorted.length - 1];
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { min: at(0), median: (at(middle) + at(last - middle)) / 2, max: at(last) };
}
