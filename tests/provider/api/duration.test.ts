import assert from "node:assert/strict";
import fc from "fast-check";
import { duration, parseDuration } from "../../../provider/api/duration";

describe("A duration", () => {
  const durations: readonly [text: string, ms: number][] = [
    ["20m", 1_200_000],
    ["1h30m", 5_400_000],
    ["90s", 90_000],
    ["1.5h", 5_400_000],
    ["1m0.5s", 60_500],
    ["250ms", 250],
    ["2h45m30s500ms", 9_930_500],
    ["0h5m", 300_000],
    ["+5m", 300_000],
    [".25h", 900_000],
    ["1.s", 1_000],
    ["1500us", 1.5],
    ["1500µs", 1.5],
    ["1500μs", 1.5],
    ["3000000ns", 3],
    ["2562047h", 9_223_369_200_000],
  ];
  for (const [text, ms] of durations) {
    it(`${text} is ${ms} ms`, () => assert.equal(parseDuration(text), ms));
  }

  const refused = [
    "",
    " ",
    "20",
    "20 m",
    " 20m",
    "20m ",
    "m",
    "-5m",
    "0s",
    "0",
    "0h0m",
    "1d",
    "5M",
    "1e3s",
    "1..5s",
    ".s",
    "--5m",
    "5m+5m",
    "2562048h",
  ];
  for (const text of [...refused, "5minutes", "1h,30m", "20m\n", 20, null, undefined, ["20m"]]) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseDuration(text), undefined));
  }

  it("takes no time over a long text", () => {
    for (const part of ["1", "1.", ".1", "1m"]) {
      assert.equal(parseDuration(`${part.repeat(100_000)}x`), undefined);
    }
  });

  it("is the sum of its parts", () => {
    const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
    const part = fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.constantFrom(...Object.keys(units)));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const text = parts.map(([amount, unit]) => `${amount}${unit}`).join("");
        const sum = parts.reduce((total, [amount, unit]) => total + amount * (units[unit] ?? Number.NaN), 0);
        assert.equal(parseDuration(text), sum === 0 ? undefined : sum);
      }),
    );
  });

  it("is above zero, or none", () => {
    const likely = fc.stringMatching(/^[-+0-9. hmsµun]{0,8}$/);
    fc.assert(
      fc.property(fc.oneof(likely, fc.string(), fc.anything()), (text) => {
        const ms = parseDuration(text);
        assert.ok(ms === undefined || ms > 0, `${ms}`);
      }),
    );
  });

  it("is shown in hours, minutes and seconds, and below a second in milliseconds", () => {
    assert.deepEqual([0, 400, 999.6, 1_000, 90_000, 3_600_000, 5_400_000, 3_661_000].map(duration), [
      "0 ms",
      "400 ms",
      "1 s",
      "1 s",
      "1 min 30 s",
      "1 h",
      "1 h 30 min",
      "1 h 1 min 1 s",
    ]);
  });
});
