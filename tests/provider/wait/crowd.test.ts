import assert from "node:assert/strict";
import { measureVirtualCrowd } from "./virtualCrowd";

const SECOND = 1_000;

describe("A crowd of processes", () => {
  const cases: readonly {
    processes: number;
    within?: number;
    seconds: number;
    syncs?: number;
    refused?: number;
  }[] = [
    { processes: 1, seconds: 13, syncs: 1, refused: 0 },
    { processes: 8, seconds: 30, syncs: 2, refused: 0.1 },
    { processes: 30, seconds: 35, syncs: 3 },
    { processes: 100, seconds: 50, syncs: 4, refused: 0.4 },
    { processes: 300, within: 10 * SECOND, seconds: 80, syncs: 5, refused: 0.75 },
    { processes: 40, within: 60 * SECOND, seconds: 35 },
  ];
  for (const {
    processes,
    within = 5 * SECOND,
    seconds,
    syncs = Number.POSITIVE_INFINITY,
    refused = 1,
  } of cases) {
    for (const seed of [1, 2, 3]) {
      it(`of ${processes} that start within ${within / SECOND} s ends within ${seconds} s each (seed ${seed})`, async () => {
        const measured = await measureVirtualCrowd({ processes, within, seed });
        const all = JSON.stringify(measured);
        assert.equal(measured.failed, 0, all);
        assert.ok(measured.slowest <= seconds * SECOND, all);
        assert.ok(measured.syncs <= syncs, all);
        assert.ok(measured.refused <= refused, all);
      });
    }
  }

  for (const [pauseMs, seconds] of [
    [0, 24],
    [300, 25],
  ] as const) {
    it(`ends within ${seconds} s while other pipelines sync for 8 s each, ${pauseMs} ms apart`, async () => {
      const foreignSyncs = Array.from({ length: 60 }, (_, i) => ({
        atMs: -3 * SECOND + i * (8 * SECOND + pauseMs),
        seconds: 8,
      }));
      for (const processes of [1, 8]) {
        const measured = await measureVirtualCrowd({
          processes,
          within: 5 * SECOND,
          seed: 1,
          faults: { foreignSyncs },
        });
        const all = JSON.stringify(measured);
        assert.equal(measured.failed, 0, all);
        assert.ok(measured.slowest <= seconds * SECOND, all);
      }
    });
  }
});
