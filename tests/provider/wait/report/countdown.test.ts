import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDuration } from "../../../../provider/api/duration";
import { countdown } from "../../../../provider/wait/report/countdown";

const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;

/** All texts about a sync, with the moment at which each appears, in milliseconds. */
function texts(lengthMs: number, goneMs: number): [at: number, text: string][] {
  const lines: [number, string][] = [];
  for (let at = 0; at <= goneMs; ) {
    const { text, until } = countdown(lengthMs, at);
    if (lines.at(-1)?.[1] !== text) {
      lines.push([at, text]);
    }
    assert.ok(until > at, `at ${at} ms, "${text}" ends at ${until} ms`);
    at = until;
  }
  return lines;
}

const inSeconds = (lines: [number, string][]) => lines.map(([at, text]) => `${at / S}: ${text}`);

/** The milliseconds of `1 min 30 s left`. */
const leftIn = (text: string) => parseDuration(text.replaceAll(/ |left|in/g, ""));

describe("The countdown of a sync", () => {
  it("shows the nearest step", () =>
    assert.deepEqual(inSeconds(texts(20 * S, 60 * S)), [
      "0: 20 s left",
      "2.5: 15 s left",
      "7.5: 10 s left",
      "12.5: 5 s left",
      "16.5: 2 s left",
      "19: any moment now",
      "25: longer than before",
    ]));

  it("begins with the length of the sync before", () => {
    const first = (lengthMs: number) => countdown(lengthMs, 0).text;
    assert.equal(first(1 * S), "1 s left");
    assert.equal(first(8 * S), "8 s left");
    assert.equal(first(37 * S), "37 s left");
    assert.equal(first(73 * S), "1 min 15 s left");
    assert.equal(first(12 * MIN + 20 * S), "12 min left");
    assert.equal(first(1 * H + 20 * MIN), "1 h 20 min left");
    assert.equal(first(30 * H), "30 h left");
  });

  it("takes a tenth of the length for on time", () => {
    assert.equal(countdown(10 * MIN, 10.9 * MIN).text, "any moment now");
    assert.equal(countdown(10 * MIN, 11 * MIN).text, "longer than before");
  });

  const lengths = fc.oneof(
    fc.integer({ min: 1, max: 30 * H }),
    fc.integer({ min: 1, max: 100_000 }).map((s) => s * S),
    fc.double({ min: 1, max: 8.64e15, noNaN: true }),
  );

  it("has at most 20 characters, whatever the sync before took", () =>
    fc.assert(
      fc.property(lengths, fc.double({ min: 0, max: 2, noNaN: true }), (length, part) => {
        const { text, until } = countdown(length, part * length);
        assert.ok(text.length <= 20, text);
        assert.ok(until >= part * length);
      }),
    ));

  it("only decreases, is right within 2.5 s or a quarter of the remaining time, and takes few lines", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 * H }), (length) => {
        const lines = texts(length, 2 * length);
        assert.ok(lines.length <= 50, `${lines.length} lines`);
        for (const [i, [from, text]] of lines.entries()) {
          const left = leftIn(text);
          if (left !== undefined) {
            assert.ok(left < (leftIn(lines[i - 1]?.[1] ?? "") ?? Number.POSITIVE_INFINITY), text);
            for (const at of [from, (lines[i + 1]?.[0] ?? from) - 1]) {
              const off = Math.abs(left - (length - at));
              assert.ok(off <= Math.max(2_500, 0.25 * (length - at)), `${text} at ${at} ms of ${length}`);
            }
          }
        }
      }),
    ));
});
