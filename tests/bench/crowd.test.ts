import assert from "node:assert/strict";
import { crowdFigures } from "../../bench/crowd";
import { type Run, serviceTime } from "../../emulator/world/status";

const run = (startMs: number, by: Run["by"] = "trigger") => ({
  startMs,
  endMs: startMs + 10_000,
  by,
});
const request = (at: number, isRefused = false) => ({ at, startsSync: false, isRefused });

describe("the crowd benchmark", () => {
  it("counts a wait that ends with an error, or takes an older sync for its own, as failed", () => {
    const runs = [run(1_000), run(20_300), run(40_000, "foreign")];
    const waits = [
      { begunMs: 500, seconds: 11, start: serviceTime(1_000) },
      { begunMs: 20_299, seconds: 12, start: serviceTime(20_300) },
      { begunMs: 20_301, seconds: 9, start: serviceTime(20_300) },
      { begunMs: 30_000, seconds: 25, start: serviceTime(40_000) },
      { begunMs: 30_000, seconds: 300, error: "too late" },
    ];
    assert.deepEqual(crowdFigures(waits, runs, [request(1), request(2, true), request(3)]), {
      pipelines: 5,
      syncs: 2,
      longestSeconds: 300,
      failed: 2,
      stale: 1,
      requests: 3,
      refused: 1,
    });
  });
});
