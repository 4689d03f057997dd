import assert from "node:assert/strict";
import type { CwpClient } from "../../../provider/cwp/client";
import { SyncLoop } from "../../../provider/wait/stream/loop";
import { Turns } from "../../../provider/wait/stream/turns";
import { VirtualClock } from "../../virtualClock";
import { Account, type AccountOptions, virtualTime } from "./account";

/**
 * Many processes, each with one wait, that share nothing but the account: its answers, and its limit of 20
 * requests a second. Measured are the slowest wait, the syncs, and the share of requests that the limit
 * refused.
 */

const SECOND = 1_000;
const PER_SECOND = 20;
const TIMEOUT_MS = 300 * SECOND;

/** Random numbers from 0 up to 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Measured {
  /** The wait of the slowest process, in milliseconds. */
  readonly slowest: number;
  readonly syncs: number;
  readonly failed: number;
  /** The share of refused requests. */
  readonly refused: number;
}

type Crowd = Partial<AccountOptions> & {
  readonly processes: number;
  /** The time over which their starts are spread. */
  readonly within: number;
  readonly seed: number;
};

/**
 * Lets all processes sync, and checks that no wait succeeds on a sync that began before it or has not ended.
 */
async function measure({ processes, within, seed, ...options }: Crowd): Promise<Measured> {
  const clock = new VirtualClock();
  const account = new Account({ clock, syncSeconds: 10, perSecond: PER_SECOND, ...options });
  const random = seeded(seed);
  const waited: number[] = [];
  let failed = 0;
  for (let i = 0; i < processes; i++) {
    const startsAt = Math.floor(random() * within);
    let hasAnswer = false;
    const client: CwpClient = {
      async syncMachines(sync, timeoutMs, signal) {
        const isFirst = !sync && !hasAnswer;
        const answer = await account.request({ by: i, loop: 0, sync, isFirst }, timeoutMs, signal);
        hasAnswer = true;
        return answer;
      },
    };
    const loop = new SyncLoop(client, { turns: new Turns(clock), clock, random });
    void clock.sleep(startsAt).then(async () => {
      const began = clock.now();
      const status = await loop.call({ goal: "finished", timeoutMs: TIMEOUT_MS }).catch(() => undefined);
      if (!status) {
        failed += 1;
        return;
      }
      waited.push(clock.now() - began);
      const start = virtualTime(status.latestStartTime);
      const fresh = account.runs.filter(({ startMs, endMs }) => startMs > began && endMs <= clock.now());
      assert.ok(
        fresh.some(({ startMs }) => Math.floor(startMs / SECOND) * SECOND === start),
        `a process whose wait began at ${began} was served by the sync of ${start}`,
      );
    });
  }
  await clock.run(undefined, 1_000_000);
  const { sent } = account;
  return {
    slowest: Math.max(...waited),
    syncs: account.runs.filter(({ by }) => by !== "foreign").length,
    failed,
    refused: sent.filter((request) => request.refused).length / sent.length,
  };
}

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
        const measured = await measure({ processes, within, seed });
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
        const measured = await measure({
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
