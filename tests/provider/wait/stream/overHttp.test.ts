import assert from "node:assert/strict";
import {
  type Emulator,
  emulatorAccount,
  type Faults,
  type GatewayFault,
  type Injection,
  startEmulator,
} from "../../../../emulator";
import { pulumiSettings } from "../../../../provider/account/config";
import { resolveConnection } from "../../../../provider/account/settings";
import { NoAnswer } from "../../../../provider/api/errors";
import { type CwpClient, connect } from "../../../../provider/cwp/client";
import type { SyncStatus } from "../../../../provider/cwp/status";
import { WaitError } from "../../../../provider/wait/run/waitError";
import { type Call, SyncLoop } from "../../../../provider/wait/stream/loop";
import { Turns } from "../../../../provider/wait/stream/turns";
import { HurriedTime } from "../../../hurriedTime";

/** The begin of every test: noon in the service's zone. */
const START = Date.UTC(2020, 10, 11, 4);
const NOON = "2020-11-11 12:00:00";
const MINUTE = 60_000;

/** The duration of a request in the test's time. */
const LATENCY_MS = 40;
/**
 * The limits of a request in real time, in milliseconds: in general, and if the test sends no whole answer.
 */
const REAL_LIMIT_MS = 5_000;
const REAL_LIMIT_OF_SILENCE_MS = 300;

/** A sync of another pipeline that ended an hour ago. */
const past = { atMs: START - 60 * MINUTE, seconds: 10 };
const PAST_START = "2020-11-11 11:00:00";
const PAST_END = "2020-11-11 11:00:10";

describe("The loop against a faulty service, over HTTP", () => {
  let time: HurriedTime;
  let emulator: Emulator;
  let loop: SyncLoop;
  let realLimitMs: number;

  const starts = () => emulator.requests.filter(({ sync }) => sync === true).length;
  const runs = () => emulator.world().runs.filter(({ startMs }) => startMs > START);

  beforeEach(() => {
    time = new HurriedTime(START);
    realLimitMs = REAL_LIMIT_MS;
  });
  afterEach(async () => {
    time.restore();
    await emulator.stop();
  });

  async function begin(faults: Faults = {}, syncSeconds = 10): Promise<void> {
    emulator = await startEmulator({ syncSeconds, faults });
    const connection = resolveConnection(
      { endpoint: emulator.url },
      pulumiSettings(() => undefined),
      {
        TENCENTCLOUD_SECRET_ID: emulatorAccount.secretId,
        TENCENTCLOUD_SECRET_KEY: emulatorAccount.secretKey,
      },
    );
    loop = new SyncLoop(delayed(connect(connection)), {
      turns: new Turns(time),
      clock: time,
      random: () => 0.5,
    });
  }

  /** The client, whose requests take their time on the test's clock. */
  function delayed(client: CwpClient): CwpClient {
    return {
      async syncMachines(sync, timeoutMs, signal) {
        let tookMs = LATENCY_MS;
        try {
          return await client.syncMachines(sync, realLimitMs, signal);
        } catch (error) {
          tookMs = error instanceof NoAnswer && error.code === "RequestTimeout" ? timeoutMs : LATENCY_MS;
          throw error;
        } finally {
          time.pass(tookMs);
        }
      },
    };
  }

  function call(call: Partial<Call> = {}): Promise<SyncStatus> {
    return loop.call({ goal: "finished", timeoutMs: 30 * MINUTE, ...call });
  }

  /** The call succeeds once a sync that started after it has ended, after so many requests to start it. */
  async function succeeds({ startsSent = 1, ...options }: Partial<Call> & { startsSent?: number } = {}) {
    const status = await call(options);
    assert.ok(
      runs().some(({ endMs }) => endMs <= time.now()),
      `no sync of its own has ended: ${JSON.stringify({ status, runs: emulator.world().runs })}`,
    );
    assert.equal(starts(), startsSent, "starts");
    return status;
  }

  /** The same, and the status shows the times of such a sync. */
  async function showsItsOwn(startsSent?: number): Promise<void> {
    const { latestStartTime, latestEndTime } = await succeeds({ ...(startsSent && { startsSent }) });
    assert.ok(latestStartTime >= NOON, `the start shown is ${latestStartTime}`);
    assert.ok(latestEndTime >= latestStartTime, `the end shown is ${latestEndTime}`);
  }

  async function fails(options: Partial<Call> = {}): Promise<WaitError> {
    const error: unknown = await call(options).then(
      (status) => assert.fail(`it succeeded with ${JSON.stringify(status)}`),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof WaitError)) {
      throw error;
    }
    return error;
  }

  describe("a call succeeds with a sync of its own", () => {
    const cases: readonly [title: string, faults: Faults, startsSent: number, syncSeconds?: number][] = [
      ["when all is well", {}, 1],
      ["when a sync ends within the second in which it began", {}, 1, 0],
      ["when a sync takes ten minutes", {}, 1, 600],
      ["when a sync starts late", { startLagSeconds: 4 }, 1],
      [
        "when a sync starts later than the first grace, with a second start that joins",
        { startLagSeconds: 12 },
        2,
      ],
      ["when a quick sync starts late", { startLagSeconds: 4 }, 1, 0],
      ["when answers are stale", { staleSeconds: 4, staleAlways: true }, 1],
      ["when answers are stale and the sync is quick", { staleSeconds: 4, staleAlways: true }, 1, 1],
      ["when answers are stale now and then", { staleSeconds: 5 }, 1],
      ["when a sync starts late and answers are stale", { startLagSeconds: 3, staleSeconds: 4 }, 1],
      ["when the service forgets the finished sync", { forgets: true }, 1],
      ["when it forgets and is stale", { forgets: true, staleSeconds: 4, staleAlways: true }, 1, 2],
      ["when the times lag a little", { laggingTimesSeconds: 3 }, 1],
      ["when the first request starts nothing", { deafTriggers: 1 }, 2],
      ["when the first two requests start nothing", { deafTriggers: 2 }, 3],
    ];
    for (const [title, faults, startsSent, syncSeconds] of cases) {
      // The first sync of all is known only if it is seen in progress: one that takes no time is followed by
      // another.
      const more = syncSeconds === 0 || syncSeconds === 0.5 ? 1 : 0;
      it(`${title}, on an account without a sync before`, async () => {
        await begin(faults, syncSeconds);
        await showsItsOwn(startsSent + more);
      });
      it(`${title}, on an account with a sync before`, async () => {
        await begin({ ...faults, foreignSyncs: [past] }, syncSeconds);
        await showsItsOwn(startsSent);
      });
    }

    it("when the service never gives a time", async () => {
      await begin({ emptyTimes: true }, 30);
      const { latestStartTime, latestEndTime } = await succeeds();
      assert.deepEqual([latestStartTime, latestEndTime], ["", ""]);
    });

    it("when the service never gives a time, and shows a quick sync only in the answer to a second start", async () => {
      await begin({ emptyTimes: true }, 1);
      await succeeds({ startsSent: 2 });
    });

    it("when the service gives no times and forgets", async () => {
      await begin({ emptyTimes: true, forgets: true, foreignSyncs: [past] }, 30);
      await succeeds();
    });

    it("when the times lag longer than a sync takes", async () => {
      await begin({ laggingTimesSeconds: 20, foreignSyncs: [past] }, 10);
      await succeeds();
    });
  });

  describe("a sync of another pipeline", () => {
    const elsewhere = (atMs: number, seconds = 30) => ({ foreignSyncs: [{ atMs: START + atMs, seconds }] });

    it("that was in progress is awaited, and does not count", async () => {
      await begin(elsewhere(-5_000));
      await showsItsOwn();
      const [foreign, own] = emulator.world().runs;
      assert.ok(foreign && own && own.startMs >= foreign.endMs);
      assert.notEqual(own.by, "foreign");
    });

    it("that was in progress is awaited even if answers are stale and finished syncs forgotten", async () => {
      await begin({ ...elsewhere(-5_000), staleSeconds: 4, staleAlways: true, forgets: true });
      await showsItsOwn();
      assert.notEqual(emulator.world().runs.at(-1)?.by, "foreign");
    });

    it("that was in progress does not count either if stale answers first show the end of the sync before", async () => {
      const [ended, current] = [
        { atMs: START - 14_000, seconds: 12 },
        { atMs: START - 1_000, seconds: 30 },
      ];
      await begin({ foreignSyncs: [past, ended, current], staleSeconds: 4, staleAlways: true });
      // Only an idle first answer is true in any case. This uses up the emulator's own true answer.
      emulator.world().syncMachines(false);
      await showsItsOwn();
      assert.equal(emulator.requests[0]?.answer, "SYNCING");
      assert.deepEqual(
        emulator.world().runs.map(({ by }) => by === "foreign"),
        [true, true, true, false],
      );
    });

    it("that was in progress and never ends leaves nothing to resume", async () => {
      await begin(elsewhere(-5_000, 1e9));
      const error = await fails({ timeoutMs: MINUTE });
      assert.match(
        error.message,
        /^No machine sync could be started within 1 min, since another sync was still in progress: .*SYNCING, started 2020-11-11 11:59:55/,
      );
      assert.match(error.message, /Run "pulumi up" again later, or allow more time with customTimeouts/);
      assert.equal(error.unfinished, undefined);
      assert.equal(starts(), 0);
    });

    for (const busyTrigger of ["join", "FailedOperation"] as const) {
      it(`that starts between the first poll and the start will do, when the start's answer is ${busyTrigger}`, async () => {
        await begin({ ...elsewhere(LATENCY_MS + 10), busyTrigger });
        await showsItsOwn();
        assert.deepEqual(
          emulator.world().runs.map(({ by }) => by),
          ["foreign"],
        );
      });

      it(`that starts in a late start's place will do, when a start's answer is ${busyTrigger}`, async () => {
        await begin({ ...elsewhere(6_000), startLagSeconds: 8, busyTrigger });
        await showsItsOwn();
        assert.equal(emulator.world().runs.length, 1);
      });
    }

    it("that starts after the first poll and refuses the start will do, though stale answers hide it", async () => {
      await begin({
        ...elsewhere(LATENCY_MS + 10),
        busyTrigger: "FailedOperation",
        staleSeconds: 4,
        staleAlways: true,
      });
      await showsItsOwn();
      assert.equal(emulator.world().runs.length, 1);
    });

    it("that starts as the own sync ends does not hide it for ever", async () => {
      await begin(elsewhere(12_000, 20));
      await showsItsOwn();
      assert.ok(time.now() < START + 45_000, "it waited long after both had ended");
    });

    it("will do while every start is refused, and few starts are sent", async () => {
      const often = Array.from({ length: 20 }, (_, i) => ({
        atMs: START + 6_000 + 14_000 * i,
        seconds: 8,
      }));
      await begin({ foreignSyncs: [past, ...often] });
      emulator.inject({ error: "ServiceUnavailable" }, { on: "start", times: 1_000 });
      const { latestStartTime } = await call();
      assert.ok(latestStartTime >= NOON);
      assert.ok(starts() > 0 && starts() <= 12, `${starts()} starts`);
      assert.ok(time.now() < START + 20_000, "a run that counts has ended");
    });

    it("during the own sync changes nothing", async () => {
      await begin(elsewhere(5_000, 20));
      await showsItsOwn();
      assert.equal(emulator.world().runs.length, 1);
    });
  });

  describe("a call fails in words", () => {
    it("when no request starts anything, after three of them", async () => {
      await begin({ deafTriggers: 100, foreignSyncs: [past] });
      const error = await fails();
      assert.equal(error.code, "NothingStarted");
      assert.match(
        error.message,
        /^CWP started no machine sync in 1 min \d+ s though it was asked 3 times: the last of \d+ answers was FINISHED, started 2020-11-11 11:00:00 \(RequestId [0-9a-f-]{36}\)/,
      );
      assert.match(error.message, /Check in the CWP console that a sync can be started by hand/);
      assert.equal(starts(), 3);
    });

    it("when the sync never ends, and the next call continues with it", async () => {
      await begin({ foreignSyncs: [past] }, 90);
      const error = await fails({ timeoutMs: MINUTE });
      assert.equal(error.code, "SyncTimeout");
      assert.match(error.message, /^The machine sync did not finish within 1 min: .*SYNCING, started /);
      assert.match(error.message, /the RequestId of the request that started it is [0-9a-f-]{36}/);
      assert.match(
        error.message,
        /Run "pulumi up" again to continue waiting for the same sync, or allow more time/,
      );
      assert.ok(time.now() - START <= MINUTE + 2_000, "it overran its time-out");

      const before = { state: "FINISHED", latestStartTime: PAST_START, latestEndTime: PAST_END };
      assert.deepEqual(error.unfinished, { ...before, shown: true, account: error.unfinished?.account });
      const again = await fails({ timeoutMs: 5_000, run: error.unfinished });
      assert.deepEqual(again.unfinished, error.unfinished);
      await succeeds({ run: again.unfinished });
      assert.equal(runs().length, 1);
    });

    it("when the sync never ends, at every further call", async () => {
      await begin({ neverEnds: true });
      let run = (await fails({ timeoutMs: 5 * MINUTE })).unfinished;
      for (let tries = 0; tries < 3; tries++) {
        assert.ok(run);
        ({ unfinished: run } = await fails({ timeoutMs: MINUTE, run }));
      }
      assert.equal(starts(), 1);
    });

    it("when its time ends before the sync has shown, and the next call finds it", async () => {
      await begin({ startLagSeconds: 8, foreignSyncs: [past] });
      const error = await fails({ timeoutMs: 4_000 });
      assert.match(error.message, /^The machine sync did not show within 4 s: .*FINISHED/);
      assert.equal(error.unfinished?.shown, false);
      await succeeds({ run: error.unfinished });
    });

    it("when syncs show no times and are too quick to be seen", async () => {
      await begin({ emptyTimes: true }, 0);
      assert.equal((await fails()).code, "NothingStarted");
      assert.equal(starts(), 3);
    });

    it("when only errors arrive until its time is up, even if it resumes a sync", async () => {
      await begin();
      emulator.inject({ error: "RequestLimitExceeded" }, { times: 1_000 });
      const fresh = await fails({ timeoutMs: 5_000 });
      assert.match(
        fresh.message,
        /^No answer within 5 s: RequestLimitExceeded: .*Run "pulumi up" again later, or/,
      );
      assert.equal(fresh.unfinished, undefined);
      const run = {
        state: "FINISHED",
        latestStartTime: PAST_START,
        latestEndTime: PAST_END,
        shown: true,
      } as const;
      const resumed = await fails({ timeoutMs: 5_000, run });
      assert.match(
        resumed.message,
        /^No answer within 5 s: .*continue waiting for the same sync, or allow more time/,
      );
      assert.deepEqual(resumed.unfinished, run);
    });

    it("when the state is unknown on the first poll", async () => {
      await begin({ unknownState: "PAUSED" });
      const error = await fails();
      assert.match(error.message, /^CWP answered with the state "PAUSED", which is none of NOTASK/);
      assert.equal(error.unfinished, undefined);
      assert.equal(emulator.requests.length, 1);
    });

    it("when the state becomes unknown during the sync, which the next call continues with", async () => {
      await begin();
      emulator.inject({ body: '{"Response":{"State":"PAUSED","RequestId":"r"}}' }, { on: "read", after: 2 });
      const error = await fails();
      assert.match(error.message, /"PAUSED".*Run "pulumi up" again to continue waiting for the same sync\.$/);
      await succeeds({ run: error.unfinished });
    });
  });

  /** The points of a call at which one request fails. */
  const moments = [
    ["on the first poll", { on: "read" }],
    ["on the start", { on: "start" }],
    ["in the middle of the wait", { on: "read", after: 3 }],
    ["on the poll that would show the end", { on: "read", after: 6 }],
  ] as const satisfies readonly [string, Injection][];

  describe("an error code that passes", () => {
    // errors.test.ts has all codes. A start and a poll distinguish these.
    const codes = ["RequestLimitExceeded", "ResourceInUse", "ServiceUnavailable", "FailedOperation"];
    for (const code of codes) {
      for (const [when, injection] of moments) {
        it(`is retried: ${code} ${when}`, async () => {
          await begin({ foreignSyncs: [past] });
          emulator.inject({ error: code }, injection);
          await showsItsOwn(injection.on === "start" ? 2 : 1);
          assert.equal(runs().length, 1);
          assert.equal(emulator.requests.filter(({ answer }) => answer === code).length, 1);
        });
      }
    }

    for (const [when, injection] of moments.slice(0, 3)) {
      it(`is retried ten times in a row: RequestLimitExceeded ${when}`, async () => {
        await begin();
        emulator.inject({ error: "RequestLimitExceeded" }, { ...injection, times: 10 });
        const { latestStartTime } = await call();
        assert.ok(latestStartTime >= NOON);
        assert.equal(runs().length, 1);
        assert.equal(emulator.requests.filter(({ answer }) => answer === "RequestLimitExceeded").length, 10);
      });
    }

    it("is retried for minutes: RequestLimitExceeded", async () => {
      await begin();
      emulator.inject({ error: "RequestLimitExceeded" }, { times: 200 });
      await showsItsOwn();
      assert.ok(time.now() - START > 5 * MINUTE, "the service did not refuse for minutes");
    });

    it("is retried until the call's time is up: RequestLimitExceeded", async () => {
      await begin();
      emulator.inject({ error: "RequestLimitExceeded" }, { times: 10_000 });
      const error = await fails({ timeoutMs: 5 * MINUTE });
      assert.match(
        error.message,
        /^No answer within 5 min: RequestLimitExceeded: .*\. Run "pulumi up" again later, or allow more time/,
      );
      assert.ok(emulator.requests.length < 250, `${emulator.requests.length} requests`);
      assert.equal(error.unfinished, undefined);
    });

    for (const code of ["InternalError", "FailedOperation"]) {
      it(`is retried a few times only: ${code}`, async () => {
        await begin();
        emulator.inject({ error: code }, { times: 10 });
        const error = await fails();
        assert.match(error.message, new RegExp(`^${code}: .*Tried 4 times in \\d+ s\\.`));
        assert.match(error.message, /Run "pulumi up" again later\.$/);
        assert.equal(emulator.requests.length, 4);
      });
    }

    it("leaves the sync to the next call if it does not pass during the wait", async () => {
      await begin({}, 60);
      emulator.inject({ error: "ServiceUnavailable" }, { on: "read", after: 3, times: 30 });
      const error = await fails();
      assert.match(
        error.message,
        /^ServiceUnavailable: .*Tried \d+ times in 2 min.*continue waiting for the same/,
      );
      await succeeds({ run: error.unfinished });
    });
  });

  describe("an error code that is final", () => {
    for (const code of ["AuthFailure.SignatureFailure", "ACodeOfTomorrow.WithKin"]) {
      for (const [when, injection] of moments.slice(0, 3)) {
        it(`ends the call at once: ${code} ${when}`, async () => {
          await begin();
          emulator.inject({ error: code, message: "So it is." }, { ...injection, times: 2 });
          const error = await fails();
          const [refused] = emulator.requests.filter(({ answer }) => answer === code);
          assert.ok(refused);
          assert.equal(error.code, code);
          assert.equal(error.requestId, refused.requestId);
          assert.ok(
            error.message.startsWith(`${code}: So it is (RequestId ${refused.requestId}). `),
            error.message,
          );
          assert.equal(emulator.requests.at(-1), refused, "it sent further requests");

          const isStarted = "after" in injection;
          assert.equal(error.unfinished !== undefined, isStarted);
          assert.equal(/continue waiting for the same sync/.test(error.message), isStarted);
        });
      }
    }
  });

  describe("a transport that fails", () => {
    /**
     * `carriedOut`: the request is carried out, though its answer is no good. `silent`: the client has to
     * wait for its limit.
     */
    const cases: readonly [
      title: string,
      fault: GatewayFault,
      { carriedOut?: boolean; silent?: boolean }?,
    ][] = [
      ["HTTP 500", { http: 500 }],
      ["HTTP 502 with a page", { http: 502, body: "<html>Bad Gateway</html>" }],
      ["HTTP 503", { http: 503 }],
      ["HTTP 504", { http: 504 }],
      ["HTTP 429", { http: 429 }],
      ["a web page", { html: true }],
      ["an answer cut off", { truncate: true }, { carriedOut: true }],
      ["an empty answer", { empty: true }],
      ["a reset connection", { reset: true }],
      ["no answer", { hang: true }, { silent: true }],
      ["an answer far too late", { delaySeconds: 30 }, { carriedOut: true, silent: true }],
      ["a lost answer", { loseAnswer: true }, { carriedOut: true }],
      ["JSON without a Response", { body: "{}" }],
      ["JSON that is no object", { body: "null" }],
      ["a Response without a State", { body: '{"Response":{"RequestId":"r"}}' }],
      ["an Error without a code", { body: '{"Response":{"Error":{},"RequestId":"r"}}' }],
    ];
    for (const [title, fault, { carriedOut = false, silent = false } = {}] of cases) {
      for (const [when, injection] of moments.slice(0, 3)) {
        const onStart = injection.on === "start";
        const how = onStart && carriedOut ? ", without a second start" : "";
        it(`is retried: ${title} ${when}${how}`, async () => {
          await begin({ foreignSyncs: [past] });
          emulator.inject(fault, injection);
          realLimitMs = silent ? REAL_LIMIT_OF_SILENCE_MS : REAL_LIMIT_MS;
          await showsItsOwn(onStart && !carriedOut ? 2 : 1);
          assert.equal(runs().length, 1, "syncs that were started");
        });
      }
    }

    for (const syncSeconds of [0, 3, 120]) {
      it(`costs no second sync when the start's answer is lost and a sync takes ${syncSeconds} s`, async () => {
        await begin({ foreignSyncs: [past], staleSeconds: 4, staleAlways: true }, syncSeconds);
        emulator.inject({ loseAnswer: true }, { on: "start" });
        await showsItsOwn();
        assert.equal(runs().length, 1);
      });
    }

    it("leaves a lost start's sync to the next call when the time is up", async () => {
      await begin({ foreignSyncs: [past] });
      emulator.inject({ loseAnswer: true }, { on: "start" });
      emulator.inject({ reset: true }, { on: "read", after: 1, times: 20 });
      const error = await fails({ timeoutMs: 5_000 });
      assert.match(
        error.message,
        /^The machine sync did not show within 5 s: .*failed requests: \d+ NetworkFail/,
      );
      assert.match(error.message, /continue waiting for the same sync/);
    });

    it("does no harm when every answer is slow", async () => {
      await begin();
      emulator.inject({ delaySeconds: 0.02 }, { times: 1_000 });
      await showsItsOwn();
    });

    it("does no harm when every other connection is reset", async () => {
      await begin({ foreignSyncs: [past] });
      // Each fault lets one request more pass than the fault before it, not counting requests that are reset.
      for (let after = 0; after < 20; after++) {
        emulator.inject({ reset: true }, { after });
      }
      const { latestStartTime } = await call();
      assert.ok(latestStartTime >= NOON);
      assert.equal(runs().length, 1);
    });

    for (const http of [302, 403, 404, 413]) {
      it(`ends the call at once: HTTP ${http}`, async () => {
        await begin();
        emulator.inject({ http }, { times: 2 });
        const { message } = await fails();
        assert.match(message, new RegExp(`^127\\.0\\.0\\.1:\\d+ answered with HTTP status ${http}\\.`));
        assert.match(message, /Check the network, tencentcloud-cwp:endpoint and the proxy settings/);
        assert.equal(emulator.requests.length, 1);
      });
    }

    const lasting: readonly [title: string, fault: GatewayFault, says: RegExp][] = [
      ["HTTP 503", { http: 503 }, /answered with HTTP status 503\. Tried \d+ times.*again later\.$/],
      ["a web page", { html: true }, /A proxy or a wrong endpoint answers like this.*Tried/],
      ["resets", { reset: true }, /No connection to 127\.0\.0\.1:\d+: .*Check the network.*Tried/],
      ["empty answers", { empty: true }, /JSON of a Tencent Cloud API.*Tried/],
    ];
    for (const [title, fault, says] of lasting) {
      it(`ends the call within seconds when it has never worked: ${title}`, async () => {
        await begin();
        emulator.inject(fault, { times: 1_000 });
        const error = await fails();
        assert.match(error.message, says);
        assert.equal(error.unfinished, undefined);
        assert.ok(time.now() - START < 15_000, "it took too long");
      });
    }

    it("is given two tries when it never answers", async () => {
      await begin();
      emulator.inject({ hang: true }, { times: 1_000 });
      realLimitMs = REAL_LIMIT_OF_SILENCE_MS;
      const { message } = await fails();
      assert.match(
        message,
        /did not answer within .*Tried 2 times in \d+ s\. Run "pulumi up" again later\.$/,
      );
      assert.ok(time.now() - START < 30_000, "it took too long");
    });
  });

  describe("a call that does not wait", () => {
    it("for the status is retried, and starts no sync", async () => {
      await begin({ foreignSyncs: [past] });
      emulator.inject({ error: "RequestLimitExceeded" }, { times: 2 });
      emulator.inject({ http: 502 });
      const { latestStartTime } = await call({ goal: "status" });
      assert.equal(latestStartTime, PAST_START);
      assert.equal(starts(), 0);
    });

    it("for the end of a sync starts a sync though its answer is lost", async () => {
      await begin({ foreignSyncs: [past] }, 600);
      emulator.inject({ loseAnswer: true }, { on: "start" });
      const { state, latestStartTime } = await call({ goal: "started" });
      assert.equal(state, "SYNCING");
      assert.ok(latestStartTime >= NOON);
      assert.equal(starts(), 1);
    });

    it("for the end of a sync still waits for a sync that was in progress", async () => {
      await begin({ foreignSyncs: [{ atMs: START - 5_000, seconds: 30 }], busyTrigger: "FailedOperation" });
      await call({ goal: "started" });
      assert.notEqual(emulator.world().runs.at(-1)?.by, "foreign");
      assert.equal(starts(), 1);
    });
  });
});
