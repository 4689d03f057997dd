import assert from "node:assert/strict";
import fc from "fast-check";
import { CLOSEST_MS, nextLook } from "../../../provider/wait/schedule";

const HOUR = 3_600_000;
const elapsed = fc.double({ min: 0, max: 24 * HOUR, noNaN: true });
const history = fc.option(
  fc.oneof(fc.double({ min: 0, max: 24 * HOUR, noNaN: true }), fc.integer({ min: 0, max: 60_000 })),
  {
    nil: undefined,
  },
);

describe("The next look", () => {
  it("is never closer than CLOSEST_MS, whatever the history", () => {
    fc.assert(
      fc.property(elapsed, history, (at, expected) => nextLook(at, expected) - at >= CLOSEST_MS * (1 - 1e-9)),
    );
  });

  it("is never earlier for a run that has gone on for longer", () => {
    fc.assert(
      fc.property(elapsed, elapsed, history, (a, b, expected) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        return nextLook(less, expected) <= nextLook(more, expected) + 1e-6;
      }),
    );
  });

  it("comes, without a history, within 1 s or an eighth of the time gone by", () => {
    fc.assert(
      fc.property(elapsed, (at) => {
        assert.ok(nextLook(at) <= Math.max(1_000, at + CLOSEST_MS, at * 1.125));
      }),
    );
  });

  it("comes, with the most misleading history, within 2.5 s or two thirds of the time gone by", () => {
    fc.assert(
      fc.property(elapsed, history, (at, expected) => {
        assert.ok(nextLook(at, expected) <= Math.max(2_500, at * (5 / 3)));
      }),
    );
  });

  it("comes within an eighth of the time gone by once a run has outlived its history", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 2_000, max: HOUR, noNaN: true }),
        fc.double({ min: 1.1, max: 1e4, noNaN: true }),
        (expected, times) => {
          const at = expected * times + 500;
          assert.ok(nextLook(at, expected) <= Math.max(at + CLOSEST_MS, at * 1.125));
        },
      ),
    );
  });

  it("takes a history shorter than 2 s for none", () => {
    fc.assert(
      fc.property(
        elapsed,
        fc.double({ min: 0, max: 2_000, maxExcluded: true, noNaN: true }),
        (at, expected) => {
          assert.equal(nextLook(at, expected), nextLook(at));
        },
      ),
    );
  });

  for (const [minutes, history, looks, late] of [
    [0.5, "none", 40, 12.5],
    [20, "none", 70, 12.5],
    [0.5, "the same", 14, 5],
    [20, "the same", 25, 5],
  ] as const) {
    it(`sees a run of ${minutes} min with ${history} before it end in at most ${looks} looks, ${late} % late`, () => {
      const length = minutes * 60_000;
      let at = 0;
      let count = 0;
      while (at < length) {
        at = nextLook(at, history === "none" ? undefined : length);
        count += 1;
      }
      assert.ok(count <= looks, `${count} looks`);
      assert.ok(at - length <= (late / 100) * length, `${(at - length) / length} late`);
    });
  }
});
