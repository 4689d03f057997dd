import assert from "node:assert/strict";
import type { CwpClient } from "../../../../provider/cwp/client";
import { SETTLE_MS } from "../../../../provider/wait/run/evidence";
import { PATIENCE_UNREACHED_MS } from "../../../../provider/wait/run/failureRow";
import { CLOSEST_MS, CLOSEST_POLLS_MS } from "../../../../provider/wait/run/schedule";
import { WaitError } from "../../../../provider/wait/run/waitError";
import { type Call, SyncLoop } from "../../../../provider/wait/stream/loop";
import { REQUEST_MS } from "../../../../provider/wait/stream/requests";
import { Turns } from "../../../../provider/wait/stream/turns";
import { VirtualClock } from "../../../virtualClock";
import { Account, type Due, type Trouble, virtualTime } from "../account";
import { HOUR, type Outcome, Scene } from "../scene";

function always(trouble: Trouble, on: Due["on"] = "any", times = 1000): Due[] {
  return Array.from({ length: times }, () => ({ trouble, on, after: 0 }));
}

function once(trouble: Trouble, on: Due["on"] = "any", after = 0): Due[] {
  return [{ trouble, on, after }];
}

function assertSucceeded(outcome: Outcome): void {
  assert.ok(outcome.status, `the call did not succeed: ${outcome.error ?? "it has not ended"}`);
}

function failedWith(outcome: Outcome, code: string): WaitError {
  assert.ok(outcome.error instanceof WaitError, `no failure: ${JSON.stringify(outcome)}`);
  assert.equal(outcome.error.code, code, outcome.error.message);
  return outcome.error;
}

describe("The machine syncs of an account", () => {
  describe("for one wait", () => {
    it("poll, start once, and only poll from then on", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const one = scene.call(0);
      await scene.run();
      assertSucceeded(one);
      assert.deepEqual(
        scene.account.sent.slice(0, 3).map(({ sync }) => sync),
        [false, true, false],
      );
      assert.equal(scene.starts.length, 1);
      assert.ok(one.at >= 60_000 && one.at < 75_000, `seen at ${one.at} ms`);
    });

    it("wait for a sync that was in progress, and then for a sync of its own", async () => {
      const scene = new Scene({ syncSeconds: 20, faults: { foreignSyncs: [{ atMs: -5_000, seconds: 30 }] } });
      const one = scene.call(0);
      await scene.run();
      assertSucceeded(one);
      assert.equal(scene.starts.length, 1);
      assert.ok((scene.starts[0] ?? 0) >= 25_000, "the start waited for the end of the other sync");
      assert.ok(one.at >= 45_000);
    });

    it("answer a status with one poll, whatever is in progress", async () => {
      const scene = new Scene({ syncSeconds: 20, faults: { foreignSyncs: [{ atMs: -5_000, seconds: 30 }] } });
      const one = scene.call(0, { goal: "status" });
      await scene.run();
      assert.equal(one.status?.state, "SYNCING");
      assert.deepEqual(scene.account.sent, [{ at: 0, sync: false, refused: false }]);
    });

    it("do not wait for the end of a sync that only had to be started", async () => {
      const scene = new Scene({ syncSeconds: 600 });
      const one = scene.call(0, { goal: "started" });
      await scene.run();
      assertSucceeded(one);
      assert.equal(scene.starts.length, 1);
      assert.ok(one.at < 1_000);
    });

    it("resume the sync of a call that timed out, with no second start", async () => {
      const scene = new Scene({ syncSeconds: 300 });
      const first = scene.call(0, { timeoutMs: 60_000 });
      await scene.run();
      const { unfinished } = failedWith(first, "SyncTimeout");
      assert.ok(unfinished?.shown);
      const second = scene.call(30_000, { run: unfinished });
      await scene.run();
      assertSucceeded(second);
      assert.equal(scene.starts.length, 1);
      assert.ok(second.at >= 300_000 && second.at < 360_000);
    });
  });

  describe("for many waits", () => {
    it("cost one start and one stream of polls, however many begin at once", async () => {
      const alone = new Scene({ syncSeconds: 60 });
      alone.call(0);
      await alone.run();
      const crowd = new Scene({ syncSeconds: 60 });
      const all = Array.from({ length: 50 }, () => crowd.call(0));
      await crowd.run();
      all.forEach(assertSucceeded);
      assert.deepEqual(crowd.account.sent, alone.account.sent);
    });

    it("count for all waits that begin before the start", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const all = [0, 50, 110, 150].map((at) => scene.call(at));
      await scene.run();
      all.forEach(assertSucceeded);
      assert.equal(scene.starts.length, 1);
    });

    it("share the next sync among all waits that begin later", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const first = scene.call(0);
      const later = [5_000, 20_000, 59_000].map((at) => scene.call(at));
      await scene.run();
      assertSucceeded(first);
      later.forEach(assertSucceeded);
      assert.equal(scene.starts.length, 2);
      assert.ok(first.at < 70_000, "the first does not wait for the second sync");
      for (const { at } of later) {
        assert.ok(at >= 120_000, "the later waits do");
      }
    });

    it("poll once for the waits that begin later, to know the newest sync then", async () => {
      const alone = new Scene({ syncSeconds: 600 });
      alone.call(0);
      await alone.clock.run(590_000);
      const scene = new Scene({ syncSeconds: 600 });
      scene.call(0);
      Array.from({ length: 20 }, () => scene.call(60_000));
      await scene.clock.run(590_000);
      assert.ok(scene.requests.includes(60_000 + SETTLE_MS + 1));
      assert.ok(scene.requests.length <= alone.requests.length + 1, `${scene.requests.length} requests`);
    });

    it("poll no more often than every half second for waits that keep beginning", async () => {
      const scene = new Scene({ syncSeconds: 600 });
      scene.call(0);
      Array.from({ length: 100 }, (_, i) => scene.call(60_000 + i * 50));
      await scene.clock.run(590_000);
      const polls = scene.requests.filter((at) => at >= 60_000);
      const gaps = polls.slice(1).map((at, i) => at - (polls[i] ?? 0));
      assert.ok(Math.min(...gaps) >= CLOSEST_POLLS_MS, `gaps of ${gaps}`);
    });

    it("start the next sync at once for late waits, however short the first", async () => {
      const scene = new Scene({ syncSeconds: 2 });
      const first = scene.call(0);
      const late = [500, 1_000, 1_500].map((at) => scene.call(at));
      await scene.run();
      late.forEach(assertSucceeded);
      assert.equal(scene.starts.length, 2);
      assert.ok((scene.starts[1] ?? 0) - first.at < 500, "they waited for what the first had already seen");
    });

    it("are as patient with a service that has answered other waits before", async () => {
      const alone = new Scene({ syncSeconds: 2 });
      alone.call(0);
      await alone.run();
      const drop = { trouble: { does: "drop" }, on: "any", after: alone.requests.length } as const;
      const scene = new Scene({ syncSeconds: 2, troubles: Array.from({ length: 7 }, () => drop) });
      const first = scene.call(0);
      const late = scene.call(60_000);
      await scene.run();
      [first, late].forEach(assertSucceeded);
      assert.ok(late.at > 60_000 + PATIENCE_UNREACHED_MS, "the outage was too short for this test");
    });

    it("poll at once when all waits have given up whose run they awaited", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      scene.call(0, { timeoutMs: 5_000 });
      const late = scene.call(500);
      const run = { state: "NOTASK", latestStartTime: "", latestEndTime: "", shown: true } as const;
      scene.call(800, { run, timeoutMs: 4_200 });
      await scene.run();
      assertSucceeded(late);
      assert.ok(late.at < 136_000, `it was served at ${late.at} ms`);
    });

    it("do not count the run of a start for a wait that began while the start was in progress", async () => {
      const delay: Trouble = { does: "delay", ms: 2_000, carriedOut: "early" };
      const scene = new Scene({ syncSeconds: 1, troubles: once(delay, "start") });
      const first = scene.call(0);
      const second = scene.call(1_500);
      await scene.run();
      assertSucceeded(first);
      assertSucceeded(second);
      assert.equal(scene.starts.length, 2);
    });

    it("do not delay a start for long while more waits keep beginning", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      Array.from({ length: 100 }, (_, i) => scene.call(i * 50));
      await scene.run();
      assert.ok((scene.starts[0] ?? 0) <= 2_500, `the first start went out at ${scene.starts[0]} ms`);
      assert.equal(scene.starts.length, 2);
    });

    it("start no sync in the second in which the sync before started, since both would leave the same record", async () => {
      const scene = new Scene({ syncSeconds: 0.1 });
      const all = [0, 150, 300, 450, 600].map((at) => scene.call(at));
      await scene.run();
      all.forEach(assertSucceeded);
      const seconds = scene.account.runs.map(({ startMs }) => Math.floor(startMs / 1000));
      assert.equal(new Set(seconds).size, seconds.length, `started in the seconds ${seconds}`);
    });

    it("start no sync in that second either if the sync before was not awaited", async () => {
      const scene = new Scene({ syncSeconds: 0.1 });
      const both = [scene.call(0, { goal: "started" }), scene.call(200)];
      await scene.run();
      both.forEach(assertSucceeded);
      const seconds = scene.account.runs.map(({ startMs }) => Math.floor(startMs / 1000));
      assert.equal(new Set(seconds).size, 2, `started in the seconds ${seconds}`);
      assert.equal(scene.starts.length, 2);
    });

    it("hold every wait to its own deadline, and fail no other wait", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const hasty = scene.call(0, { timeoutMs: 5_000 });
      const patient = scene.call(0);
      await scene.run();
      failedWith(hasty, "SyncTimeout");
      assert.ok(hasty.at >= 5_000 && hasty.at < 6_000);
      assertSucceeded(patient);
      assert.equal(scene.starts.length, 1);
    });

    it("fail all waits with an error that no retry helps, after one request", async () => {
      const scene = new Scene({
        syncSeconds: 60,
        troubles: once({ does: "refuse", code: "AuthFailure.SecretIdNotFound" }),
      });
      const all = [0, 0, 0].map((at) => scene.call(at));
      await scene.run();
      for (const outcome of all) {
        failedWith(outcome, "AuthFailure.SecretIdNotFound");
      }
      assert.equal(scene.requests.length, 1);
    });
  });

  describe("when the service refuses every start", () => {
    const others = Array.from({ length: 200 }, (_, i) => ({ atMs: 3_000 + i * 14_000, seconds: 8 }));

    for (const code of [
      "ResourceInUse",
      "ResourceUnavailable",
      "ServiceUnavailable",
      "RequestLimitExceeded",
      "RequestLimitExceeded.UinLimitExceeded",
    ]) {
      it(`end with the first sync of another pipeline that counts: ${code}`, async () => {
        for (const at of [0, 5_000, 12_000]) {
          const scene = new Scene({
            syncSeconds: 60,
            faults: { foreignSyncs: others },
            troubles: always({ does: "refuse", code }, "start", 5_000),
            random: () => 0.5,
          });
          const one = scene.call(at);
          await scene.run();
          assertSucceeded(one);
          const first = scene.account.runs.find(({ startMs }) => startMs > at);
          const { endMs } = first ?? assert.fail();
          assert.ok(one.at <= endMs + 8_000, `it ended at ${one.at} ms, the sync at ${endMs} ms`);
          assert.ok(scene.starts.length <= 12, `${scene.starts.length} starts`);
        }
      });
    }

    it("fail after two minutes if no other sync begins, and warn after 15 s", async () => {
      const troubles = always({ does: "refuse", code: "ServiceUnavailable" }, "start");
      const scene = new Scene({ syncSeconds: 60, troubles });
      const warnings: string[] = [];
      const log = { status() {}, warning: (text: string) => void warnings.push(text), info() {} };
      const one = scene.call(0, { log });
      await scene.run();
      failedWith(one, "ServiceUnavailable");
      assert.ok(one.at > 120_000 && one.at < 130_000, `at ${one.at} ms`);
      assert.equal(warnings.length, 1);
      assert.match(warnings.join(), /Tried \d+ times in \d+ s; still trying\.$/);
      assert.ok(scene.starts.length < 24, `${scene.starts.length} starts`);
    });

    it("wait for a sync of five minutes beside which the start is refused, all four of them", async () => {
      const scene = new Scene({
        syncSeconds: 60,
        faults: { busyTrigger: "ResourceInUse", foreignSyncs: [{ atMs: 60, seconds: 300 }] },
      });
      const loops = [scene.loop, scene.anotherLoop(), scene.anotherLoop(), scene.anotherLoop()];
      const all = loops.flatMap((loop, i) => [scene.call(i * 20, {}, loop), scene.call(100_000, {}, loop)]);
      await scene.run();
      all.forEach(assertSucceeded);
    });
  });

  it("take turns with the syncs of other accounts", async () => {
    const clock = new VirtualClock();
    const turns = new Turns(clock);
    const accounts = [1, 2, 3].map(() => new Account({ clock, syncSeconds: 10 }));
    const all = accounts.map((account) =>
      new SyncLoop(account, { turns, clock }).call({ goal: "finished", timeoutMs: HOUR }),
    );
    await clock.run();
    await Promise.all(all);
    const sent = accounts.flatMap((account) => account.sent.map(({ at }) => at)).sort((a, b) => a - b);
    for (const [i, at] of sent.entries()) {
      assert.ok(i === 0 || at - (sent[i - 1] ?? 0) >= CLOSEST_MS);
    }
  });

  describe("at a deadline", () => {
    it("poll once more, so that a sync which ended right before it is a success", async () => {
      const scene = new Scene({ syncSeconds: 600 });
      const one = scene.call(0, { timeoutMs: 600_900 });
      await scene.run();
      assertSucceeded(one);
      assert.equal(scene.requests.at(-1), 600_900);
    });

    it("end within one request more, though that request hangs", async () => {
      const hang: Trouble = { does: "hang", carriedOut: false };
      const scene = new Scene({
        syncSeconds: 600,
        troubles: always(hang).map((due) => ({ ...due, after: 4 })),
      });
      const one = scene.call(0, { timeoutMs: 60_000 });
      await scene.run();
      failedWith(one, "SyncTimeout");
      assert.ok(one.at <= 60_000 + REQUEST_MS + CLOSEST_MS, `ended at ${one.at} ms`);
    });

    it("do not let a back-off outlast it", async () => {
      const scene = new Scene({
        syncSeconds: 60,
        troubles: always({ does: "refuse", code: "RequestLimitExceeded" }),
      });
      const one = scene.call(0, { timeoutMs: 20_000 });
      await scene.run();
      failedWith(one, "RequestLimitExceeded");
      assert.equal(scene.requests.at(-1), 20_000);
    });
  });

  describe("when a call is aborted", () => {
    const reason = new Error("the user has had enough");

    async function abortAt(ms: number, scene: Scene, call: Partial<Call> = {}): Promise<Outcome> {
      const abort = new AbortController();
      const one = scene.call(0, { ...call, signal: abort.signal });
      await scene.clock.run(ms);
      abort.abort(reason);
      await scene.clock.run(ms);
      return one;
    }

    it("end it at once with the signal's reason before a sync is started", async () => {
      for (const ms of [20, 60]) {
        const one = await abortAt(ms, new Scene({ syncSeconds: 60 }));
        assert.equal(one.error, reason);
        assert.equal(one.at, ms);
      }
    });

    it("end it likewise while another pipeline's sync is in the way", async () => {
      const faults = { foreignSyncs: [{ atMs: -5_000, seconds: 300 }] };
      const one = await abortAt(30_000, new Scene({ syncSeconds: 60, faults }));
      assert.equal(one.error, reason);
    });

    it("keep the run of a start that is in progress, and wait for it at the next call", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const one = await abortAt(120, scene);
      assert.deepEqual(scene.starts, [100]);
      const { unfinished, message } = failedWith(one, "Cancelled");
      assert.equal(one.at, 120);
      assert.match(message, /cancelled\. Run "pulumi up" again to continue waiting for the same sync\.$/);
      assert.deepEqual(unfinished, {
        state: "NOTASK",
        latestStartTime: "",
        latestEndTime: "",
        shown: false,
        account: "the account",
      });
      const next = scene.call(5_000, { run: unfinished });
      await scene.run();
      assertSucceeded(next);
      assert.equal(scene.starts.length, 1);
    });

    it("keep no run for a wait that began while that start was in progress", async () => {
      const abort = new AbortController();
      const scene = new Scene({ syncSeconds: 60 });
      const first = scene.call(0, { signal: abort.signal });
      const second = scene.call(110, { signal: abort.signal });
      await scene.clock.run(120);
      abort.abort(reason);
      await scene.run();
      assert.ok(failedWith(first, "Cancelled").unfinished);
      assert.equal(second.error, reason);
    });

    it("keep a run that has shown, and wait for it at the next call", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const one = await abortAt(30_000, scene);
      const { unfinished } = failedWith(one, "Cancelled");
      assert.equal(one.at, 30_000);
      assert.equal(unfinished?.shown, true);
      const next = scene.call(1_000, { run: unfinished });
      await scene.run();
      assertSucceeded(next);
      assert.equal(scene.starts.length, 1);
    });

    it("keep the run that it was to resume, though no answer has arrived yet", async () => {
      const run = { state: "NOTASK", latestStartTime: "", latestEndTime: "", shown: true } as const;
      const one = await abortAt(20, new Scene({ syncSeconds: 60 }), { run });
      assert.deepEqual(failedWith(one, "Cancelled").unfinished, run);
    });

    it("leave no timer", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      await abortAt(30_000, scene);
      assert.deepEqual(scene.clock.pending, []);
      const requests = scene.requests.length;
      await scene.run();
      assert.equal(scene.requests.length, requests, "a request was sent after the abort");
    });

    it("leave no request in progress", async () => {
      const scene = new Scene({ syncSeconds: 60, troubles: once({ does: "hang", carriedOut: true }) });
      await abortAt(3_000, scene);
      assert.equal(scene.account.inFlight, 0);
      assert.deepEqual(scene.clock.pending, []);
    });

    it("continue for the other waits", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const other = scene.call(0);
      const one = await abortAt(30_000, scene);
      failedWith(one, "Cancelled");
      await scene.run();
      assertSucceeded(other);
      assert.equal(scene.starts.length, 1);
    });

    it("serve a wait that begins at the same moment", async () => {
      const scene = new Scene({ syncSeconds: 5, troubles: once({ does: "hang", carriedOut: false }) });
      const next = scene.call(3_000);
      await abortAt(3_000, scene);
      await scene.run();
      assertSucceeded(next);
    });

    it("send nothing for a call that is aborted from the start", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const one = scene.call(0, { signal: AbortSignal.abort(reason) });
      await scene.run();
      assert.equal(one.error, reason);
      assert.deepEqual(scene.requests, []);
    });
  });

  describe("in trouble", () => {
    it("poll for the run of a start whose answer was lost, and find it", async () => {
      const scene = new Scene({ syncSeconds: 60, troubles: once({ does: "lose" }, "start") });
      const one = scene.call(0);
      await scene.run();
      assertSucceeded(one);
      assert.equal(scene.starts.length, 1);
    });

    it("start again when a start without an answer shows no run", async () => {
      const scene = new Scene({ syncSeconds: 60, troubles: once({ does: "drop" }, "start") });
      const one = scene.call(0);
      await scene.run();
      assertSucceeded(one);
      assert.equal(scene.starts.length, 2);
    });

    it("wait for the sync that was in the way of a start refused as busy", async () => {
      const scene = new Scene({
        syncSeconds: 60,
        faults: { busyTrigger: "FailedOperation", foreignSyncs: [{ atMs: 1_090, seconds: 30 }] },
      });
      const one = scene.call(1_000);
      await scene.run();
      assertSucceeded(one);
      assert.equal(scene.starts.length, 1);
      assert.deepEqual(
        scene.account.runs.map(({ by }) => by),
        ["foreign"],
      );
    });

    it("poll more and more rarely while the service does not answer", async () => {
      const scene = new Scene({
        syncSeconds: 60,
        troubles: always({ does: "refuse", code: "ServiceUnavailable" }),
      });
      const one = scene.call(0);
      await scene.run();
      const { message } = failedWith(one, "ServiceUnavailable");
      assert.match(message, /Tried \d+ times in \d min/);
      const gaps = scene.requests.map((at, i) => at - (scene.requests[i - 1] ?? at)).slice(1, 7);
      assert.deepEqual(gaps, [540, 1_040, 2_040, 4_040, 8_040, 8_040]);
    });

    it("return to their rhythm after an outage", async () => {
      const scene = new Scene({ syncSeconds: 60, troubles: once({ does: "drop" }, "poll", 5) });
      const one = scene.call(0);
      await scene.run();
      assertSucceeded(one);
      assert.ok(one.at < 70_000);
    });

    it("retry after one failed poll late in a long sync", async () => {
      const scene = new Scene({ syncSeconds: 7_200, troubles: once({ does: "drop" }, "poll", 52) });
      const one = scene.call(0, { timeoutMs: 3 * HOUR });
      await scene.run();
      assertSucceeded(one);
    });

    it("retry after two single failures that are minutes apart", async () => {
      const refused: Trouble = { does: "refuse", code: "ServiceUnavailable" };
      const troubles = [20, 40].map((after): Due => ({ trouble: refused, on: "poll", after }));
      const scene = new Scene({ syncSeconds: 1_200, troubles });
      const both = [scene.call(0), scene.call(10_000)];
      await scene.run();
      both.forEach(assertSucceeded);
      const [one = 0, other = 0, ...more] = scene.account.sent.filter((sent) => sent.refused);
      assert.ok(one && other && more.length === 0);
      assert.ok(other.at - one.at > 300_000, `${other.at - one.at} ms apart`);
      assert.equal(scene.starts.length, 2);
    });

    it("count no failure from before a good answer, even for waits that begin later and await another's run", async () => {
      const internal: Trouble = { does: "refuse", code: "InternalError" };
      const troubles = [4, 9, 13, 15].map((after): Due => ({ trouble: internal, on: "poll", after }));
      const scene = new Scene({ syncSeconds: 60, troubles });
      const waves = [scene.call(0), scene.call(2_000), scene.call(9_000)];
      await scene.run();
      waves.forEach(assertSucceeded);
      assert.equal(scene.account.sent.filter(({ refused }) => refused).length, 4);
      assert.equal(scene.starts.length, 2);
    });

    it("know that the service is there from an answer to a request that was sent before they began", async () => {
      const drops = Array.from(
        { length: 7 },
        (): Due => ({ trouble: { does: "drop" }, on: "any", after: 1 }),
      );
      const scene = new Scene({ syncSeconds: 60, troubles: drops });
      const both = [scene.call(0), scene.call(20)];
      await scene.run();
      both.forEach(assertSucceeded);
    });

    it("wait until they are served while others' requests fill the limit for minutes", async () => {
      const refused: Trouble = { does: "refuse", code: "RequestLimitExceeded" };
      const scene = new Scene({ syncSeconds: 20, troubles: always(refused, "any", 250), random: () => 0.5 });
      const both = [scene.call(0), scene.call(60_000)];
      await scene.run();
      both.forEach(assertSucceeded);
      assert.ok(both.every(({ at }) => at > 300_000));
      assert.equal(scene.starts.length, 1);
    });

    it("let no request last longer than REQUEST_MS, nor longer than the deadline allows", async () => {
      const limits: number[] = [];
      const clock = new VirtualClock();
      const client: CwpClient = {
        async syncMachines(_sync, timeoutMs) {
          limits.push(timeoutMs);
          await clock.sleep(10);
          const status = { state: "SYNCING", latestStartTime: "", latestEndTime: "", requestId: "" } as const;
          return { status, account: "the account" };
        },
      };
      const syncs = new SyncLoop(client, { turns: new Turns(clock), clock });
      const end = assert.rejects(syncs.call({ goal: "finished", timeoutMs: 30_000 }));
      await clock.run();
      await end;
      assert.equal(Math.max(...limits), REQUEST_MS);
      assert.ok(limits.some((limit) => limit < REQUEST_MS));
    });

    it("sync the account that answers now if that changes during the wait", async () => {
      const clock = new VirtualClock();
      const first = new Account({ clock, syncSeconds: 60, name: "the first" });
      const second = new Account({ clock, syncSeconds: 20, name: "the second" });
      let answers = first;
      const client: CwpClient = {
        syncMachines: (...request) => answers.syncMachines(...request),
      };
      // The second account's latest sync is older than the first's.
      void second.syncMachines(true, REQUEST_MS);
      await clock.run(100_000);
      const loop = new SyncLoop(client, { turns: new Turns(clock), clock });
      const end = loop.call({ goal: "finished", timeoutMs: HOUR });
      await clock.run(130_000);
      answers = second;
      await clock.run();
      const { latestStartTime } = await end;
      assert.equal(first.runs.length, 1);
      assert.equal(second.runs.length, 2);
      assert.equal(virtualTime(latestStartTime), Math.floor((second.runs[1]?.startMs ?? 0) / 1000) * 1000);
      assert.ok(clock.now() < 162_000, `it took until ${clock.now()} ms`);
    });

    it("fail all waits with a fault in the client, and serve later waits", async () => {
      const fault = new TypeError("a fault in the program");
      let faulty = true;
      const clock = new VirtualClock();
      const client: CwpClient = {
        async syncMachines() {
          await clock.sleep(10);
          if (faulty) {
            throw fault;
          }
          const status = { state: "NOTASK", latestStartTime: "", latestEndTime: "", requestId: "" } as const;
          return { status, account: "the account" };
        },
      };
      const syncs = new SyncLoop(client, { turns: new Turns(clock), clock });
      const both = [1, 2].map(() => assert.rejects(syncs.call({ goal: "finished", timeoutMs: HOUR }), fault));
      await clock.run();
      await Promise.all(both);
      assert.deepEqual(clock.pending, []);
      faulty = false;
      const later = syncs.call({ goal: "status", timeoutMs: HOUR });
      await clock.run();
      assert.equal((await later).state, "NOTASK");
    });
  });
});
