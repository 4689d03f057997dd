import assert from "node:assert/strict";
import fc from "fast-check";
import type { MachineType } from "../../../provider/cwp/describeMachines";
import { CLOSEST_MS } from "../../../provider/wait/run/schedule";
import { isAwaitingRun, MOST_STARTS } from "../../../provider/wait/run/wait";
import { type UnfinishedRun, WaitError } from "../../../provider/wait/run/waitError";
import { SyncLoop } from "../../../provider/wait/stream/loop";
import { MachineList } from "../../../provider/wait/stream/machineList";
import { REQUEST_MS, SHORTEST_REQUEST_MS } from "../../../provider/wait/stream/requests";
import { Turns } from "../../../provider/wait/stream/turns";
import { findIfListed, NotListed, untilListed } from "../../../provider/wait/stream/untilListed";
import { VirtualClock } from "../../virtualClock";
import { Account, type Due } from "./account";
import { HostList, type ListedHost, type ListTrouble } from "./hostList";

/*
 * Random worlds in virtual time whose waits name hosts. worlds.property.test.ts says how to run more worlds,
 * and how to replay a world that failed: FC_RUNS, FC_SEED and FC_PATH.
 */

const RUNS = Number(process.env.FC_RUNS ?? 500) / 5;
const replay = {
  ...(process.env.FC_SEED && { seed: Number(process.env.FC_SEED) }),
  ...(process.env.FC_PATH && { path: process.env.FC_PATH }),
};

/** The time that a wait may overrun: its last poll, and a last look-up with the request after it. */
const LATE_MS = 2 * REQUEST_MS + SHORTEST_REQUEST_MS + 2_000;

const ms = (min: number, max: number) => fc.integer({ min, max });
const rarely = <T>(usual: T, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary });

const codes = fc.constantFrom(
  "RequestLimitExceeded",
  "InternalError",
  "FailedOperation",
  "UnauthorizedOperation",
);
const listTrouble: fc.Arbitrary<ListTrouble | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom("drop" as const, "hang" as const),
  fc.record({ code: codes }),
);
const due: fc.Arbitrary<Due> = fc.record({
  trouble: fc.oneof(
    fc.record({ does: fc.constant("refuse" as const), code: codes }),
    fc.constantFrom({ does: "drop" } as const, { does: "lose" } as const, { does: "garble" } as const),
  ),
  on: fc.constantFrom("any" as const, "poll" as const, "start" as const),
  after: fc.nat(8),
});

const hostPlan = fc.record({
  type: fc.constantFrom<MachineType>("CVM", "LH", "BM", "ECM", "Other"),
  prefix: fc.constantFrom("ins-", "lhins-", "x-"),
  madeAt: fc.oneof(fc.constant(0), ms(0, 60_000)),
  syncsNeeded: fc.oneof(
    { weight: 4, arbitrary: fc.constant(1) },
    { weight: 2, arbitrary: fc.nat(4) },
    { weight: 1, arbitrary: fc.constant(99) },
  ),
  account: fc.nat(1),
});

const waitPlan = fc.record({
  at: fc.oneof(fc.constant(0), ms(0, 3_000), ms(0, 120_000)),
  hosts: fc.array(fc.nat(11), { minLength: 1, maxLength: 6 }),
  timeoutMs: fc.oneof(ms(1, 40_000), ms(20_000, 300_000), ms(1_800_000, 3_600_000)),
  abortsAfter: rarely<number | undefined>(undefined, ms(0, 90_000)),
  again: fc.array(ms(0, 60_000), { maxLength: 2 }),
});

const worlds = fc.record({
  syncSeconds: fc.oneof(ms(0, 5), ms(5, 90)),
  staleSeconds: rarely(0, ms(0, 5)),
  forgets: fc.boolean(),
  deafTriggers: rarely(0, fc.nat(2)),
  foreignSyncs: fc.array(fc.record({ atMs: ms(-60_000, 120_000), seconds: ms(1, 60) }), { maxLength: 3 }),
  troubles: rarely<Due[]>([], fc.array(due, { maxLength: 6 })),
  listTroubles: rarely<(ListTrouble | undefined)[]>([], fc.array(listTrouble, { maxLength: 20 })),
  lagMs: rarely(0, ms(0, 5_000)),
  latencyMs: ms(2, 400),
  movesAt: rarely<number | undefined>(undefined, ms(0, 120_000)),
  /** Pages matter only if there are many machines. */
  others: rarely(0, ms(0, 450)),
  hosts: fc.array(hostPlan, { minLength: 12, maxLength: 12 }),
  waits: fc.array(waitPlan, { minLength: 1, maxLength: 6 }),
  random: fc.nat(),
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

/** One operation with its result. */
interface Ended {
  readonly ids: readonly string[];
  /** A run that began later counts. */
  readonly counts: number;
  readonly at: number;
  readonly deadline: number;
  readonly account: Account;
  readonly error?: unknown;
  /** It found all hosts listed before a sync. */
  readonly lookedFirst?: boolean;
}

function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

async function live(world: World) {
  const clock = new VirtualClock();
  const random = draws(world.random);
  const { syncSeconds, latencyMs, staleSeconds, forgets, deafTriggers, foreignSyncs } = world;
  const accounts = ["one", "two"].map(
    (name) =>
      new Account({
        clock,
        syncSeconds,
        latencyMs,
        troubles: world.troubles,
        faults: { staleSeconds, forgets, deafTriggers, foreignSyncs, random },
        name,
      }),
  );
  const accountAt = (index: number) => accounts[index] ?? assert.fail();
  const present = () => accountAt(world.movesAt !== undefined && clock.now() >= world.movesAt ? 1 : 0);
  let answered = present();
  const turns = new Turns(clock);
  const loop: SyncLoop = new SyncLoop(
    {
      async syncMachines(sync, timeoutMs, signal) {
        const account = present();
        const awaits = loop.waits.some(isAwaitingRun);
        const isNew = account !== answered || loop.waits.some(({ known }) => known.is === "unasked");
        const isFirst = !sync && !awaits && isNew;
        const answer = await account.request({ by: 0, loop: 0, sync, isFirst }, timeoutMs, signal);
        answered = account;
        return answer;
      },
    },
    { turns, clock, random },
  );
  const hosts: ListedHost[] = [
    ...Array.from({ length: world.others }, (_, i) => ({ id: `ins-other-${i}`, syncsNeeded: 0 })),
    ...world.hosts.map(({ type, prefix, madeAt, syncsNeeded, account }, i) => ({
      id: `${prefix}${i}`,
      type,
      at: madeAt,
      syncsNeeded,
      ...(account === 1 && world.movesAt !== undefined && { on: "two" }),
    })),
  ];
  const service = new HostList({
    clock,
    account: present,
    hosts,
    lagMs: () => Math.floor(world.lagMs * random()),
    latencyMs,
    troubles: world.listTroubles,
  });
  const list = new MachineList(service, { turns, clock, random });
  const waits = { loop, list, clock };
  const ended: Ended[] = [];

  async function once(
    planned: World["waits"][number],
    run: UnfinishedRun | undefined,
    looksFirst: string | undefined,
    counts?: number,
  ) {
    const ids = planned.hosts.map((i) => hosts[world.others + i]?.id ?? assert.fail());
    const began = clock.now();
    const deadline = began + planned.timeoutMs;
    const abort = new AbortController();
    const over = new AbortController();
    if (planned.abortsAfter !== undefined) {
      void clock
        .sleep(planned.abortsAfter, over.signal)
        .then(() => over.signal.aborted || abort.abort(new Error("aborted")));
    }
    const { signal } = abort;
    let error: unknown;
    let lookedFirst = false;
    let answeredBy = looksFirst;
    try {
      lookedFirst =
        looksFirst !== undefined &&
        (await findIfListed(waits, ids, looksFirst, { deadline, signal })) !== undefined;
      if (!lookedFirst) {
        const timeoutMs = Math.max(0, deadline - clock.now());
        const listed = await untilListed(waits, ids, { timeoutMs, run, signal });
        assert.deepEqual(new Set(listed.machines.keys()), new Set(ids));
        answeredBy = listed.account;
      }
    } catch (thrown) {
      error = thrown;
      answeredBy = thrown instanceof WaitError ? thrown.account : undefined;
    }
    over.abort();
    const account = accounts.find(({ name }) => name === answeredBy) ?? answered;
    const resumed = run?.account === account.name ? counts : undefined;
    ended.push({
      ids,
      counts: resumed ?? began,
      at: clock.now(),
      deadline,
      account,
      error,
      lookedFirst,
    });
    return { error, counts: resumed ?? began };
  }

  const all = Promise.all(
    world.waits.map(async (planned) => {
      await clock.sleep(planned.at);
      let { error, counts } = await once(planned, undefined, undefined);
      for (const pause of planned.again) {
        if (!(error instanceof WaitError)) {
          return;
        }
        const { unfinished, account } = error;
        await clock.sleep(pause);
        ({ error, counts } = await once(planned, unfinished, unfinished ? undefined : account, counts));
      }
    }),
  );
  let left: { sleepers: number; inFlight: number } | undefined;
  void all.then(() => {
    left = {
      sleepers: clock.pending.filter((at) => at > clock.now() + CLOSEST_MS).length,
      inFlight: accounts.reduce((sum, { inFlight }) => sum + inFlight, 0),
    };
  });
  await clock.run();
  await all;
  return { accounts, service, ended, left, hosts };
}

type History = Awaited<ReturnType<typeof live>>;

/** Success means that CWP lists each host, after the end of a run that began after the wait had begun. */
function succeedsOnlyWhenListed({ ended, service }: History): void {
  for (const { ids, counts, at, account, error, lookedFirst } of ended) {
    if (error !== undefined) {
      continue;
    }
    for (const id of ids) {
      assert.ok(service.isListedAt(id, at, account), `a wait succeeded, and ${id} is not listed`);
    }
    const its = account.runs.some(({ startMs, endMs }) => startMs >= counts && endMs <= at);
    assert.ok(lookedFirst || its, "a wait succeeded, but no run that began after it had ended");
  }
}

/** A host that the first sync finds is never called missing. */
function callsNoListedHostMissing({ ended, service, hosts }: History, { movesAt }: World): void {
  for (const { ids, counts, error } of ended) {
    if (!(error instanceof NotListed) || error.code !== "HostsNotListed" || movesAt !== undefined) {
      continue;
    }
    const named = ids.filter((id) => new RegExp(`[ ,]${id}[ ,]`).test(error.message));
    assert.ok(named.length > 0, `nothing is named: ${error.message}`);
    for (const id of ids) {
      const host = hosts.find((one) => one.id === id);
      assert.equal(named.includes(id), !error.machines.has(id), `${id}: ${error.message}`);
      assert.ok(
        !named.includes(id) || (host?.syncsNeeded ?? 1) > 1 || (host?.at ?? 0) > counts,
        `${id} is called missing, though the first sync listed it; the service knew ${service.hosts.length}`,
      );
    }
  }
}

function startsFew({ accounts, ended }: History): void {
  const starts = accounts.reduce((sum, account) => sum + account.starts.length, 0);
  assert.ok(starts <= 2 * MOST_STARTS * ended.length, `${starts} starts for ${ended.length} operations`);
}

function endsInTime({ ended }: History): void {
  for (const { at, deadline, error } of ended) {
    assert.ok(at <= deadline + LATE_MS, `it ended ${at - deadline} ms after its deadline: ${error}`);
  }
}

function keepsTheTurns({ accounts, service }: History): void {
  const sent = [
    ...accounts.flatMap(({ log }) => log.map(({ at }) => at)),
    ...service.queries.map(({ at }) => at),
  ];
  sent.sort((a, b) => a - b);
  for (const [i, at] of sent.slice(1).entries()) {
    assert.ok(at - (sent[i] ?? 0) >= CLOSEST_MS, `requests at ${sent[i]} and ${at} ms`);
  }
}

function failsInWords({ ended }: History): void {
  for (const { error } of ended) {
    const isCancelled = error instanceof Error && error.message === "aborted";
    assert.ok(
      error === undefined || isCancelled || (error instanceof Error && /[.]$/.test(error.message)),
      `${error}`,
    );
    assert.ok(!(error instanceof TypeError), `${error}`);
  }
}

function leavesNothingBehind({ left }: History): void {
  assert.deepEqual(left, { sleepers: 0, inFlight: 0 });
}

describe("In worlds with hosts", function () {
  this.timeout(0);

  it("a wait succeeds only when CWP lists each host, names missing hosts, ends in time and leaves nothing", () =>
    fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const history = await live(world);
        succeedsOnlyWhenListed(history);
        callsNoListedHostMissing(history, world);
        startsFew(history);
        endsInTime(history);
        keepsTheTurns(history);
        failsInWords(history);
        leavesNothingBehind(history);
      }),
      { numRuns: Math.ceil(RUNS), ...replay },
    ));
});
