import assert from "node:assert/strict";
import { type Emulator, type Faults, startEmulator } from "../../../emulator";
import { call, errorCode, sendSigned } from "../api/signedRequest";

describe("the emulator's faults over HTTP", () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 60 });
  });
  afterEach(() => emulator.stop());
  const startSync = () => call({ url: emulator.url, parameters: { Sync: true } });
  const read = () => call({ url: emulator.url, parameters: { Sync: false } });
  const send = (sync: boolean, signal?: AbortSignal) =>
    sendSigned({ url: emulator.url, parameters: { Sync: sync }, ...(signal && { signal }) });

  describe("of CWP", () => {
    /** The states seen: in the answer to the start, then after each wait. */
    async function states(faults: Faults, ...waits: number[]): Promise<unknown[]> {
      emulator.setFaults(faults);
      const seen = [(await startSync()).State];
      for (const seconds of waits) {
        emulator.advance(seconds);
        seen.push((await read()).State);
      }
      return seen;
    }

    it("none: SYNCING, then FINISHED", async () => {
      assert.deepEqual(await states({}, 30, 30), ["SYNCING", "SYNCING", "FINISHED"]);
    });

    it("startLagSeconds delays the start", async () => {
      assert.deepEqual(await states({ startLagSeconds: 30 }, 0, 30, 60), [
        "NOTASK",
        "NOTASK",
        "SYNCING",
        "FINISHED",
      ]);
    });

    it("staleSeconds shows the past", async () => {
      assert.deepEqual(await states({ staleSeconds: 30, staleAlways: true }, 10, 30, 30), [
        "SYNCING",
        "NOTASK",
        "SYNCING",
        "SYNCING",
      ]);
    });

    it("forgets shows NOTASK for a finished sync, with its times", async () => {
      assert.deepEqual(await states({ forgets: true }, 60), ["SYNCING", "NOTASK"]);
      assert.notEqual((await read()).LatestEndTime, "");
    });

    it("emptyTimes leaves the times out", async () => {
      await states({ emptyTimes: true }, 60);
      const { LatestStartTime, LatestEndTime } = await read();
      assert.deepEqual([LatestStartTime, LatestEndTime], ["", ""]);
    });

    it("neverEnds keeps a sync in progress", async () => {
      assert.deepEqual(await states({ neverEnds: 1 }, 100_000), ["SYNCING", "SYNCING"]);
    });

    it("deafTriggers starts nothing", async () => {
      assert.deepEqual(await states({ deafTriggers: 1 }, 60), ["NOTASK", "NOTASK"]);
      assert.equal((await startSync()).State, "SYNCING");
    });

    for (const busyTrigger of ["FailedOperation", "ResourceInUse"] as const) {
      it(`busyTrigger refuses a start during a sync with ${busyTrigger}`, async () => {
        await states({ busyTrigger });
        assert.equal(await errorCode({ url: emulator.url, parameters: { Sync: true } }), busyTrigger);
        assert.equal(emulator.requests.at(-1)?.answer, busyTrigger);
      });
    }

    it("laggingTimesSeconds delays the times", async () => {
      await states({ laggingTimesSeconds: 30 }, 60);
      assert.equal((await read()).LatestEndTime, "");
      emulator.advance(30);
      assert.notEqual((await read()).LatestEndTime, "");
    });

    it("laggingStateSeconds delays the state", async () => {
      assert.deepEqual(await states({ laggingStateSeconds: 30 }, 60), ["NOTASK", "SYNCING"]);
      assert.notEqual((await read()).LatestEndTime, "");
      emulator.advance(30);
      assert.equal((await read()).State, "FINISHED");
    });

    it("unknownState answers it", async () => {
      assert.deepEqual(await states({ unknownState: "PAUSED" }, 60), ["PAUSED", "PAUSED"]);
    });

    it("foreignSyncs start on time", async () => {
      emulator.setFaults({ foreignSyncs: [{ atMs: Date.now() + 30_000, seconds: 10 }] });
      assert.equal((await read()).State, "NOTASK");
      emulator.advance(31);
      assert.equal((await read()).State, "SYNCING");
      emulator.advance(10);
      assert.equal((await read()).State, "FINISHED");
    });
  });

  describe("of the gateway", () => {
    it("error: answers that code and carries nothing out", async () => {
      emulator.inject({ error: "RequestLimitExceeded", message: "Slow down." });
      const response = await startSync();
      assert.deepEqual(response.Error, { Code: "RequestLimitExceeded", Message: "Slow down." });
      assert.equal((await read()).State, "NOTASK");
    });

    it("http: answers that status and body", async () => {
      emulator.inject({ http: 503, body: "busy" });
      const { status, text } = await send(true);
      assert.deepEqual([status, text], [503, "busy"]);
      assert.equal((await read()).State, "NOTASK");
    });

    it("html: answers a web page with status 200", async () => {
      emulator.inject({ html: true });
      const { status, contentType, text } = await send(true);
      assert.equal(status, 200);
      assert.match(contentType ?? "", /^text\/html/);
      assert.match(text, /^<!DOCTYPE html>/);
      assert.equal((await read()).State, "NOTASK");
    });

    it("truncate: carries the request out and breaks off in the middle of the answer", async () => {
      emulator.inject({ truncate: true });
      await assert.rejects(send(true), /aborted/);
      assert.equal((await read()).State, "SYNCING");
    });

    it("empty: answers an empty body with status 200", async () => {
      emulator.inject({ empty: true });
      const { status, text } = await send(true);
      assert.deepEqual([status, text], [200, ""]);
      assert.equal((await read()).State, "NOTASK");
    });

    it("body: answers that body", async () => {
      emulator.inject({ body: '{"Response":' });
      assert.equal((await send(true)).text, '{"Response":');
      assert.equal((await read()).State, "NOTASK");
    });

    it("reset: breaks the connection and carries nothing out", async () => {
      emulator.inject({ reset: true });
      await assert.rejects(send(true), { code: "ECONNRESET" });
      assert.equal((await read()).State, "NOTASK");
    });

    it("loseAnswer: carries the request out and breaks the connection", async () => {
      emulator.inject({ loseAnswer: true });
      await assert.rejects(send(true), { code: "ECONNRESET" });
      assert.equal((await read()).State, "SYNCING");
    });

    /** Starts a sync, and gives up as soon as the emulator has the request. */
    async function startAndLeave(): Promise<void> {
      const leaving = new AbortController();
      const left = assert.rejects(send(true, leaving.signal), { code: "ABORT_ERR" });
      while (emulator.requests.length === 0) {
        await new Promise(setImmediate);
      }
      leaving.abort();
      await left;
    }

    it("hang: never answers, until the client leaves, and carries nothing out", async () => {
      emulator.inject({ hang: true });
      await startAndLeave();
      assert.equal((await read()).State, "NOTASK");
    });

    it("delaySeconds: carries the request out at once and answers late", async () => {
      emulator.inject({ delaySeconds: 600 });
      await startAndLeave();
      assert.equal((await read()).State, "SYNCING");
      emulator.inject({ delaySeconds: 0.1 });
      const sentMs = performance.now();
      assert.equal((await read()).State, "SYNCING");
      assert.ok(performance.now() - sentMs >= 95);
    });

    for (const on of ["start", "trigger"] as const) {
      it(`hits so many requests of the kind ${on}, after some that pass`, async () => {
        emulator.inject({ http: 500 }, { on, times: 2, after: 1 });
        const seen: unknown[] = [];
        for (const sync of [true, false, true, false, true, true]) {
          seen.push((await send(sync)).status);
        }
        assert.deepEqual(seen, [200, 200, 500, 200, 500, 200]);
      });
    }

    it("hits in the order of injection, the next fault after the first is used up", async () => {
      emulator.inject({ http: 500 }, { on: "read" });
      emulator.inject({ http: 502 });
      assert.deepEqual([(await send(true)).status, (await send(false)).status], [502, 500]);
      assert.equal((await send(false)).status, 200);
    });

    it("is named in the log", async () => {
      emulator.inject({ http: 503 });
      emulator.inject({ reset: true });
      await send(false);
      await assert.rejects(send(false));
      assert.deepEqual(
        emulator.requests.map(({ answer }) => answer),
        ["http 503", "reset"],
      );
    });

    it("does not keep the emulator from stopping: requests under way end at once", async () => {
      emulator.inject({ hang: true });
      emulator.inject({ delaySeconds: 600 });
      const pending = [send(false), send(false)].map((request) => assert.rejects(request));
      while (emulator.requests.length < 2) {
        await new Promise(setImmediate);
      }
      await send(false);
      await emulator.stop();
      await Promise.all(pending);
      await assert.rejects(send(false), { code: "ECONNREFUSED" });
    });
  });
});
