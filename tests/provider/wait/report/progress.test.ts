import assert from "node:assert/strict";
import type { ResourceLog } from "../../../../provider/wait/report/progress";
import { WaitError } from "../../../../provider/wait/run/waitError";
import type { Due } from "../account";
import { Scene } from "../scene";

/** A log that keeps its texts, with the second of each. */
class KeptLog implements ResourceLog {
  readonly statuses: string[] = [];
  readonly warnings: string[] = [];
  readonly infos: string[] = [];

  status(text: string): void {
    this.statuses.push(text);
  }
  warning(text: string): void {
    this.warnings.push(text);
  }
  info(text: string): void {
    this.infos.push(text);
  }
}

function refusals(times: number, on: Due["on"] = "any"): Due[] {
  return Array.from({ length: times }, () => ({
    trouble: { does: "refuse", code: "RequestLimitExceeded" },
    on,
    after: on === "any" ? 1 : 0,
  }));
}

describe("The report of a wait", () => {
  it("says that it follows another sync, then that it starts a sync, then the remaining time", async () => {
    const scene = new Scene({ syncSeconds: 40, faults: { foreignSyncs: [{ atMs: -5_000, seconds: 30 }] } });
    const log = new KeptLog();
    scene.call(0, { log });
    await scene.run();
    assert.deepEqual(log.statuses, [
      "after another sync",
      "starting",
      "30 s left",
      "20 s left",
      "15 s left",
      "10 s left",
      "5 s left",
      "2 s left",
      "any moment now",
      "longer than before",
    ]);
  });

  it("shows each remaining time at its moment, though no request is sent then", async () => {
    const minutes = 20;
    const before = { atMs: -2 * minutes * 60_000, seconds: minutes * 60 };
    const scene = new Scene({ syncSeconds: minutes * 60, faults: { foreignSyncs: [before] } });
    const shown: [number, string][] = [];
    const status = (text: string) => void shown.push([scene.clock.now(), text]);
    const { ended } = scene.call(0, { log: { status, warning() {}, info() {} } });
    await scene.run();
    await ended;
    const start = scene.starts[0] ?? Number.NaN;
    const at = (text: string) => (shown.find(([, one]) => one === text)?.[0] ?? Number.NaN) - start;
    for (const [left, from] of [
      [15, 17.5],
      [10, 12.5],
      [5, 6],
      [2, 2.5],
    ] as const) {
      const off = at(`${left} min left`) - (minutes - from) * 60_000;
      assert.ok(Math.abs(off) < 1_000, `"${left} min left" appeared ${off} ms after its time`);
    }
  });

  it("has no countdown if there was no sync before", async () => {
    const scene = new Scene({ syncSeconds: 12 });
    const log = new KeptLog();
    scene.call(0, { log });
    await scene.run();
    assert.deepEqual(log.statuses, ["starting", "syncing"]);
  });

  it("sends no request of its own", async () => {
    const options = { syncSeconds: 300, faults: { foreignSyncs: [{ atMs: -500_000, seconds: 300 }] } };
    const [logged, silent] = [new Scene(options), new Scene(options)];
    logged.call(0, { log: new KeptLog() });
    silent.call(0);
    await logged.run();
    await silent.run();
    assert.deepEqual(logged.requests, silent.requests);
  });

  it("does not start a resumed sync, and has no countdown for it", async () => {
    const scene = new Scene({
      syncSeconds: 300,
      faults: { foreignSyncs: [{ atMs: -500_000, seconds: 300 }] },
    });
    const log = new KeptLog();
    const first = scene.call(0, { timeoutMs: 60_000 });
    await scene.run();
    assert.ok(first.error instanceof WaitError);
    scene.call(30_000, { log, run: first.error.unfinished });
    await scene.run();
    assert.deepEqual(log.statuses, ["still syncing"]);
  });

  it("only says that it starts a sync if the end is not awaited", async () => {
    const scene = new Scene({ syncSeconds: 60 });
    const log = new KeptLog();
    scene.call(0, { log, goal: "started" });
    await scene.run();
    assert.deepEqual(log.statuses, ["starting"]);
    assert.deepEqual(log.infos, ["Asked CWP for a machine sync, and did not wait for its end."]);
  });

  it("says that it waits for the end of another pipeline's sync, if it begins during that", async () => {
    const scene = new Scene({ syncSeconds: 60 });
    const log = new KeptLog();
    scene.call(0);
    scene.call(20_000, { log });
    await scene.run();
    assert.equal(log.statuses[0], "after another sync");
  });

  it("is empty for a read", async () => {
    const scene = new Scene({ syncSeconds: 60 });
    const log = new KeptLog();
    scene.call(0, { log, goal: "status" });
    await scene.run();
    assert.deepEqual([log.statuses, log.warnings, log.infos], [[], [], []]);
  });

  it("closes with one line, for all the resources that shared the sync", async () => {
    const scene = new Scene({ syncSeconds: 60 });
    const logs = Array.from({ length: 100 }, () => new KeptLog());
    for (const log of logs) {
      scene.call(0, { log });
    }
    await scene.run();
    const infos = logs.flatMap((log) => log.infos);
    assert.equal(infos.length, 1);
    assert.match(
      infos[0] ?? "",
      /^Machines synced from \d\d:\d\d:\d\d to \d\d:\d\d:\d\d \(1 min\), for 100 resources\.$/,
    );
  });

  it("closes without times if the service gives none", async () => {
    const scene = new Scene({ syncSeconds: 20, faults: { emptyTimes: true } });
    const log = new KeptLog();
    scene.call(0, { log });
    await scene.run();
    assert.deepEqual(log.infos, ["Machines synced."]);
  });

  it("warns once of a retry that lasts, however long and for however many waits", async () => {
    const scene = new Scene({ syncSeconds: 60, troubles: refusals(12), random: () => 0.5 });
    const logs = [new KeptLog(), new KeptLog()];
    for (const log of logs) {
      scene.call(0, { log });
    }
    await scene.run();
    const warnings = logs.flatMap((log) => log.warnings);
    assert.equal(warnings.length, 1, warnings.join("\n"));
    assert.match(
      warnings[0] ?? "",
      /^RequestLimitExceeded: .* \(RequestId request-\d+\)\..* Tried \d+ times in \d+ s; still trying\.$/,
    );
  });

  it("shows the retry on the other rows, while one row keeps the warning, until the service answers", async () => {
    const foreign = { atMs: -400_000, seconds: 120 };
    const scene = new Scene({
      syncSeconds: 120,
      faults: { foreignSyncs: [foreign] },
      troubles: refusals(8, "poll").map((one) => ({ ...one, after: 3 })),
      random: () => 0.5,
    });
    const shown: string[][] = [[], []];
    for (const row of shown) {
      scene.call(0, {
        log: { status: (text) => row.push(text), warning: () => row.push("(a warning)"), info() {} },
      });
    }
    await scene.run();
    const [first = [], second = []] = shown;
    assert.ok(first.includes("(a warning)") && !first.includes("retrying"), first.join("\n"));
    assert.deepEqual(
      second,
      first.map((text) => (text === "(a warning)" ? "retrying" : text)),
    );
    assert.match(first[first.indexOf("(a warning)") + 1] ?? "", /left$/);
  });

  it("does not warn of a failure that passes soon", async () => {
    const scene = new Scene({ syncSeconds: 60, troubles: refusals(2) });
    const log = new KeptLog();
    scene.call(0, { log });
    await scene.run();
    assert.deepEqual(log.warnings, []);
    assert.equal(log.infos.length, 1);
  });

  it("warns of a repeated start", async () => {
    const scene = new Scene({ syncSeconds: 60, faults: { deafTriggers: 1 } });
    const log = new KeptLog();
    scene.call(0, { log });
    await scene.run();
    assert.equal(scene.starts.length, 2);
    assert.match(
      log.warnings.join("\n"),
      /^No sync has shown in 1\d s since CWP was asked for one: asking again \(2 of 3\)\.$/,
    );
  });
});
