import assert from "node:assert/strict";
import type { CwpClient } from "../../../provider/cwp/client";
import { SyncLoop } from "../../../provider/wait/stream/loop";
import { Turns } from "../../../provider/wait/stream/turns";
import { VirtualClock } from "../../virtualClock";
import { Account, type AccountOptions, virtualTime } from "./account";

const SECOND = 1_000;
const PER_SECOND = 20;
/** How long a MachineSync waits at most if its program says nothing. */
const TIMEOUT_MS = 30 * 60 * SECOND;

/** Random numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Crowd = Partial<AccountOptions> & {
  readonly processes: number;
  /** Over how many milliseconds their starts are spread, at random. */
  readonly within: number;
  readonly seed: number;
};

export interface Measured {
  /** How long the slowest process waited, in milliseconds. */
  readonly slowest: number;
  readonly syncs: number;
  readonly failed: number;
  readonly requests: number;
  /** The part of all requests that was refused. */
  readonly refused: number;
}

/**
 * Lets many processes sync in virtual time, each with one wait. They share nothing but the account: its
 * answers, and its limit of 20 requests a second. Fails if one of them is served by a sync that began before
 * its wait, or has not ended.
 */
export async function measureVirtualCrowd({ processes, within, seed, ...options }: Crowd): Promise<Measured> {
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
      const runsBefore = account.runs.length;
      const status = await loop.call({ goal: "finished", timeoutMs: TIMEOUT_MS }).catch(() => undefined);
      if (!status) {
        failed += 1;
        return;
      }
      waited.push(clock.now() - began);
      const start = virtualTime(status.latestStartTime);
      const fresh = account.runs.slice(runsBefore).filter(({ endMs }) => endMs <= clock.now());
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
    requests: sent.length,
    refused: sent.filter((request) => request.refused).length / sent.length,
  };
}
