import assert from "node:assert/strict";
import { SETTLE_MS } from "../../../../provider/wait/run/evidence";
import { type Outcome, Scene } from "../scene";

function assertSucceeded(outcome: Outcome): void {
  assert.ok(outcome.status, `it did not succeed: ${outcome.error ?? "it has not ended"}`);
}

describe("Loops at one endpoint, which may serve one account", () => {
  it("share a sync if their waits begin together, and lose no time", async () => {
    const alone = new Scene({ syncSeconds: 60 });
    const only = alone.call(0);
    await alone.run();
    const scene = new Scene({ syncSeconds: 60 });
    const both = [scene.call(0), scene.call(0, {}, scene.anotherLoop())];
    await scene.run();
    both.forEach(assertSucceeded);
    assert.equal(scene.account.runs.length, 1);
    assert.ok(Math.max(...both.map(({ at }) => at)) <= only.at + 1_000);
  });

  it("do not believe the first answer of one loop while another awaits a run: it may be older than that run", async () => {
    const faults = { staleSeconds: 4, staleAlways: true };
    const scene = new Scene({ syncSeconds: 60, faults });
    const first = scene.call(0);
    const second = scene.call(1_000, {}, scene.anotherLoop());
    await scene.run();
    [first, second].forEach(assertSucceeded);
    const [, next] = scene.account.runs;
    assert.ok(next && next.endMs <= second.at, "it took the first run for its own");
    assert.equal(scene.starts.length, 2);
  });

  it("poll for a first answer after the settle time, or as soon as no other loop awaits a run", async () => {
    for (const [syncSeconds, firstPollAt] of [
      [60, 1_000 + SETTLE_MS + 1],
      [2, 0],
    ] as const) {
      const scene = new Scene({ syncSeconds });
      const first = scene.call(0);
      scene.call(1_000, {}, scene.anotherLoop());
      await scene.run();
      const polls = scene.requests.filter((at) => at > (firstPollAt || first.at));
      const [poll = 0] = firstPollAt ? scene.requests.filter((at) => at >= firstPollAt) : polls;
      assert.ok(poll - (firstPollAt || first.at) <= 150, `it polled at ${poll} ms`);
    }
  });
});

describe("A resource that was checked, and is not created yet", () => {
  it("holds a start back, so that the sync counts for it too", async () => {
    const scene = new Scene({ syncSeconds: 60 });
    scene.check("second", 0);
    const first = scene.create("first", 10);
    const late = scene.create("second", 1_500);
    await scene.run();
    [first, late].forEach(assertSucceeded);
    assert.equal(scene.starts.length, 1);
    assert.ok((scene.starts[0] ?? 0) <= 2_100, `the start was sent at ${scene.starts[0]} ms`);
  });

  it("makes no wait begin earlier: a sync that starts before its create does not count", async () => {
    const scene = new Scene({ syncSeconds: 60 });
    scene.check("second", 0);
    scene.create("first", 10);
    const late = scene.create("second", 30_000);
    await scene.run();
    assertSucceeded(late);
    assert.ok((scene.account.runs[1]?.startMs ?? 0) >= 60_000);
    assert.equal(scene.starts.length, 2);
  });

  it("holds it back by 2 s at most, however many such resources there are, and costs no request", async () => {
    const scene = new Scene({ syncSeconds: 60 });
    scene.create("first", 10);
    for (let i = 1; i < 100; i++) {
      scene.check(`resource ${i}`, i * 100);
    }
    await scene.run();
    assert.ok((scene.starts[0] ?? 0) <= 2_200, `the start was sent at ${scene.starts[0]} ms`);
    assert.equal(scene.requests.filter((at) => at < (scene.starts[0] ?? 0)).length, 1);
  });

  it("does not hold it back any more once its own wait has had a first answer", async () => {
    const scene = new Scene({ syncSeconds: 60 });
    scene.check("second", 0);
    scene.create("first", 10);
    scene.create("second", 300);
    await scene.run();
    assert.ok((scene.starts[0] ?? 0) <= 1_000, `the start was sent at ${scene.starts[0]} ms`);
  });
});
