import assert from "node:assert/strict";
import { checkLoop, type Delay, FREE_MS, measureDelay, measureSchedule } from "../../bench/delay";
import { plotDelay } from "../../bench/plot";
import { drawRuns, histories } from "../../bench/runs";
import { OURS, ours, schedules } from "../../bench/schedules";

const runs = drawRuns(100);
const manyRuns = drawRuns(2000);

describe("the delay benchmark", () => {
  let rows: Delay[];
  before(async () => {
    rows = await measureDelay(runs);
  });

  const row = (schedule: string, history: string): Delay => {
    const found = rows.find((one) => one.schedule === schedule && one.history === history);
    assert.ok(found, `no figures for ${schedule}, ${history}`);
    return found;
  };

  it("has figures for every schedule with every history", () => {
    for (const { name } of schedules()) {
      for (const history of histories) {
        const { meanDelayFraction, p95DelayFraction, meanRequests } = row(name, history);
        assert.ok(meanDelayFraction > 0 && meanDelayFraction < p95DelayFraction && p95DelayFraction < 2);
        assert.ok(meanRequests >= 2 && meanRequests < 200);
      }
    }
  });

  it("counts a fixed interval's requests: the start, and a poll for each interval", () => {
    const meanLength = runs.reduce((sum, { length }) => sum + length, 0) / runs.length;
    assert.ok(Math.abs(row("fixed 2 s", "absent").meanRequests - (1 + meanLength / 2000 + 0.5)) < 0.2);
    assert.ok(row("@azure/core-lro", "absent").meanRequests > row("fixed 2 s", "absent").meanRequests);
  });

  it("counts a delay from half a second after the end, as a fraction of the length", async () => {
    const before = {
      "within 10%": undefined,
      "within 25%": undefined,
      useless: undefined,
      absent: undefined,
    };
    const measured = (delay: number) =>
      measureSchedule(
        { name: "late", usesHistory: false, watch: (length) => ({ at: length + delay, requests: 2 }) },
        "absent",
        [{ length: 10_000, before }],
      );
    assert.equal((await measured(FREE_MS)).meanDelayFraction, 0);
    assert.equal((await measured(FREE_MS + 1_000)).meanDelayFraction, 0.1);
  });

  it("sees the end no more than 3 % late with 13 requests, when the history is right within 25 %", async () => {
    const { meanDelayFraction, meanRequests } = await measureSchedule(ours, "within 25%", manyRuns);
    assert.ok(meanDelayFraction <= 0.03 && meanRequests <= 13, `${meanDelayFraction}, ${meanRequests}`);
  });

  for (const history of ["useless", "absent"] as const) {
    it(`sees the end no more than 10 % late with 25 requests, when the history is ${history}`, async () => {
      const { meanDelayFraction, meanRequests } = await measureSchedule(ours, history, manyRuns);
      assert.ok(meanDelayFraction <= 0.1 && meanRequests <= 25, `${meanDelayFraction}, ${meanRequests}`);
    });
  }

  it("finds no peer that is both sooner and cheaper, whatever the history", () => {
    for (const history of histories) {
      const mine = row(OURS, history);
      for (const peer of rows.filter((one) => one.history === history && one.schedule !== OURS)) {
        assert.ok(
          peer.meanDelayFraction > mine.meanDelayFraction || peer.meanRequests > mine.meanRequests,
          `${peer.schedule}, ${history}`,
        );
      }
    }
  });

  it("finds the waiting loop as a whole as quick as its schedule", async () => {
    const { loop, schedule } = await checkLoop(runs);
    assert.ok(Math.abs(loop.meanDelayFraction - schedule.meanDelayFraction) < 0.003);
    assert.ok(Math.abs(loop.meanRequests - schedule.meanRequests) < 0.5);
  });

  it("draws a point and a name for each schedule that a reader may know, and none over another", () => {
    const image = plotDelay(rows);
    const places = [...image.matchAll(/<text x="(\d+)" y="(\d+)"[^>]* fill="[^>]*>([^<]+)</g)];
    assert.equal(image.match(/<circle /g)?.length, 7);
    assert.equal(places.length, 7);
    assert.equal(places.filter(([, , , name]) => name?.startsWith("this package, ")).length, 2);
    const heights = places.map(([, , y]) => Number(y)).sort((one, other) => one - other);
    for (const [i, y] of heights.entries()) {
      assert.ok(i === 0 || y - (heights[i - 1] ?? 0) >= 6, `names are at ${heights.join(", ")}`);
    }
    assert.doesNotMatch(image, /NaN|undefined/);
  });
});
