import assert from "node:assert/strict";
import fc from "fast-check";
import { CLOSEST_POLLS_MS, nextPoll } from "../../../../provider/wait/run/schedule";

const HOUR = 3_600_000;
const elapsed = fc.double({ min: 0, max: 24 * HOUR, noNaN: true });
const history = fc.option(
  fc.oneof(fc.double({ min: 0, max: 24 * HOUR, noNaN: true }), fc.integer({ min: 0, max: 60_000 })),
  { nil: undefined },
);

describe("The next poll", () => {
  it("is at least half a second away, whatever the history", () => {
    assert.equal(CLOSEST_POLLS_MS, 500);
    fc.assert(
      fc.property(elapsed, history, (at, expected) => nextPoll(at, expected) - at >= 500 * (1 - 1e-9)),
    );
  });

  it("is never earlier for a run that has lasted longer", () => {
    fc.assert(
      fc.property(elapsed, elapsed, history, (a, b, expected) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        return nextPoll(less, expected) <= nextPoll(more, expected) + 1e-6;
      }),
    );
  });

  it("is due, without a history, within 1 s, a quarter of the elapsed time, and half a minute", () => {
    fc.assert(
      fc.property(elapsed, (at) => {
        assert.ok(nextPoll(at) <= Math.max(1_000, at + 500, Math.min(at * 1.25, at + 30_000)));
      }),
    );
  });

  it("is due, with the most misleading history, within 2.7 s or three quarters of the elapsed time", () => {
    fc.assert(
      fc.property(elapsed, history, (at, expected) => {
        assert.ok(nextPoll(at, expected) <= Math.max(2_700, at + 500, at * 1.75));
      }),
    );
  });

  it("is due within a thirteenth of the elapsed time and half a minute, once a run outlasts its history", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 2_000, max: HOUR, noNaN: true }),
        fc.double({ min: 1.29, max: 1e4, noNaN: true }),
        (expected, times) => {
          const at = expected * times;
          assert.ok(nextPoll(at, expected) <= Math.max(at + 500, Math.min(at * (14 / 13), at + 30_000)));
        },
      ),
    );
  });

  it("ignores a history shorter than 2 s", () => {
    fc.assert(
      fc.property(
        elapsed,
        fc.double({ min: 0, max: 2_000, maxExcluded: true, noNaN: true }),
        (at, expected) => {
          assert.equal(nextPoll(at, expected), nextPoll(at));
        },
      ),
    );
  });

  for (const [minutes, history, polls, late] of [
    [0.5, "none", 18, 25],
    [20, "none", 60, 2.5],
    [0.5, "the same", 10, 8],
    [20, "the same", 19, 8],
  ] as const) {
    it(`sees a run of ${minutes} min with ${history} before it end in at most ${polls} polls, ${late} % late`, () => {
      const length = minutes * 60_000;
      let at = 0;
      let count = 0;
      while (at < length) {
        at = nextPoll(at, history === "none" ? undefined : length);
        count += 1;
      }
      assert.ok(count <= polls, `${count} polls`);
      assert.ok(at - length <= (late / 100) * length, `${(at - length) / length} late`);
    });
  }
});
