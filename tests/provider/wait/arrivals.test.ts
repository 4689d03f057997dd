import assert from "node:assert/strict";
import { Arrivals } from "../../../provider/wait/arrivals";
import { WaitError } from "../../../provider/wait/waitError";
import { type Outcome, Scene } from "./scene";

describe("The moments at which resources come", () => {
  it("are kept until the create or update begins", () => {
    const arrivals = new Arrivals();
    arrivals.arrived("a", 10);
    assert.equal(arrivals.take("a"), 10);
    assert.equal(arrivals.take("a"), undefined);
    assert.equal(arrivals.take("b"), undefined);
  });

  it("are the latest of each", () => {
    const arrivals = new Arrivals();
    arrivals.arrived("a", 10);
    arrivals.arrived("a", 30);
    assert.equal(arrivals.take("a"), 30);
  });

  it("tell whether any of those who wait came later", () => {
    const arrivals = new Arrivals();
    assert.equal(arrivals.anySince(Number.NEGATIVE_INFINITY), false);
    arrivals.arrived("a", 10);
    arrivals.arrived("b", 20);
    assert.equal(arrivals.anySince(20), true);
    assert.equal(arrivals.anySince(21), false);
    arrivals.take("b");
    assert.equal(arrivals.anySince(11), false);
  });
});

describe("A resource that came before its create begins", () => {
  function succeeded(outcome: Outcome): void {
    assert.ok(outcome.status, `it did not succeed: ${outcome.error ?? "it has not ended"}`);
  }

  /**
   * One that is created at once, and one that came before the first one's sync began and is created later.
   */
  async function second(createdAt: number, checkedAt: readonly number[] = [0]) {
    const scene = new Scene({ syncSeconds: 60 });
    for (const at of [...checkedAt].sort((a, b) => a - b)) {
      scene.check("second", at);
    }
    const first = scene.create("first", 10);
    const late = scene.create("second", createdAt);
    await scene.clock.run(createdAt - 1);
    const requestsBefore = scene.requests.length;
    await scene.run();
    succeeded(first);
    succeeded(late);
    return { scene, first, late, requests: scene.requests.length - requestsBefore };
  }

  it("has its sync already where one began since and has ended, and sends nothing", async () => {
    const { scene, first, late, requests } = await second(300_000);
    assert.equal(late.at, 300_000);
    assert.equal(requests, 0);
    assert.deepEqual(late.status, first.status);
    assert.equal(scene.starts.length, 1);
  });

  it("has it at once, though a request of others hangs", async () => {
    const scene = new Scene({
      syncSeconds: 60,
      troubles: [{ trouble: { does: "hang", carriedOut: true }, on: "start", after: 1 }],
    });
    scene.check("second", 0);
    scene.create("first", 10);
    const other = scene.create("other", 100_000);
    const late = scene.create("second", 103_000);
    await scene.run();
    succeeded(other);
    succeeded(late);
    assert.equal(late.at, 103_000);
  });

  it("waits for one that began since and is in progress", async () => {
    const { scene, first, late } = await second(30_000);
    assert.equal(late.at, first.at);
    assert.equal(scene.starts.length, 1);
  });

  it("costs one request more at most where another waits for that one already", async () => {
    const { scene } = await second(30_000);
    const alone = new Scene({ syncSeconds: 60 });
    alone.create("first", 10);
    await alone.run();
    assert.ok(scene.requests.length <= alone.requests.length + 1);
  });

  it("is synced afresh where it came when that one had begun", async () => {
    for (const createdAt of [30_000, 300_000]) {
      const { scene, late } = await second(createdAt, [5_000]);
      assert.equal(scene.starts.length, 2);
      assert.ok(late.at >= createdAt + 60_000 - 30_000);
      assert.ok((scene.account.runs[1]?.startMs ?? 0) >= 60_000);
    }
  });

  it("is synced afresh then also where another came before that one had begun, and is created later still", async () => {
    const scene = new Scene({ syncSeconds: 60 });
    scene.check("third", 0);
    scene.check("second", 5_000);
    scene.create("first", 10);
    const second = scene.create("second", 300_000);
    const third = scene.create("third", 300_010);
    await scene.run();
    succeeded(second);
    succeeded(third);
    assert.ok(third.at <= 300_100, `the third was served at ${third.at} ms`);
    assert.ok(second.at >= 360_000, `it was served at ${second.at} ms`);
  });

  it("is synced afresh where its inputs were accepted once more after that one had begun", async () => {
    const { scene } = await second(300_000, [0, 5_000]);
    assert.equal(scene.starts.length, 2);
  });

  it("is synced afresh where nobody told when it came", async () => {
    const { scene } = await second(300_000, []);
    assert.equal(scene.starts.length, 2);
  });

  it("is content with a start since, where it does not wait for the end", async () => {
    const scene = new Scene({ syncSeconds: 60 });
    scene.check("second", 0);
    scene.create("first", 10);
    const late = scene.create("second", 30_000, { goal: "started" });
    await scene.run();
    succeeded(late);
    assert.ok(late.at <= 31_000, `it ended at ${late.at} ms`);
    assert.equal(scene.starts.length, 1);
  });

  it("has as much time and patience as any, whatever failed before", async () => {
    const scene = new Scene({
      syncSeconds: 60,
      troubles: Array.from({ length: 4 }, () => ({
        trouble: { does: "refuse", code: "InternalError" },
        on: "poll",
        after: 0,
      })),
    });
    scene.check("second", 0);
    const first = scene.create("first", 10);
    const late = scene.create("second", 300_000, { timeoutMs: 70_000 });
    await scene.run();
    assert.ok(first.error instanceof WaitError);
    assert.ok(first.at < 300_000);
    succeeded(late);
  });

  for (const atOnce of [1, 4, 8]) {
    it(`shares one sync with nineteen others, where ${atOnce} are created at a time`, async () => {
      const alone = new Scene({ syncSeconds: 60 });
      const one = alone.create("one", 0);
      await alone.run();

      const scene = new Scene({ syncSeconds: 60 });
      const waiting = Array.from({ length: 20 }, (_, i) => `resource ${i}`);
      waiting.forEach((urn, i) => {
        scene.check(urn, i * 20);
      });
      const all: Outcome[] = [];
      const worker = async () => {
        for (let urn = waiting.shift(); urn !== undefined; urn = waiting.shift()) {
          const outcome = scene.create(urn, 20);
          all.push(outcome);
          await outcome.ended;
        }
      };
      for (let i = 0; i < atOnce; i++) {
        void worker();
      }
      await scene.run();
      assert.equal(all.length, 20);
      all.forEach(succeeded);
      assert.equal(scene.starts.length, 1);
      const last = Math.max(...all.map(({ at }) => at));
      assert.ok(last <= one.at + 3_000, `${last} ms, where one takes ${one.at} ms`);
    });
  }

  describe("and after the last poll of one that is ready to start", () => {
    it("is asked for first, so that the sync counts for it too", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      const first = scene.create("first", 10);
      scene.check("second", 50);
      const late = scene.create("second", 300_000);
      await scene.run();
      succeeded(first);
      succeeded(late);
      assert.equal(late.at, 300_000);
      assert.equal(scene.starts.length, 1);
      assert.ok((scene.starts[0] ?? 0) <= 1_000, `the start went out at ${scene.starts[0]} ms`);
    });

    it("does not hold up the start for more than 2 s, however many keep coming", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      scene.create("first", 10);
      for (let i = 1; i < 100; i++) {
        scene.check(`resource ${i}`, i * 100);
      }
      await scene.run();
      assert.ok((scene.starts[0] ?? 0) <= 2_200, `the start went out at ${scene.starts[0]} ms`);
    });

    it("does not hold it up where it came before that poll", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      scene.check("second", 0);
      scene.create("first", 20);
      await scene.run();
      assert.ok((scene.starts[0] ?? 0) <= 200, `the start went out at ${scene.starts[0]} ms`);
    });

    it("does not hold it up where it needs no create or update after all", async () => {
      const scene = new Scene({ syncSeconds: 60 });
      scene.create("first", 10);
      scene.check("second", 50);
      void scene.clock.sleep(60).then(() => scene.arrivals.take("second"));
      await scene.run();
      assert.ok((scene.starts[0] ?? 0) <= 600, `the start went out at ${scene.starts[0]} ms`);
    });
  });
});
