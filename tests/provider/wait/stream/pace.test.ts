import assert from "node:assert/strict";
import { Pace } from "../../../../provider/wait/stream/pace";

/** The result of one request. */
type Outcome = "answered" | "refused" | "failed";

/** The pause of the next request after these outcomes, all of one moment, in milliseconds. */
function rest(outcomes: readonly Outcome[], { random = 0.5, knowsLeast = false } = {}): number {
  const now = 1_000_000;
  const pace = new Pace(() => random);
  for (const outcome of outcomes) {
    pace[outcome](now);
  }
  return Math.max(0, pace.restUntil(knowsLeast) - now);
}

function times(count: number, outcome: Outcome): Outcome[] {
  return Array.from({ length: count }, () => outcome);
}

interface Row {
  readonly it: string;
  readonly after: readonly Outcome[];
  readonly rests: number;
  readonly random?: number;
  readonly knowsLeast?: boolean;
}

function table(rows: readonly Row[]): void {
  for (const { it: title, after, rests, ...options } of rows) {
    it(title, () => assert.ok(Math.abs(rest(after, options) - rests) < 1e-6, `${rest(after, options)} ms`));
  }
}

describe("The pace of a process", () => {
  describe("while all requests succeed", () => {
    table([
      { it: "rests for nothing at first", after: [], rests: 0 },
      { it: "rests for nothing after answers", after: times(10, "answered"), rests: 0 },
    ]);
  });

  describe("while the service refuses requests for their number", () => {
    table([
      { it: "rests 2 s in the mean after a first refusal", after: ["refused"], rests: 2_000 },
      { it: "twice as long after a second", after: times(2, "refused"), rests: 4_000 },
      { it: "at most 7 s in the mean", after: times(3, "refused"), rests: 7_000 },
      { it: "however many there are", after: times(50, "refused"), rests: 7_000 },
      { it: "not at all by the smallest number", after: times(3, "refused"), rests: 0, random: 0 },
      { it: "up to twice the mean by the greatest", after: times(3, "refused"), rests: 14_000, random: 1 },
      { it: "a quarter of it who knows least", after: ["refused"], rests: 500, knowsLeast: true },
      {
        it: "so also after many refusals",
        after: times(9, "refused"),
        rests: 1_750,
        knowsLeast: true,
      },
    ]);
  });

  describe("when the service answers again", () => {
    table([
      { it: "keeps nine tenths of the interval", after: ["refused", "answered"], rests: 1_800 },
      {
        it: "and nine tenths of that with the next answer",
        after: ["refused", "answered", "answered"],
        rests: 1_620,
      },
      {
        it: "doubles what is left of it with another refusal",
        after: ["refused", "answered", "refused"],
        rests: 3_600,
      },
      {
        it: "rests for half of it by the smallest number",
        after: ["refused", "answered"],
        rests: 900,
        random: 0,
      },
      {
        it: "for half as much again by the greatest",
        after: ["refused", "answered"],
        rests: 2_700,
        random: 1,
      },
      { it: "a quarter who knows least", after: ["refused", "answered"], rests: 450, knowsLeast: true },
      {
        it: "still rests after nineteen answers",
        after: ["refused", ...times(19, "answered")],
        rests: 2_000 * 0.9 ** 19,
      },
      { it: "no longer after twenty", after: ["refused", ...times(20, "answered")], rests: 0 },
      {
        it: "begins at 2 s with the refusal after that",
        after: ["refused", ...times(20, "answered"), "refused"],
        rests: 2_000,
      },
    ]);
  });

  describe("when requests fail otherwise", () => {
    table([
      { it: "backs off for half a second by the smallest number", after: ["failed"], rests: 500, random: 0 },
      { it: "for half of that by the greatest", after: ["failed"], rests: 250, random: 1 },
      { it: "twice as long after each", after: times(3, "failed"), rests: 2_000, random: 0 },
      { it: "at most 8 s", after: times(30, "failed"), rests: 8_000, random: 0 },
      {
        it: "also who knows least: the service may be down",
        after: times(3, "failed"),
        rests: 2_000,
        random: 0,
        knowsLeast: true,
      },
      { it: "no more after an answer", after: [...times(5, "failed"), "answered"], rests: 0 },
      {
        it: "from the start after an answer",
        after: [...times(5, "failed"), "answered", "failed"],
        rests: 500,
        random: 0,
      },
      {
        it: "and keeps to the rest after a refusal where that is longer",
        after: ["refused", "refused", "failed"],
        rests: 4_000,
      },
    ]);
  });

  it("rests from the moment of the refusal on, not from the moment before", () => {
    const pace = new Pace(() => 0.5);
    pace.refused(0);
    pace.refused(10_000);
    assert.equal(pace.restUntil(false), 14_000);
    pace.answered(20_000);
    assert.equal(pace.restUntil(false), 23_600);
  });
});
