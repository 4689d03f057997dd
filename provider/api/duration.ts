/** 90000 → `1 min 30 s`, 300 → `300 ms`. */
export function duration(ms: number): string {
  if (Math.round(ms) < 1000) {
    return `${Math.round(ms)} ms`;
  }
  const seconds = Math.round(ms / 1000);
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return [h && `${h} h`, min && `${min} min`, s && `${s} s`].filter(Boolean).join(" ");
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Go counts nanoseconds in 64 bits: some 292 years. */
const LONGEST_MS = 2 ** 63 / 1e6;

/**
 * Reads a duration in the form of Pulumi's customTimeouts (Go's: `1h30m`, `90s`), in ms; undefined if it is
 * not a duration above zero.
 */
export function parseDuration(text: unknown): number | undefined {
  if (typeof text !== "string" || !/^\+?((\d+(\.\d*)?|\.\d+)([nuµμm]?s|m|h))+$/.test(text)) {
    return undefined;
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    total += Number(amount) * (unitMs[unit ?? ""] ?? 0);
  }
  return total > 0 && total < LONGEST_MS ? total : undefined;
}
