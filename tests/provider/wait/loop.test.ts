import assert from "node:assert/strict";
import type { CwpClient } from "../../../provider/cwp/client";
import { MachineSyncs, REQUEST_MS } from "../../../provider/wait/loop";
import { Pace } from "../../../provider/wait/pace";
import { CLOSEST_MS } from "../../../provider/wait/schedule";
import { WaitError } from "../../../provider/wait/waitError";
import { VirtualClock } from "../../virtualClock";
import { Account, type Due, type Trouble } from "./account";
import { HOUR, type Outcome, Scene } from "./scene";

function always(trouble: Trouble, on: Due["on"] = "any", times = 1000): Due[] {
  return Array.from({ length: times }, () => ({ trouble, on, after: 0 }));
}

function once(trouble: Trouble, on: Due["on"] = "any", after = 0): Due[] {
  return [{ trouble, on, after }];
}

function succeeded(outcome: Outcome): void {
  assert.ok(outcome.status, `the call did not succeed: ${outcome.error ?? "it has not ended"}`);
}

function failedWith(outcome: Outcome, code: string): WaitError {
  assert.ok(outcome.error instanceof WaitError, `no failure: ${JSON.stringify(outcome)}`);
  assert.equal(outcome.error.code, code, outcome.error.message);
  return outcome.error;
}

describe("The machine syncs of an account", () => {
  describe("for one caller", () => {
    it("look, trigger once, and only look from then on", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const one = scene.call(0);
      await scene.run();
      succeeded(one);
      assert.deepEqual(
        scene.account.sent.slice(0, 3).map(({ sync }) => sync),
        [false, true, false],
      );
      assert.equal(scene.triggers.length, 1);
      assert.ok(one.at >= 60_000 && one.at < 75_000, `seen at ${one.at} ms`);
    });

    it("wait for a sync that was going, and then for one of the caller's own", async () => {
      const scene = new Scene({ syncSeconds: 20, faults: { foreignSyncs: [{ atMs: -5_000, seconds: 30 }] } });
      const one = scene.call(0);
      await scene.run();
      succeeded(one);
      assert.equal(scene.triggers.length, 1);
      assert.ok((scene.triggers[0] ?? 0) >= 25_000, "the trigger waited for the end of the other sync");
      assert.ok(one.at >= 45_000);
    });

    it("answer a status with one look, whatever is going on", async () => {
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
      succeeded(one);
      assert.equal(scene.triggers.length, 1);
      assert.ok(one.at < 1_000);
    });

    it("resume the sync of a call that ran out of time, with no second trigger", async () => {
      const scene = new Scene({ syncSeconds: 300 });
      const first = scene.call(0, { timeoutMs: 60_000 });
      await scene.run();
      const { unfinished } = failedWith(first, "SyncTimeout");
      assert.ok(unfinished?.shown);
      const second = scene.call(30_000, { run: unfinished });
      await scene.run();
      succeeded(second);
      assert.equal(scene.triggers.length, 1);
      assert.ok(second.at >= 300_000 && second.at < 360_000);
    });
  });

  describe("for many callers", () => {
    it("cost one trigger and one stream of looks, however many come at once", async () => {
      const alone = new Scene({ syncSeconds: 60 });
      alone.call(0);
      await alone.run();
      const crowd = new Scene({ syncSeconds: 60 });
      const all = Array.from({ length: 50 }, () => crowd.call(0));
      await crowd.run();
      all.forEach(succeeded);
      assert.deepEqual(crowd.account.sent, alone.account.sent);
    });

    it("let those who come before the trigger ride on it", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const all = [0, 50, 110, 150].map((at) => scene.call(at));
      await scene.run();
      all.forEach(succeeded);
      assert.equal(scene.triggers.length, 1);
    });

    it("let those who come later share the next one", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const first = scene.call(0);
      const later = [5_000, 20_000, 59_000].map((at) => scene.call(at));
      await scene.run();
      succeeded(first);
      later.forEach(succeeded);
      assert.equal(scene.triggers.length, 2);
      assert.ok(first.at < 75_000, "the first does not wait for the second sync");
      for (const { at } of later) {
        assert.ok(at >= 120_000, "the later ones do");
      }
    });

    it("start the next one at once for those who come late, however short the first", async () => {
      const scene = new Scene({ syncSeconds: 2 });
      const first = scene.call(0);
      const late = [500, 1_000, 1_500].map((at) => scene.call(at));
      await scene.run();
      late.forEach(succeeded);
      assert.equal(scene.triggers.length, 2);
      assert.ok((scene.triggers[1] ?? 0) - first.at < 500, "they waited for what the first had already seen");
    });

    it("ask at once when all give up for whose run they have kept their question", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      scene.call(0, { timeoutMs: 5_000 });
      const late = scene.call(500);
      const run = { state: "NOTASK", latestStartTime: "", latestEndTime: "", shown: true } as const;
      scene.call(800, { run, timeoutMs: 4_200 });
      await scene.run();
      succeeded(late);
      assert.ok(late.at < 135_000, `it was served at ${late.at} ms`);
    });

    it("do not serve one who came while a trigger was under way by the run of that trigger", async () => {
      const delay: Trouble = { does: "delay", ms: 2_000, carriedOut: "early" };
      const scene = new Scene({ syncSeconds: 1, troubles: once(delay, "trigger") });
      const first = scene.call(0);
      const second = scene.call(1_500);
      await scene.run();
      succeeded(first);
      succeeded(second);
      assert.equal(scene.triggers.length, 2);
    });

    it("do not let a crowd that keeps coming put off a trigger for long", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      Array.from({ length: 100 }, (_, i) => scene.call(i * 50));
      await scene.run();
      assert.ok((scene.triggers[0] ?? 0) <= 2_500, `the first trigger went out at ${scene.triggers[0]} ms`);
      assert.equal(scene.triggers.length, 2);
    });

    it("start no sync in the second in which the one before it started, since both would leave the same record", async () => {
      const scene = new Scene({ syncSeconds: 0.1 });
      const all = [0, 150, 300, 450, 600].map((at) => scene.call(at));
      await scene.run();
      all.forEach(succeeded);
      const seconds = scene.account.runs.map(({ startMs }) => Math.floor(startMs / 1000));
      assert.equal(new Set(seconds).size, seconds.length, `started in the seconds ${seconds}`);
    });

    it("hold every caller to its own deadline, and fail nobody else", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const hasty = scene.call(0, { timeoutMs: 5_000 });
      const patient = scene.call(0);
      await scene.run();
      failedWith(hasty, "SyncTimeout");
      assert.ok(hasty.at >= 5_000 && hasty.at < 6_000);
      succeeded(patient);
      assert.equal(scene.triggers.length, 1);
    });

    it("tell all of an error that no retry helps, after one request", async () => {
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

  it("keep the pace together with those of other accounts", async () => {
    const clock = new VirtualClock();
    const pace = new Pace(clock);
    const accounts = [1, 2, 3].map(() => new Account({ clock, syncSeconds: 10 }));
    const all = accounts.map((account) =>
      new MachineSyncs(account, pace, clock).call({ goal: "finished", timeoutMs: HOUR }),
    );
    await clock.run();
    await Promise.all(all);
    const sent = accounts.flatMap((account) => account.sent.map(({ at }) => at)).sort((a, b) => a - b);
    for (const [i, at] of sent.entries()) {
      assert.ok(i === 0 || at - (sent[i - 1] ?? 0) >= CLOSEST_MS);
    }
  });

  describe("at a deadline", () => {
    it("look once more, so that a sync which ended right before it is a success", async () => {
      const scene = new Scene({ syncSeconds: 600 });
      const one = scene.call(0, { timeoutMs: 600_900 });
      await scene.run();
      succeeded(one);
      assert.equal(scene.requests.at(-1), 600_900);
    });

    it("end within one request more, though that one hangs", async () => {
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

    async function abortAt(ms: number, scene: Scene): Promise<Outcome> {
      const abort = new AbortController();
      const one = scene.call(0, { signal: abort.signal });
      await scene.clock.run(ms);
      abort.abort(reason);
      await scene.clock.run(ms);
      return one;
    }

    it("end it at once with the signal's reason", async () => {
      const one = await abortAt(30_000, new Scene({ syncSeconds: 60 }));
      assert.equal(one.error, reason);
      assert.equal(one.at, 30_000);
    });

    it("leave no timer", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      await abortAt(30_000, scene);
      assert.deepEqual(scene.clock.pending, []);
      const requests = scene.requests.length;
      await scene.run();
      assert.equal(scene.requests.length, requests, "a request was sent after the abort");
    });

    it("leave no request under way", async () => {
      const scene = new Scene({ syncSeconds: 60, troubles: once({ does: "hang", carriedOut: true }) });
      await abortAt(3_000, scene);
      assert.equal(scene.account.inFlight, 0);
      assert.deepEqual(scene.clock.pending, []);
    });

    it("go on for the others", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const other = scene.call(0);
      const one = await abortAt(30_000, scene);
      assert.equal(one.error, reason);
      await scene.run();
      succeeded(other);
      assert.equal(scene.triggers.length, 1);
    });

    it("serve one who comes at the same moment", async () => {
      const scene = new Scene({ syncSeconds: 5, troubles: once({ does: "hang", carriedOut: false }) });
      const next = scene.call(3_000);
      await abortAt(3_000, scene);
      await scene.run();
      succeeded(next);
    });

    it("send nothing for a call that comes aborted", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const one = scene.call(0, { signal: AbortSignal.abort(reason) });
      await scene.run();
      assert.equal(one.error, reason);
      assert.deepEqual(scene.requests, []);
    });
  });

  describe("in trouble", () => {
    it("look for the run of a trigger whose answer was lost, and find it", async () => {
      const scene = new Scene({ syncSeconds: 60, troubles: once({ does: "lose" }, "trigger") });
      const one = scene.call(0);
      await scene.run();
      succeeded(one);
      assert.equal(scene.triggers.length, 1);
    });

    it("trigger again when a trigger without an answer shows no run", async () => {
      const scene = new Scene({ syncSeconds: 60, troubles: once({ does: "drop" }, "trigger") });
      const one = scene.call(0);
      await scene.run();
      succeeded(one);
      assert.equal(scene.triggers.length, 2);
    });

    it("wait for the sync that was in the way of a trigger refused as busy", async () => {
      const scene = new Scene({
        syncSeconds: 60,
        faults: { busyTrigger: "FailedOperation", foreignSyncs: [{ atMs: 1_090, seconds: 30 }] },
      });
      const one = scene.call(1_000);
      await scene.run();
      succeeded(one);
      assert.equal(scene.triggers.length, 1);
      assert.deepEqual(
        scene.account.runs.map(({ by }) => by),
        ["foreign"],
      );
    });

    it("ask more and more seldom while nobody answers", async () => {
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

    it("find back to their rhythm after an outage", async () => {
      const scene = new Scene({ syncSeconds: 60, troubles: once({ does: "drop" }, "look", 5) });
      const one = scene.call(0);
      await scene.run();
      succeeded(one);
      assert.ok(one.at < 75_000);
    });

    it("bear one failed look late in a long sync", async () => {
      const scene = new Scene({ syncSeconds: 7_200, troubles: once({ does: "drop" }, "look", 52) });
      const one = scene.call(0, { timeoutMs: 3 * HOUR });
      await scene.run();
      succeeded(one);
    });

    it("take no request for longer than REQUEST_MS, nor for longer than a deadline leaves", async () => {
      const limits: number[] = [];
      const clock = new VirtualClock();
      const client: CwpClient = {
        account: "",
        async syncMachines(_sync, timeoutMs) {
          limits.push(timeoutMs);
          await clock.sleep(10);
          return { state: "SYNCING", latestStartTime: "", latestEndTime: "", requestId: "" };
        },
      };
      const syncs = new MachineSyncs(client, new Pace(clock), clock);
      const end = assert.rejects(syncs.call({ goal: "finished", timeoutMs: 30_000 }));
      await clock.run();
      await end;
      assert.equal(Math.max(...limits), REQUEST_MS);
      assert.ok(limits.some((limit) => limit < REQUEST_MS));
    });

    it("tell all callers of a fault in the client, and serve those who come later", async () => {
      const fault = new TypeError("a fault in the program");
      let faulty = true;
      const clock = new VirtualClock();
      const client: CwpClient = {
        account: "",
        async syncMachines() {
          await clock.sleep(10);
          if (faulty) {
            throw fault;
          }
          return { state: "NOTASK", latestStartTime: "", latestEndTime: "", requestId: "" };
        },
      };
      const syncs = new MachineSyncs(client, new Pace(clock), clock);
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
