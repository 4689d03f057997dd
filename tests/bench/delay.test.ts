import assert from "node:assert/strict";
import { bestCurves, checkLoop, type Delay, measureDelay, measureSchedule } from "../../bench/delay";
import { plotDelay } from "../../bench/plot";
import { drawRuns, histories } from "../../bench/runs";
import { BEST, OURS, ours } from "../../bench/schedules";

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
    const schedules = [...new Set(rows.map(({ schedule }) => schedule))];
    assert.equal(schedules.length, 8);
    for (const schedule of schedules) {
      for (const history of histories) {
        const { meanDelayFraction, p95DelayFraction, meanRequests } = row(schedule, history);
        assert.ok(meanDelayFraction > 0 && meanDelayFraction < p95DelayFraction && p95DelayFraction < 2);
        assert.ok(meanRequests >= 1 && meanRequests < 200);
      }
    }
  });

  it("shows what a fixed interval must come to", () => {
    // A look every 2 s at runs of 200 s in the mean: half an interval late, and one look for each interval.
    const meanLength = runs.reduce((sum, { length }) => sum + length, 0) / runs.length;
    assert.ok(Math.abs(row("fixed 2 s", "absent").meanRequests - (meanLength / 2000 + 0.5)) < 0.2);
    assert.ok(row("@azure/core-lro", "absent").meanRequests > row("fixed 2 s", "absent").meanRequests);
  });

  it("sees the end no more than 3 % late with 15 looks, when the history is right within 25 %", async () => {
    const { meanDelayFraction, meanRequests } = await measureSchedule(ours, "within 25%", manyRuns);
    assert.ok(meanDelayFraction <= 0.03 && meanRequests <= 15, `${meanDelayFraction}, ${meanRequests}`);
  });

  for (const history of ["useless", "absent"] as const) {
    it(`sees the end no more than 10 % late with 40 looks, when the history is ${history}`, async () => {
      const { meanDelayFraction, meanRequests } = await measureSchedule(ours, history, manyRuns);
      assert.ok(meanDelayFraction <= 0.1 && meanRequests <= 40, `${meanDelayFraction}, ${meanRequests}`);
    });
  }

  it("finds no schedule that is better than the best possible one", () => {
    for (const history of histories) {
      const best = row(BEST, history);
      assert.ok(best.meanDelayFraction < row(OURS, history).meanDelayFraction);
      assert.ok(best.meanRequests <= row(OURS, history).meanRequests);
    }
  });

  it("finds the waiting loop as a whole as quick as its schedule", async () => {
    const { loop, schedule } = await checkLoop(runs);
    assert.ok(Math.abs(loop.meanDelayFraction - schedule.meanDelayFraction) < 0.003);
    assert.ok(Math.abs(loop.meanRequests - schedule.meanRequests) < 0.5);
  });

  it("draws a point and a name for every schedule, and a line for every kind of history", async () => {
    const image = plotDelay(rows, await bestCurves(drawRuns(5)));
    assert.equal(image.match(/<circle /g)?.length, 10);
    assert.equal(image.match(/stroke-dasharray/g)?.length, 3);
    assert.match(image, />@smithy\/util-waiter \(AWS SDK\)<\/text>/);
    assert.doesNotMatch(image, /NaN|undefined/);
  });
});
