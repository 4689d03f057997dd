import assert from "node:assert/strict";
import fc from "fast-check";
import type { SyncStatus } from "../../../provider/cwp/status";
import { type Call, MachineSyncs, REQUEST_MS } from "../../../provider/wait/loop";
import { Pace } from "../../../provider/wait/pace";
import { CLOSEST_MS } from "../../../provider/wait/schedule";
import { type Caller, LAST_LOOK_MS, MOST_TRIGGERS } from "../../../provider/wait/wait";
import { WaitError } from "../../../provider/wait/waitError";
import { VirtualClock } from "../../virtualClock";
import { Account, type AccountOptions, type Due, type Trouble, virtualTime } from "./account";

/*
 * Random worlds in virtual time, and what must hold in every one of them.
 *
 *   FC_RUNS=20000 npx mocha tests/provider/wait/worlds.property.test.ts       more worlds in all (1500 by default)
 *   FC_SEED=123 FC_PATH="7:0:1" npx mocha …/worlds.property.test.ts -g TITLE  the world of a failure again
 *   FC_SHRINK=no npx mocha …/worlds.property.test.ts                          the first bad world, not the smallest
 *   FC_ONLY=endsInTime npx mocha …/worlds.property.test.ts                    one invariant alone
 *
 * fast-check prints seed and path of a failure; without a seed every run sees other worlds. Each invariant has been seen
 * to fail on a broken core: mutations.ts lists how, and can be run again.
 */

const RUNS = Number(process.env.FC_RUNS ?? 1500);
const replay = {
  ...(process.env.FC_SEED && { seed: Number(process.env.FC_SEED) }),
  ...(process.env.FC_PATH && { path: process.env.FC_PATH }),
  endOnFailure: process.env.FC_SHRINK === "no",
};

/** One call of a plan, with what its caller does beside waiting. Times are in milliseconds. */
interface PlannedCall {
  readonly at: number;
  readonly goal: Call["goal"];
  readonly timeoutMs: number;
  readonly abortsAfter: number | undefined;
  /** When the call leaves an unfinished run: how long after it the run is resumed, and for how long each time. */
  readonly resumes: readonly { readonly after: number; readonly timeoutMs: number }[];
}

interface Plan extends Omit<AccountOptions, "clock"> {
  readonly calls: readonly PlannedCall[];
  readonly random: number;
}

/** One call as it went. */
interface Ended {
  readonly call: Call;
  /** When this call, and when the first of the calls that resume one another, came. */
  readonly came: number;
  readonly firstCame: number;
  readonly at: number;
  readonly outcome: { readonly status: SyncStatus } | { readonly error: unknown };
  readonly abortedAt: number | undefined;
}

interface History {
  readonly account: Account;
  readonly ended: readonly Ended[];
  /** As it was when the last call had ended. */
  readonly left: { readonly sleepers: number; readonly inFlight: number; readonly requests: number };
}

async function live({ calls, random, faults, ...options }: Plan): Promise<History> {
  const clock = new VirtualClock();
  const account = new Account({
    clock,
    ...options,
    faults: { ...faults, random: draws(random) },
    isFirstQuestion: (sync) => !sync && asksFirst(syncs, clock.now()),
  });
  const syncs: MachineSyncs = new MachineSyncs(account, new Pace(clock), clock, draws(random));
  const ended: Ended[] = [];
  let left: History["left"] | undefined;

  const one = async (call: Call, firstCame: number, abortsAfter?: number): Promise<Ended> => {
    const came = clock.now();
    const abort = new AbortController();
    const over = new AbortController();
    let abortedAt: number | undefined;
    if (abortsAfter !== undefined) {
      void clock.sleep(abortsAfter, over.signal).then(() => {
        if (!over.signal.aborted) {
          abortedAt = clock.now();
          abort.abort(new Error("aborted"));
        }
      });
    }
    const outcome = await syncs.call({ ...call, signal: abort.signal }).then(
      (status) => ({ status }),
      (error: unknown) => ({ error }),
    );
    over.abort();
    const end = { call, came, firstCame, at: clock.now(), outcome, abortedAt };
    ended.push(end);
    return end;
  };

  const all = calls.map(async ({ at, goal, timeoutMs, abortsAfter, resumes }) => {
    await clock.sleep(at);
    let end = await one({ goal, timeoutMs }, clock.now(), abortsAfter);
    for (const { after, timeoutMs: longer } of resumes) {
      const error = "error" in end.outcome ? end.outcome.error : undefined;
      if (!(error instanceof WaitError) || !error.unfinished) {
        return;
      }
      await clock.sleep(after);
      end = await one({ goal, timeoutMs: longer, run: error.unfinished }, end.firstCame);
    }
  });
  void Promise.all(all).then(() => {
    left = {
      sleepers: clock.pending.filter((wakesAt) => wakesAt > clock.now() + CLOSEST_MS).length,
      inFlight: account.inFlight,
      requests: account.sent.length,
    };
  });
  await clock.run();
  assert.ok(left, "a call never ends");
  return { account, ended, left };
}

/**
 * Whether a look sent now is some caller's first question, for which alone the service must tell the truth. It is the loop that
 * knows: it lets callers hold their first question back.
 */
function asksFirst(syncs: MachineSyncs, now: number): boolean {
  const waiting: Iterable<{ caller: Caller }> = Reflect.get(syncs, "waiting");
  const holdsBack: (caller: Caller, now: number) => boolean = Reflect.get(syncs, "holdsBack");
  return [...waiting].some(
    ({ caller }) => caller.known.is === "unasked" && !holdsBack.call(syncs, caller, now),
  );
}

/** A linear congruential generator (Numerical Recipes' constants). */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

// The invariants. Each takes a history and fails with a sentence of its own.

/** A success of goal `finished` means that a run began after the (first) call came and had ended when it succeeded. */
function succeedsOnlyOnItsRun({ account, ended }: History): void {
  for (const { call, firstCame, came, at, outcome } of ended) {
    if (!("status" in outcome)) {
      continue;
    }
    if (call.goal === "status") {
      assert.ok(
        account.sent.some((sent) => sent.at >= came && sent.at <= at),
        "a status was answered that nobody asked for after the call came",
      );
      continue;
    }
    if (call.goal === "started") {
      assert.ok(
        account.runs.some(({ startMs }) => startMs >= firstCame && startMs <= at) ||
          account.triggers.some((sent) => sent.at >= firstCame && sent.at <= at),
        "a call for a started sync succeeded, but since it came no sync was triggered and none began",
      );
      continue;
    }
    const { status } = outcome;
    const its = account.runs.find(({ startMs, endMs }) => startMs >= firstCame && endMs <= at);
    assert.ok(its, "a call succeeded, but no run that began after it came had ended");
    const start = virtualTime(status.latestStartTime);
    assert.ok(
      start === undefined || start >= wholeSecond(its.startMs),
      "the start that was answered is older than the call's run",
    );
    const end = virtualTime(status.latestEndTime);
    assert.ok(
      end === undefined || end >= wholeSecond(its.endMs),
      "the end that was answered is older than that of the call's run",
    );
  }
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function triggersFew({ account, ended }: History): void {
  const fresh = ended.filter(({ call }) => !call.run && call.goal !== "status").length;
  const resumed = ended.filter(({ call }) => call.run).length;
  assert.ok(
    account.triggers.length <= fresh * MOST_TRIGGERS + resumed * (MOST_TRIGGERS - 1),
    `${account.triggers.length} triggers were sent for ${fresh} calls and ${resumed} resumed ones`,
  );
}

function keepsThePace({ account }: History): void {
  for (const [i, { at }] of account.sent.entries()) {
    const before = account.sent[i - 1];
    assert.ok(!before || at - before.at >= CLOSEST_MS, "two requests were closer together than CLOSEST_MS");
    const twentieth = account.sent[i - 20];
    assert.ok(!twentieth || at - twentieth.at >= 1000, "more than 20 requests were sent within one second");
  }
}

/**
 * A call's last look is at its deadline. A request under way then is cut a second later, unless it was sent before the call
 * came; and a turn may have to be waited for.
 */
function endsInTime({ account, ended }: History): void {
  for (const { call, came, at, abortedAt } of ended) {
    const deadline = came + call.timeoutMs;
    const underWay = Math.max(LAST_LOOK_MS, REQUEST_MS - call.timeoutMs);
    const lastLook = account.sent.find((sent) => sent.at >= deadline && sent.at <= at);
    assert.ok(
      !lastLook || lastLook.at <= deadline + underWay + CLOSEST_MS,
      "a call had its last look long after its deadline",
    );
    assert.ok(
      at <= deadline + LAST_LOOK_MS + CLOSEST_MS + REQUEST_MS,
      `a call ended ${at - deadline} ms after its deadline, later than its last look may take`,
    );
    assert.ok(abortedAt === undefined || at === abortedAt, "an aborted call went on");
  }
}

/** What is named in words, for want of a code of Tencent Cloud's. */
const causes =
  /No connection to|did not answer within|HTTP status|This is no answer of the API|answered with the state "PENDING"/;
const whatToDo =
  /pulumi up|customTimeouts|Check|check |Grant|try again|set it right|get new ones|newer version|Unset/;

function failuresSayWhyAndWhatToDo({ account, ended }: History): void {
  for (const { call, came, at, outcome, abortedAt } of ended) {
    if (!("error" in outcome) || abortedAt !== undefined) {
      continue;
    }
    const { error } = outcome;
    assert.ok(error instanceof WaitError, `a call failed with something other than a WaitError: ${error}`);
    const { message, code, last } = error;
    assert.ok(
      message.includes(code) || (last && message.includes(last.state)) || causes.test(message),
      `a failure does not name its cause: "${message}"`,
    );
    assert.match(message, whatToDo, `a failure does not say what to do: "${message}"`);
    const alone = ended.every((other) => other.came >= at || other.at <= came || other.call === call);
    const asked = account.triggers.some((sent) => sent.at >= came && sent.at <= at);
    if (call.run || (alone && asked)) {
      assert.ok(error.unfinished, `a failure left a trigger behind, but nothing to resume: "${message}"`);
    }
  }
}

/** No one gives up for lateness without a last look at the deadline. */
function looksOnceMore({ account, ended }: History): void {
  for (const { call, came, at, outcome } of ended) {
    if ("error" in outcome && outcome.error instanceof WaitError && outcome.error.code === "SyncTimeout") {
      const deadline = came + call.timeoutMs;
      assert.ok(
        account.sent.some((sent) => sent.at >= deadline && sent.at <= at),
        "a call gave up without a last look at its deadline",
      );
    }
  }
}

/** A call that resumes a run triggers no other one when the run has been seen, nor while it goes. */
function resumesWithoutTrigger({ account, ended }: History): void {
  for (const { call, firstCame, came, at } of ended) {
    const alone = ended.every((other) => other.call === call || other.came >= at || other.at <= came);
    const its = account.runs.find(
      ({ startMs, endMs }) => startMs >= firstCame && startMs < came && endMs > came,
    );
    const noneUntil = call.run?.shown ? at : its && Math.min(at, its.endMs);
    if (call.run && alone && noneUntil !== undefined) {
      assert.ok(
        !account.triggers.some((sent) => sent.at >= came && sent.at < noneUntil),
        "a resumed call triggered a sync in place of the run that it resumed",
      );
    }
  }
}

function leavesNothingBehind({ account, left }: History): void {
  assert.equal(left.sleepers, 0, "somebody still slept after all calls had ended");
  assert.equal(left.inFlight, 0, "a request was still in flight after all calls had ended");
  assert.equal(account.sent.length, left.requests, "a request was sent after all calls had ended");
}

function succeedsAll({ ended }: History): void {
  for (const { outcome } of ended) {
    assert.ok(
      "status" in outcome,
      `a call failed in a bearable world: ${"error" in outcome && outcome.error}`,
    );
  }
}

function costsTwoTriggers({ account }: History): void {
  assert.ok(account.triggers.length <= 2, `a healthy crowd cost ${account.triggers.length} triggers`);
}

// The worlds.

const ms = (min: number, max: number) => fc.integer({ min, max });
const tenths = (min: number, max: number) => fc.integer({ min: min * 10, max: max * 10 }).map((n) => n / 10);
/** There in one world of so many. */
const inOneOf = <T>(worlds: number, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: worlds - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const carriedOut = fc.constantFrom("early" as const, "late" as const);
const lengths = fc.oneof(
  { weight: 3, arbitrary: tenths(0.1, 5) },
  { weight: 3, arbitrary: tenths(5, 90) },
  { weight: 1, arbitrary: tenths(90, 1800) },
);

/** How old an answer is, and how much older its times, never add up to more than the settle time. */
const ages = fc
  .tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }), fc.boolean(), fc.nat())
  .map(([sum, stale, staleAlways, seed]) => ({
    staleSeconds: Math.min(stale, sum) / 10,
    laggingTimesSeconds: (sum - Math.min(stale, sum)) / 10,
    staleAlways,
    seed,
  }));

/** Syncs of somebody else's, here and there or in a row with short gaps. */
const foreignSyncs = (minSeconds: number) =>
  fc.oneof(
    fc.array(
      fc.record({
        atMs: fc.oneof(ms(-120_000, 0), ms(-8_000, 8_000), ms(0, 90_000)),
        seconds: fc.oneof(tenths(minSeconds, 5), tenths(minSeconds, 60), tenths(minSeconds, 600)),
      }),
      { maxLength: 4 },
    ),
    fc
      .tuple(
        ms(-15_000, 2_000),
        fc.array(fc.record({ seconds: tenths(minSeconds, 6), gapMs: ms(1, 2_500) }), {
          minLength: 1,
          maxLength: 3,
        }),
        tenths(minSeconds, 90),
      )
      .map(([from, row, last]) => {
        let atMs = from;
        const syncs = row.map(({ seconds, gapMs }) => {
          const sync = { atMs, seconds };
          atMs += seconds * 1000 + gapMs;
          return sync;
        });
        return [...syncs, { atMs, seconds: last }];
      }),
  );

const codes = fc.constantFrom(
  "RequestLimitExceeded",
  "RequestLimitExceeded.UinLimitExceeded",
  "ResourceInUse",
  "FailedOperation.APIServerFail",
  "FailedOperation",
  "InternalError",
  "AuthFailure.SignatureExpire",
  "UnauthorizedOperation",
);
const anyTrouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.record({ does: fc.constant("refuse" as const), code: codes }),
  fc.constant({ does: "drop" as const }),
  fc.constant({ does: "lose" as const }),
  fc.constant({ does: "garble" as const }),
  fc.record({ does: fc.constant("hang" as const), carriedOut: fc.boolean() }),
  fc.record({
    does: fc.constant("delay" as const),
    ms: ms(100, 9_000),
    carriedOut,
  }),
);
const anyDue: fc.Arbitrary<Due> = fc.record({
  trouble: anyTrouble,
  on: fc.constantFrom("any" as const, "look" as const, "trigger" as const),
  after: fc.oneof(fc.nat(3), fc.nat(30)),
});
/** A row of one trouble, as long as an outage may be. */
const outage = fc
  .record({ trouble: anyTrouble, after: fc.nat(12), times: fc.integer({ min: 2, max: 40 }) })
  .map(({ trouble, after, times }): Due[] =>
    Array.from({ length: times }, () => ({ trouble, on: "any" as const, after })),
  );

const arrivals = fc.oneof(ms(0, 1_500), ms(0, 20_000), ms(0, 150_000));
const timeouts = fc.oneof(ms(1, 3_000), ms(1_000, 40_000), ms(20_000, 300_000), ms(1_800_000, 7_200_000));

const anyCall: fc.Arbitrary<PlannedCall> = fc.record({
  at: arrivals,
  goal: fc.constantFrom<Call["goal"]>("finished", "finished", "finished", "started", "status"),
  timeoutMs: timeouts,
  abortsAfter: inOneOf(5, fc.oneof(ms(0, 3_000), ms(0, 60_000))),
  resumes: fc.array(
    fc.record({ after: fc.oneof(fc.constant(0), ms(0, 6_000), ms(0, 90_000)), timeoutMs: timeouts }),
    { maxLength: 2 },
  ),
});

const anyWorld: fc.Arbitrary<Plan> = fc
  .record({
    syncSeconds: lengths,
    ages,
    startLag: inOneOf(2, tenths(0, 25)),
    forgets: fc.boolean(),
    emptyTimes: fc.boolean(),
    neverEnds: inOneOf(6, fc.integer({ min: 1, max: 3 })),
    deafTriggers: inOneOf(2, fc.nat(4)),
    busyTrigger: fc.constantFrom("join" as const, "FailedOperation" as const),
    unknownState: inOneOf(30, fc.constant("PENDING")),
    foreignSyncs: foreignSyncs(0.1),
    latencyMs: ms(2, 800),
    carriedOut,
    troubles: fc.oneof(
      fc.constant([]),
      fc.array(anyDue, { maxLength: 6 }),
      fc.tuple(outage, fc.array(anyDue, { maxLength: 2 })).map((dues) => dues.flat()),
    ),
    calls: fc.array(anyCall, { minLength: 1, maxLength: 6 }),
  })
  .map(plan);

/**
 * Worlds in which every call must succeed: what goes wrong stays within the budgets. Few triggers are wasted, few requests in
 * a row fail, and nothing hangs before the service has been reached.
 */
const bearableWorld: fc.Arbitrary<Plan> = fc
  .record({
    syncSeconds: lengths,
    ages,
    startLag: inOneOf(2, tenths(0, 8)),
    forgets: fc.boolean(),
    emptyTimes: fc.boolean(),
    neverEnds: fc.constant(undefined),
    deafTriggers: inOneOf(2, fc.constant(1)),
    busyTrigger: fc.constantFrom("join" as const, "FailedOperation" as const),
    unknownState: fc.constant(undefined),
    foreignSyncs: foreignSyncs(1),
    latencyMs: ms(2, 400),
    carriedOut,
    troubles: fc.array(
      fc.record({
        trouble: anyTrouble.filter(
          (trouble) =>
            !(trouble.does === "refuse" && /^(Auth|Unauthorized)/.test(trouble.code)) &&
            !(trouble.does === "delay" && trouble.ms > 1_500),
        ),
        on: fc.constantFrom("look" as const, "trigger" as const),
        after: fc.oneof(fc.nat(3), fc.nat(30)),
      }),
      { maxLength: 3 },
    ),
    calls: fc.array(
      fc.record({
        at: arrivals,
        goal: fc.constantFrom<Call["goal"]>("finished", "finished", "started", "status"),
        timeoutMs: fc.constant(6 * 3_600_000),
        abortsAfter: fc.constant(undefined),
        resumes: fc.constant([]),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map((world) => {
    const { emptyTimes, calls } = world;
    let wasted = world.deafTriggers ?? 0;
    return plan({
      ...world,
      // With no times, a run is known by nothing but SYNCING, which must be there to be seen.
      syncSeconds: emptyTimes ? Math.max(10, world.syncSeconds) : world.syncSeconds,
      foreignSyncs: emptyTimes ? [] : world.foreignSyncs,
      troubles: world.troubles.filter(({ trouble, on, after }) => {
        if (trouble.does === "hang" && (calls.length > 1 || (on === "look" && after < 3))) {
          return false;
        }
        wasted += on === "trigger" ? 1 : 0;
        return on !== "trigger" || wasted <= 1;
      }),
    });
  });

interface Drawn {
  readonly syncSeconds: number;
  readonly ages: { staleSeconds: number; laggingTimesSeconds: number; staleAlways: boolean; seed: number };
  readonly startLag: number | undefined;
  readonly forgets: boolean;
  readonly emptyTimes: boolean;
  readonly neverEnds: number | undefined;
  readonly deafTriggers: number | undefined;
  readonly busyTrigger: "join" | "FailedOperation";
  readonly unknownState: string | undefined;
  readonly foreignSyncs: { atMs: number; seconds: number }[];
  readonly latencyMs: number;
  readonly carriedOut: "early" | "late";
  readonly troubles: readonly Due[];
  readonly calls: readonly PlannedCall[];
}

function plan(drawn: Drawn): Plan {
  const { staleSeconds, laggingTimesSeconds, staleAlways, seed } = drawn.ages;
  return {
    syncSeconds: drawn.syncSeconds,
    latencyMs: drawn.latencyMs,
    carriedOut: drawn.carriedOut,
    troubles: drawn.troubles,
    calls: drawn.calls,
    random: seed,
    faults: {
      staleSeconds,
      laggingTimesSeconds,
      staleAlways,
      forgets: drawn.forgets,
      emptyTimes: drawn.emptyTimes,
      busyTrigger: drawn.busyTrigger,
      foreignSyncs: drawn.foreignSyncs,
      ...(drawn.startLag !== undefined && { startLagSeconds: drawn.startLag }),
      ...(drawn.neverEnds !== undefined && { neverEnds: drawn.neverEnds }),
      ...(drawn.deafTriggers !== undefined && { deafTriggers: drawn.deafTriggers }),
      ...(drawn.unknownState !== undefined && { unknownState: drawn.unknownState }),
    },
  };
}

const healthyCrowd: fc.Arbitrary<Plan> = fc
  .record({
    syncSeconds: lengths,
    latencyMs: ms(2, 400),
    carriedOut,
    random: fc.nat(),
    arrivals: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
  })
  .map(({ arrivals: moments, syncSeconds, ...rest }) => ({
    ...rest,
    syncSeconds,
    calls: moments.map((moment) => ({
      at: Math.floor((moment - Math.min(...moments)) * syncSeconds * 1000),
      goal: "finished" as const,
      timeoutMs: 6 * 3_600_000,
      abortsAfter: undefined,
      resumes: [],
    })),
  }));

describe("In worlds of every kind", function () {
  this.timeout(0);

  async function inEvery(
    worlds: fc.Arbitrary<Plan>,
    invariants: ((history: History) => void)[],
    share: number,
  ) {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const history = await live(world);
        for (const invariant of invariants.filter(({ name }) => name === (process.env.FC_ONLY ?? name))) {
          invariant(history);
        }
      }),
      {
        numRuns: Math.ceil(RUNS * share),
        interruptAfterTimeLimit: 30_000 + 10 * RUNS,
        markInterruptAsFailure: true,
        ...replay,
      },
    );
  }

  it("a call succeeds on its own run only, ends in time, sends little, says why it failed and leaves nothing", () =>
    inEvery(
      anyWorld,
      [
        succeedsOnlyOnItsRun,
        triggersFew,
        keepsThePace,
        endsInTime,
        looksOnceMore,
        resumesWithoutTrigger,
        failuresSayWhyAndWhatToDo,
        leavesNothingBehind,
      ],
      0.75,
    ));

  it("every call succeeds where what goes wrong is bearable", () =>
    inEvery(bearableWorld, [succeedsOnlyOnItsRun, triggersFew, succeedsAll], 0.2));

  it("a crowd that comes within one run costs two triggers at most", () =>
    inEvery(healthyCrowd, [succeedsOnlyOnItsRun, succeedsAll, costsTwoTriggers], 0.05));
});
