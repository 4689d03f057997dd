import fc from "fast-check";
import type { Call } from "../../../provider/wait/stream/loop";
import type { Due, Trouble } from "./account";
import type { Plan, PlannedCall, PlannedProcess } from "./worlds";

/* The kinds of worlds that are drawn at random. Times are in milliseconds unless stated otherwise. */

const ms = (min: number, max: number) => fc.integer({ min, max });
const tenths = (min: number, max: number) => fc.integer({ min: min * 10, max: max * 10 }).map((n) => n / 10);
/** Present in one world of so many. */
const inOneOf = <T>(worlds: number, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: worlds - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** The usual value in all but one world of so many. */
const mostly = <T>(worlds: number, usual: T, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: worlds - 1, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary });

const carriedOut = fc.constantFrom("early" as const, "late" as const);
const lengths = fc.oneof(
  { weight: 3, arbitrary: tenths(0.1, 5) },
  { weight: 3, arbitrary: tenths(5, 90) },
  { weight: 1, arbitrary: tenths(90, 1800) },
);

/** The age of an answer, and the further age of its times or its state: in sum at most the settle time. */
const ages = fc
  .tuple(
    fc.integer({ min: 0, max: 50 }),
    fc.integer({ min: 0, max: 50 }),
    fc.boolean(),
    fc.boolean(),
    fc.nat(),
  )
  .map(([sum, stale, isStateLate, staleAlways, seed]) => {
    const lag = (sum - Math.min(stale, sum)) / 10;
    return {
      staleSeconds: Math.min(stale, sum) / 10,
      ...(isStateLate ? { laggingStateSeconds: lag } : { laggingTimesSeconds: lag }),
      staleAlways,
      seed,
    };
  });

/** Syncs of other pipelines, here and there or in a row with short gaps. */
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
  "ResourceUnavailable",
  "ServiceUnavailable",
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
  on: fc.constantFrom("any" as const, "poll" as const, "start" as const),
  after: fc.oneof(fc.nat(3), fc.nat(30)),
});
/** A row of one trouble, as long as an outage may be. */
const outage = fc
  .record({
    trouble: anyTrouble,
    on: fc.constantFrom("any" as const, "start" as const),
    after: fc.nat(12),
    times: fc.integer({ min: 2, max: 40 }),
  })
  .map(({ trouble, on, after, times }): Due[] =>
    Array.from({ length: times }, () => ({ trouble, on, after })),
  );

/** Short syncs of other pipelines in a row, around the beginning. */
const shortSyncs = fc
  .record({
    from: ms(-20_000, 2_000),
    row: fc.array(fc.record({ seconds: tenths(0.5, 6), gapMs: ms(1, 2_500) }), {
      minLength: 1,
      maxLength: 8,
    }),
  })
  .map(({ from, row }) => repeatRow(from, row, from / 1000 + 0.001, 8));

/** Syncs of other pipelines with hardly a pause between them, for a while. */
const backToBack = (minSeconds: number, maxSeconds: number) =>
  fc
    .record({
      from: ms(-60_000, 5_000),
      row: fc.array(fc.record({ seconds: tenths(minSeconds, maxSeconds), gapMs: ms(1, 1_500) }), {
        minLength: 1,
        maxLength: 4,
      }),
      totalSeconds: fc.constantFrom(60, 300, 1200),
    })
    .map(({ from, row, totalSeconds }) => repeatRow(from, row, totalSeconds, 150));

function repeatRow(
  from: number,
  row: readonly { seconds: number; gapMs: number }[],
  totalSeconds: number,
  most: number,
) {
  const syncs: { atMs: number; seconds: number }[] = [];
  for (let atMs = from; atMs < totalSeconds * 1000 && syncs.length < most; ) {
    for (const { seconds, gapMs } of row) {
      syncs.push({ atMs, seconds });
      atMs += Math.ceil(seconds * 1000) + gapMs;
    }
  }
  return syncs;
}

const moments = fc.oneof(ms(0, 1_500), ms(0, 20_000), ms(0, 150_000));
const timeouts = fc.oneof(ms(1, 3_000), ms(1_000, 40_000), ms(20_000, 300_000), ms(1_800_000, 7_200_000));
/** The time from the check of a resource to its call. */
const delays = inOneOf(2, fc.oneof(ms(0, 200), ms(0, 8_000), ms(0, 120_000)));
const patiently = { goal: "finished", timeoutMs: 6 * 3_600_000, resumes: [] } as const;
const healthy = { latencyMs: ms(2, 400), carriedOut, random: fc.nat() };
const processNumber = fc.nat(2);
const loopNumber = fc.nat(1);

const anyCall: fc.Arbitrary<PlannedCall> = fc.record({
  process: processNumber,
  loop: loopNumber,
  at: moments,
  calledAfter: delays,
  goal: fc.constantFrom<Call["goal"]>("finished", "finished", "finished", "started", "status"),
  timeoutMs: timeouts,
  abortsAfter: inOneOf(5, fc.oneof(ms(0, 3_000), ms(0, 60_000))),
  resumes: fc.array(
    fc.record({
      process: processNumber,
      loop: loopNumber,
      after: fc.oneof(fc.constant(0), ms(0, 6_000), ms(0, 90_000)),
      calledAfter: inOneOf(4, ms(0, 20_000)),
      timeoutMs: timeouts,
      isOld: mostly(6, false, fc.constant(true)),
    }),
    { maxLength: 2 },
  ),
});

/** One process, or several on one account, or with a process of another account among them. */
const anyProcesses: fc.Arbitrary<PlannedProcess[]> = fc
  .tuple(somewhere(), fc.integer({ min: 1, max: 2 }))
  .map(([processes, loops]) => processes.map((process) => ({ ...process, loops })));

function somewhere(): fc.Arbitrary<PlannedProcess[]> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<PlannedProcess[]>([{ account: 0 }]) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        [{ account: 0 }, { account: 0 }],
        [0, 0, 0].map((account) => ({ account })),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        [{ account: 0 }, { account: 1 }],
        [0, 1, 0].map((account) => ({ account })),
      ),
    },
    { weight: 1, arbitrary: ms(0, 100_000).map((at) => [{ account: 0, moves: { at, to: 1 } }]) },
  );
}

const neverCreated = mostly(
  4,
  [],
  fc.array(fc.record({ process: processNumber, at: moments }), { maxLength: 3 }),
);

const service = (foreign: fc.Arbitrary<{ atMs: number; seconds: number }[]>, startLag: number) => ({
  syncSeconds: lengths,
  ages,
  startLag: inOneOf(2, tenths(0, startLag)),
  forgets: fc.boolean(),
  emptyTimes: mostly(4, false, fc.constant(true)),
  busyTrigger: fc.constantFrom("join" as const, "FailedOperation" as const, "ResourceInUse" as const),
  foreignSyncs: foreign,
  latencyMs: ms(2, 800),
  carriedOut,
});

export const anyWorld: fc.Arbitrary<Plan> = fc
  .record({
    ...service(
      fc.oneof({ weight: 4, arbitrary: foreignSyncs(0.1) }, { weight: 1, arbitrary: backToBack(0.1, 60) }),
      25,
    ),
    otherForeignSyncs: foreignSyncs(0.1),
    neverEnds: inOneOf(6, fc.integer({ min: 1, max: 3 })),
    deafTriggers: inOneOf(2, fc.nat(4)),
    unknownState: inOneOf(30, fc.constant("PENDING")),
    perSecond: inOneOf(4, fc.integer({ min: 1, max: 20 })),
    troubles: fc.oneof(
      fc.constant([]),
      fc.array(anyDue, { maxLength: 6 }),
      fc.tuple(outage, fc.array(anyDue, { maxLength: 2 })).map((dues) => dues.flat()),
    ),
    processes: anyProcesses,
    neverCreated,
    calls: fc.array(anyCall, { minLength: 1, maxLength: 6 }),
    blank: inOneOf(8, fc.constantFrom("NOTASK" as const, "none" as const)),
  })
  .map(plan);

/** A few waits in one process, while other pipelines sync and answers are old, without other faults. */
export const hectic: fc.Arbitrary<Plan> = fc
  .record({
    syncSeconds: tenths(0.1, 8),
    latencyMs: ms(2, 800),
    carriedOut,
    staleSeconds: tenths(2, 5),
    isStateLate: fc.boolean(),
    loops: fc.integer({ min: 1, max: 2 }),
    forgets: fc.boolean(),
    startLagSeconds: mostly(2, 0, tenths(0, 6)),
    blankMs: inOneOf(3, fc.oneof(ms(100, 4_900), ms(5_000, 30_000))),
    foreignSyncs: shortSyncs,
    random: fc.nat(),
    calls: fc.array(
      fc.record({
        at: ms(0, 5_000),
        loop: loopNumber,
        timeoutMs: fc.oneof(ms(1_000, 8_000), ms(8_000, 60_000)),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  })
  .map(({ isStateLate, blankMs, calls, random, loops, ...drawn }) => {
    const { syncSeconds, latencyMs, carriedOut, staleSeconds, forgets, ...faults } = drawn;
    const lag = isStateLate ? "laggingStateSeconds" : "laggingTimesSeconds";
    const blank = blankMs && {
      as: "none" as const,
      untilMs: Math.min(...calls.map(({ at }) => at)) + blankMs,
    };
    return {
      accounts: [
        {
          syncSeconds,
          latencyMs,
          carriedOut,
          faults: { ...faults, staleSeconds, [lag]: 5 - staleSeconds, forgets: forgets && !blank },
          ...(blank && { blank }),
        },
      ],
      processes: [{ account: 0, loops }],
      random,
      calls: calls.map((call) => ({ ...call, process: 0, goal: "finished", resumes: [] })),
    };
  });

/**
 * An account that has synced long ago, and whose first answers have no times: beside NOTASK, or for longer. Its
 * times may be late. So may its state, unless that alone says that there have been runs.
 */
export const forgetfulAccount: fc.Arbitrary<Plan> = fc
  .record({
    ...healthy,
    syncSeconds: tenths(0.1, 12),
    past: fc.array(tenths(0.1, 60), { maxLength: 2 }),
    laggingTimesSeconds: tenths(0, 5),
    staleSeconds: tenths(0, 5),
    startLagSeconds: fc.oneof(fc.constant(0), tenths(0, 9)),
    blank: fc.oneof(
      fc.record({ as: fc.constant("NOTASK" as const), ms: ms(100, 4_900) }),
      fc.record({ as: fc.constant("none" as const), ms: ms(100, 20_000) }),
    ),
    calls: fc.array(fc.record({ at: ms(0, 20_000), loop: loopNumber }), { minLength: 1, maxLength: 4 }),
  })
  .map(({ past, laggingTimesSeconds, staleSeconds, startLagSeconds, blank, calls, random, ...account }) => {
    const ages =
      blank.as === "none"
        ? { staleSeconds, laggingTimesSeconds: Math.min(laggingTimesSeconds, 5 - staleSeconds) }
        : { laggingTimesSeconds };
    const foreignSyncs = past.map((seconds, i) => ({ atMs: -200_000 + i * 90_000, seconds }));
    const first = Math.min(...calls.map(({ at }) => at));
    return {
      accounts: [
        {
          ...account,
          faults: { ...ages, startLagSeconds, foreignSyncs },
          blank: { as: blank.as, untilMs: first + blank.ms },
        },
      ],
      processes: [{ account: 0, loops: 2 }],
      random,
      calls: calls.map((call) => ({ ...patiently, ...call, process: 0 })),
    };
  });

/**
 * Worlds in which every call must succeed: the faults stay within the budgets. Few starts are wasted, few
 * requests in a row fail, and no request hangs before the service has been reached.
 */
export const bearableWorld: fc.Arbitrary<Plan> = fc
  .record({
    ...service(
      fc.oneof({ weight: 4, arbitrary: foreignSyncs(1) }, { weight: 1, arbitrary: backToBack(1, 60) }),
      8,
    ),
    latencyMs: ms(2, 400),
    deafTriggers: inOneOf(2, fc.constant(1)),
    perSecond: inOneOf(4, fc.integer({ min: 3, max: 20 })),
    troubles: fc.array(
      fc.record({
        trouble: anyTrouble.filter(
          (trouble) =>
            !(trouble.does === "refuse" && /^(Auth|Unauthorized)/.test(trouble.code)) &&
            !(trouble.does === "delay" && trouble.ms > 1_500),
        ),
        on: fc.constantFrom("poll" as const, "start" as const),
        after: fc.oneof(fc.nat(3), fc.nat(30)),
      }),
      { maxLength: 3 },
    ),
    processes: anyProcesses,
    neverCreated,
    calls: fc.array(
      fc.record({
        process: processNumber,
        loop: loopNumber,
        at: moments,
        calledAfter: delays,
        goal: fc.constantFrom<Call["goal"]>("finished", "finished", "started", "status"),
        timeoutMs: fc.constant(6 * 3_600_000),
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
      // Without times, only SYNCING shows a run, which must last long enough to be seen.
      syncSeconds: emptyTimes ? Math.max(10, world.syncSeconds) : world.syncSeconds,
      foreignSyncs: emptyTimes ? [] : world.foreignSyncs,
      troubles: world.troubles.filter(({ trouble, on, after }) => {
        if (trouble.does === "hang" && (calls.length > 1 || (on === "poll" && after < 3))) {
          return false;
        }
        wasted += on === "start" ? 1 : 0;
        return on !== "start" || wasted <= 1;
      }),
    });
  });

interface Drawn {
  readonly syncSeconds: number;
  readonly ages: {
    readonly staleSeconds: number;
    readonly laggingTimesSeconds?: number;
    readonly laggingStateSeconds?: number;
    readonly staleAlways: boolean;
    readonly seed: number;
  };
  readonly blank?: "NOTASK" | "none" | undefined;
  readonly startLag: number | undefined;
  readonly forgets: boolean;
  readonly emptyTimes: boolean;
  readonly neverEnds?: number | undefined;
  readonly deafTriggers: number | undefined;
  readonly busyTrigger: "join" | "FailedOperation" | "ResourceInUse";
  readonly unknownState?: string | undefined;
  readonly perSecond: number | undefined;
  readonly foreignSyncs: { atMs: number; seconds: number }[];
  readonly otherForeignSyncs?: { atMs: number; seconds: number }[];
  readonly latencyMs: number;
  readonly carriedOut: "early" | "late";
  readonly troubles: readonly Due[];
  readonly processes: readonly PlannedProcess[];
  readonly neverCreated: readonly { process: number; at: number }[];
  readonly calls: readonly PlannedCall[];
}

/**
 * The time for which answers have no times, from the first call on. The answers of an account that says
 * NOTASK must have them before an answer may be late (A2).
 */
const BLANK_MS = 3_000;
const LONG_BLANK_MS = 30_000;

function plan(drawn: Drawn): Plan {
  // Then only the state shows that there have been runs, so it must be true.
  const { seed, ...ages } = drawn.blank === "NOTASK" ? { seed: drawn.ages.seed } : drawn.ages;
  const { syncSeconds, latencyMs, carriedOut, perSecond, processes } = drawn;
  const faults = {
    ...ages,
    forgets: drawn.forgets && drawn.blank === undefined,
    emptyTimes: drawn.emptyTimes,
    busyTrigger: drawn.busyTrigger,
    ...(drawn.startLag !== undefined && { startLagSeconds: drawn.startLag }),
    ...(drawn.neverEnds !== undefined && { neverEnds: drawn.neverEnds }),
    ...(drawn.deafTriggers !== undefined && { deafTriggers: drawn.deafTriggers }),
    ...(drawn.unknownState !== undefined && { unknownState: drawn.unknownState }),
  };
  // A later answer shows the account as it is (A2).
  const blank = drawn.blank && {
    as: drawn.blank,
    untilMs:
      Math.min(...drawn.calls.map(({ at, calledAfter = 0 }) => at + calledAfter)) +
      (drawn.blank === "none" ? LONG_BLANK_MS : BLANK_MS),
  };
  const account = {
    syncSeconds,
    latencyMs,
    carriedOut,
    blank,
    ...(perSecond !== undefined && { perSecond }),
  };
  const there = <T extends { process: number }>(one: T): T => ({
    ...one,
    process: one.process % processes.length,
  });
  return {
    accounts: [
      { ...account, troubles: drawn.troubles, faults: { ...faults, foreignSyncs: drawn.foreignSyncs } },
      { ...account, faults: { ...faults, foreignSyncs: drawn.otherForeignSyncs ?? drawn.foreignSyncs } },
    ],
    processes,
    calls: drawn.calls.map((call) => ({
      ...there(call),
      // A read has no check.
      calledAfter: call.goal === "status" ? undefined : call.calledAfter,
      resumes: call.resumes.map(there),
    })),
    neverCreated: drawn.neverCreated.map(there),
    random: seed,
  };
}

const oneProcess: readonly PlannedProcess[] = [{ account: 0 }];
const share = fc.double({ min: 0, max: 1, noNaN: true });

/**
 * A crowd in one process whose resources are checked within the length of one run. Some calls follow later.
 */
export const healthyCrowd: fc.Arbitrary<Plan> = fc
  .record({
    ...healthy,
    syncSeconds: lengths,
    arrivals: fc.array(fc.tuple(share, inOneOf(2, share)), { minLength: 1, maxLength: 20 }),
  })
  .map(({ arrivals, syncSeconds, random, ...account }) => {
    const first = Math.min(...arrivals.map(([moment]) => moment));
    return {
      accounts: [{ ...account, syncSeconds }],
      processes: oneProcess,
      random,
      calls: arrivals.map(([moment, later = 0]) => {
        const at = (moment - first) * (1 - later) * syncSeconds * 1000;
        return { ...patiently, process: 0, at: Math.floor(at), calledAfter: Math.floor(later * at) };
      }),
    };
  });

/** Resources of one program that are all created at a time: each is checked, and called soon after. */
export const oneUp: fc.Arbitrary<Plan> = fc
  .record({
    ...healthy,
    syncSeconds: lengths,
    delays: fc.array(ms(0, 1_500), { minLength: 1, maxLength: 20, size: "max" }),
  })
  .map(({ delays, syncSeconds, random, ...account }) => ({
    accounts: [{ ...account, syncSeconds }],
    processes: oneProcess,
    random,
    calls: delays.map((calledAfter) => ({ ...patiently, process: 0, at: 0, calledAfter })),
  }));

/** Resources of one program; the engine works on so many at a time. */
export const limitedUp: fc.Arbitrary<Plan> = fc
  .record({
    ...healthy,
    syncSeconds: lengths,
    resources: fc.integer({ min: 1, max: 20 }),
    parallel: fc.integer({ min: 2, max: 8 }),
  })
  .map(({ resources, parallel, syncSeconds, random, ...account }) => ({
    accounts: [{ ...account, syncSeconds }],
    processes: oneProcess,
    parallel,
    random,
    calls: Array.from({ length: resources }, () => ({ ...patiently, process: 0, at: 0, calledAfter: 50 })),
  }));

/** Processes that share a limit, and start within the length of one run or so. */
export const limitedCrowd: fc.Arbitrary<Plan> = fc
  .record({
    ...healthy,
    syncSeconds: tenths(8, 60),
    perSecond: fc.integer({ min: 10, max: 20 }),
    arrivals: fc.array(ms(0, 5_000), { minLength: 20, maxLength: 50, size: "max" }),
  })
  .map(({ arrivals, syncSeconds, perSecond, random, ...account }) => ({
    accounts: [{ ...account, syncSeconds, perSecond }],
    processes: arrivals.map(() => ({ account: 0 })),
    random,
    calls: arrivals.map((at, process) => ({ ...patiently, process, at })),
  }));

/** Other pipelines sync without a pause, for much longer than any wait should take. */
export const crowdedWorld: fc.Arbitrary<Plan> = fc
  .record({
    ...healthy,
    ages,
    syncSeconds: lengths,
    from: ms(-60_000, 0),
    row: fc.array(fc.record({ seconds: tenths(2, 60), gapMs: ms(1, 1_500) }), { minLength: 1, maxLength: 4 }),
    calls: fc.array(
      fc.record({
        process: processNumber,
        loop: loopNumber,
        at: ms(0, 30_000),
        calledAfter: inOneOf(2, ms(0, 10_000)),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ ages: { seed: _any, ...ages }, from, row, calls, random, ...account }) => ({
    accounts: [{ ...account, faults: { ...ages, foreignSyncs: repeatRow(from, row, 600, 300) } }],
    processes: [0, 0, 0].map((account) => ({ account, loops: 2 })),
    random,
    calls: calls.map((call) => ({ ...patiently, ...call })),
  }));
