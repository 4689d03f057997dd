import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { type Emulator, emulatorAccount, type Faults, startEmulator } from "../../../emulator";
import { pulumiSettings } from "../../../provider/account/config";
import { resolveConnection } from "../../../provider/account/settings";
import { RenewedCredentials } from "../../../provider/api/renewedCredentials";
import { askBy } from "../../../provider/check/connections";
import { judge } from "../../../provider/check/judge";
import { type Observation, type ObservationEnd, observe } from "../../../provider/check/observe";
import { HurriedTime } from "../../hurriedTime";
import type { StandIn } from "../api/standIns";
import { type Meddling, type Passed, type Status, startRelay } from "./relay";

const START = Date.UTC(2020, 10, 11, 4);
const MINUTE = 60_000;
const SYNC_SECONDS = 20;
/** The duration of a request in the test's time. */
const LATENCY_MS = 40;

/** The first poll of a new connection receives an idle answer, even during a sync. */
function idleToNewConnections(): Meddling {
  const isNew = newness();
  let idle: Status | undefined;
  return {
    change(status, passed) {
      idle = status.State === "SYNCING" ? idle : status;
      return isNew(passed) && idle ? idle : status;
    },
  };
}

/** Returns a function that is true for the first request of each connection. */
function newness(): (passed: Passed) => boolean {
  const known = new Set<Socket>();
  return ({ connection }) => {
    const isNew = !known.has(connection);
    known.add(connection);
    return isNew;
  };
}

/** A start in the middle of a sync begins another sync, which ends with the first. */
function anotherBeside(): Meddling {
  let last: Status | undefined;
  let another = "";
  return {
    change(status, { isStart }) {
      if (isStart && last?.State === "SYNCING") {
        another = new Date(Date.now() + 8 * 60 * MINUTE).toISOString().slice(0, 19).replace("T", " ");
      }
      last = status;
      return another > status.LatestStartTime ? { ...status, LatestStartTime: another } : status;
    },
  };
}

describe("A watch of an account", () => {
  let time: HurriedTime;
  let emulator: Emulator;
  let relay: StandIn | undefined;
  let end: ObservationEnd;

  beforeEach(() => {
    time = new HurriedTime(START);
  });
  afterEach(async () => {
    time.restore();
    await relay?.stop();
    relay = undefined;
    await emulator.stop();
  });

  async function begin(faults: Faults = {}, syncSeconds = SYNC_SECONDS): Promise<void> {
    emulator = await startEmulator({ syncSeconds, faults });
  }

  /** Watches it over HTTP, in no real time, and judges its record. */
  async function watchAndJudge(
    options: Partial<Observation> = {},
    meddling?: Meddling,
  ): Promise<ReturnType<typeof judge>> {
    relay = meddling && (await startRelay(emulator.url, meddling));
    const connection = resolveConnection(
      { endpoint: relay ? `http://127.0.0.1:${relay.port}` : emulator.url },
      pulumiSettings(() => undefined),
      {
        TENCENTCLOUD_SECRET_ID: emulatorAccount.secretId,
        TENCENTCLOUD_SECRET_KEY: emulatorAccount.secretKey,
      },
    );
    const ask = askBy(connection, new RenewedCredentials(connection.credentials));
    end = await observe({
      ask: (...request) => ask(...request).finally(() => time.pass(LATENCY_MS)),
      clock: time,
      timeoutMs: 30 * MINUTE,
      signal: new AbortController().signal,
      show() {},
      random: () => 0.5,
      ...options,
    });
    return judge(end.answers);
  }

  const starts = () => end.answers.filter(({ request }) => request === "start");
  /** The third start was sent in the middle of the second sync. */
  function startedInTheMiddle(lagSeconds = 0): void {
    const [, second, busy, ...more] = starts();
    assert.ok(second && busy && more.length === 0);
    const afterMs = busy.sentMs - second.sentMs - lagSeconds * 1000;
    assert.ok(
      Math.abs(afterMs - SYNC_SECONDS * 500) < 3_000,
      `it was sent ${afterMs} ms after its beginning`,
    );
  }
  const verdictsOf = ({ A1, A2, A3 }: ReturnType<typeof judge>) =>
    [A1, A2, A3].map(({ verdict }) => verdict).join(", ");

  const honest: readonly [it: string, faults: Faults, busyStart: string][] = [
    ["that is healthy", {}, "joined"],
    ["that forgets its syncs", { forgets: true }, "joined"],
    ["that refuses busy starts", { busyTrigger: "FailedOperation" }, "refused"],
    ["that refuses them as in use", { busyTrigger: "ResourceInUse" }, "refused"],
    ["whose times lag", { laggingTimesSeconds: 2 }, "joined"],
    ["whose syncs start late", { startLagSeconds: 7 }, "joined"],
    ["with another pipeline's sync", { foreignSyncs: [{ atMs: START - 5_000, seconds: 15 }] }, "joined"],
  ];
  for (const [it_, faults, busyStart] of honest) {
    it(`finds that all assumptions hold for a service ${it_}`, async () => {
      await begin(faults);
      const findings = await watchAndJudge();
      assert.equal(verdictsOf(findings), "held, held, held", JSON.stringify(findings, undefined, 2));
      assert.equal(findings.busyStart, busyStart);
      assert.equal(end.why, "done");
      assert.equal(emulator.runs().filter(({ by }) => by !== "foreign").length, 2);
      const [, second, busy] = starts();
      assert.equal(starts().length, 3);
      const afterMs = (busy?.sentMs ?? 0) - (second?.sentMs ?? 0);
      const middleMs = SYNC_SECONDS * 500 + 1000 * (faults.startLagSeconds ?? 0);
      assert.ok(
        Math.abs(afterMs - middleMs) < 3_000,
        `the busy start was sent ${afterMs} ms after the second`,
      );
    });
  }

  it("polls on after the end of each sync, for longer than an answer may be old", async () => {
    await begin();
    await watchAndJudge();
    const states = end.answers.map((one) => ("state" in one ? one.state : ""));
    const ends = end.answers.filter((_, i) => states[i] === "FINISHED" && states[i - 1] === "SYNCING");
    const next = [starts()[1]?.sentMs ?? 0, end.answers.at(-1)?.sentMs ?? 0];
    assert.equal(ends.length, 2);
    for (const [i, { sentMs }] of ends.entries()) {
      assert.ok((next[i] ?? 0) - sentMs > 5_000);
    }
  });

  it("finds that all holds for a service whose answers lag by 3 s", async () => {
    await begin({ staleSeconds: 3, staleAlways: true });
    const findings = await watchAndJudge();
    assert.equal(verdictsOf(findings), "held, held, held", JSON.stringify(findings, undefined, 2));
    const { longestStaleMs = 0 } = findings;
    assert.ok(longestStaleMs > 2_000 && longestStaleMs <= 3_000, `${longestStaleMs}`);
  });

  it("measures the delay until a sync shows, and the age of answers", async () => {
    await begin({ startLagSeconds: 7 });
    const { startLagMs = 0, longestStaleMs } = await watchAndJudge();
    assert.ok(startLagMs >= 7_000 && startLagMs <= 8_000, `${startLagMs}`);
    assert.equal(longestStaleMs, 0);
  });

  it("waits for a sync in progress before it starts its own", async () => {
    await begin({ foreignSyncs: [{ atMs: START - 5_000, seconds: 65 }] });
    await watchAndJudge();
    assert.ok((starts()[0]?.sentMs ?? 0) >= 60_000);
  });

  it("sends two polls a second, on two connections at a time, one of them new in each sync", async () => {
    await begin();
    await watchAndJudge();
    for (const [i, { sentMs }] of end.answers.entries()) {
      assert.ok(i === 0 || sentMs - (end.answers[i - 1]?.sentMs ?? 0) >= 500);
    }
    const perSecond = end.answers.length / ((end.answers.at(-1)?.receivedMs ?? 0) / 1000);
    assert.ok(perSecond > 1.7, `${perSecond}`);
    assert.deepEqual([...new Set(end.answers.map(({ connection }) => connection))], [1, 2, 3]);
    const lastOf2 = end.answers.findLastIndex(({ connection }) => connection === 2);
    assert.ok(end.answers.findIndex(({ connection }) => connection === 3) > lastOf2);
  });

  it("finds answers that are 8 s old", async () => {
    await begin({ staleSeconds: 8, staleAlways: true });
    const { A1, A2, A3, longestStaleMs = 0 } = await watchAndJudge();
    assert.deepEqual([A1.verdict, A2.verdict, A3.verdict], ["held", "broken", "held"]);
    assert.match(
      A2.why,
      /^An answer was 7\.\d s behind: connection \d received \w+ \(.*\) at [\d.]+ s, though an answer at [\d.]+ s had shown SYNCING \(started 2020-11-11 12:\d\d:\d\d/,
    );
    assert.ok(longestStaleMs > 7_000 && longestStaleMs <= 8_000, `${longestStaleMs}`);
  });

  it("finds an idle answer to the first poll of a connection during a sync", async () => {
    await begin();
    const { A1, A2, A3 } = await watchAndJudge({}, idleToNewConnections());
    assert.deepEqual([A1.verdict, A2.verdict, A3.verdict], ["broken", "held", "held"]);
    assert.match(
      A1.why,
      /^The first poll of connection 2, sent at [\d.]+ s, received NOTASK \(no times\), while a sync was in progress that another connection had seen\.$/,
    );
  });

  it("finds it even if CWP gives no times", async () => {
    await begin({ emptyTimes: true, startLagSeconds: 2 });
    const { A1, A2, A3 } = await watchAndJudge({}, idleToNewConnections());
    assert.deepEqual([A1.verdict, A2.verdict, A3.verdict], ["broken", "not seen", "not seen"]);
    startedInTheMiddle(2);
  });

  it("finds a sync that begins beside another sync", async () => {
    await begin();
    const findings = await watchAndJudge({}, anotherBeside());
    const { A1, A2, A3, busyStart } = findings;
    assert.deepEqual(
      [A1.verdict, A2.verdict, A3.verdict],
      ["held", "held", "broken"],
      JSON.stringify(findings),
    );
    assert.match(
      A3.why,
      /^The start moved from 2020-11-11 [\d:]{8} to 2020-11-11 [\d:]{8} before an answer showed an end of the first sync\.$/,
    );
    assert.equal(busyStart, "began another");
  });

  it("ends if others use up the limit, and names the facts that it could not see", async () => {
    await begin();
    emulator.inject({ error: "RequestLimitExceeded" }, { times: 100_000 });
    const { A1, A2, A3 } = await watchAndJudge({ timeoutMs: 5 * MINUTE });
    assert.deepEqual([A2, A3], [A1, A1]);
    assert.equal(end.why, "timeout");
    assert.ok(time.now() - START <= 5 * MINUTE + LATENCY_MS);
    assert.equal(A1.verdict, "not seen");
    assert.match(
      A1.why,
      /^Polls inside a sync: 0\. A verdict needs 20\. Failed requests: \d+ RequestLimitExceeded\.$/,
    );
    // Slower and slower, to one request in some seconds.
    assert.ok(end.answers.length < 100, `${end.answers.length} requests`);
  });

  it("continues if some requests are refused for the limit", async () => {
    await begin({}, 120);
    emulator.inject({ error: "RequestLimitExceeded" }, { times: 1, after: 3 });
    emulator.inject({ error: "RequestLimitExceeded" }, { times: 7, on: "start" });
    emulator.inject({ error: "RequestLimitExceeded" }, { times: 3, on: "start", after: 2 });
    emulator.inject({ error: "RequestLimitExceeded" }, { times: 3, after: 40 });
    assert.equal(verdictsOf(await watchAndJudge()), "held, held, held");
  });

  it("takes any code for a refusal of a start in the middle of a sync", async () => {
    await begin();
    emulator.inject({ error: "OperationDenied.SyncInProgress" }, { on: "start", after: 2 });
    const findings = await watchAndJudge();
    assert.equal(verdictsOf(findings), "held, held, held");
    assert.deepEqual([end.why, findings.busyStart], ["done", "refused"]);
  });

  it("ends soon if there is no network", async () => {
    await begin();
    emulator.inject({ reset: true }, { times: 100_000 });
    await watchAndJudge();
    assert.equal(end.why, "failed");
    assert.match(end.error?.message ?? "", /^No connection to /);
    assert.ok(time.now() - START < 30_000);
  });

  it("ends at once if the action is not allowed", async () => {
    await begin({ deniedActions: ["SyncMachines"] });
    await watchAndJudge();
    assert.equal(end.why, "failed");
    assert.equal(end.answers.length, 1);
    assert.equal(end.error?.code, "AuthFailure.UnauthorizedOperation");
  });

  it("records an unknown state unchanged, and ends", async () => {
    await begin({ unknownState: "PAUSED" });
    await watchAndJudge();
    assert.equal(end.error?.code, "UnknownState");
    assert.deepEqual(
      end.answers.map((one) => "state" in one && one.state),
      ["PAUSED"],
    );
  });

  it("ends if a start is taken and begins nothing", async () => {
    await begin({ deafTriggers: 1 });
    await watchAndJudge();
    assert.equal(end.why, "nothing shown");
    assert.equal(starts().length, 1);
  });

  it("starts no other sync if the answer to its start was lost", async () => {
    await begin();
    emulator.inject({ loseAnswer: true }, { on: "start" });
    const findings = await watchAndJudge();
    assert.equal(verdictsOf(findings), "held, held, held");
    assert.equal(emulator.runs().length, 2);
  });

  it("gives up if every start is refused", async () => {
    await begin();
    emulator.inject({ error: "FailedOperation" }, { times: 100_000, on: "start" });
    await watchAndJudge();
    assert.equal(end.why, "refused");
    assert.equal(starts().length, 5);
    assert.equal(end.error?.code, "FailedOperation");
  });

  it("ends early at its deadline, with what it has seen", async () => {
    await begin({}, 600);
    const { A1, A3 } = await watchAndJudge({ timeoutMs: 2 * MINUTE });
    assert.equal(end.why, "timeout");
    assert.ok(end.answers.length > 200);
    assert.equal(A1.verdict, "held");
    assert.deepEqual(A3, { verdict: "not seen", why: "No start was answered in the middle of a sync." });
  });

  it("ends at once when it is interrupted", async () => {
    await begin();
    const interrupt = new AbortController();
    await watchAndJudge({
      signal: interrupt.signal,
      show: (_watch, answers) => answers.length === 10 && interrupt.abort(),
    });
    assert.equal(end.why, "interrupted");
    assert.equal(end.answers.length, 10);
  });

  it("keeps no key, host, account or RequestId", async () => {
    await begin();
    await watchAndJudge();
    const fields = new Set(end.answers.flatMap((answer) => Object.keys(answer)));
    assert.deepEqual([...fields].sort(), [
      "connection",
      "latestEndTime",
      "latestStartTime",
      "receivedMs",
      "request",
      "sentMs",
      "state",
    ]);
  });
});
