import assert from "node:assert/strict";
import fc from "fast-check";
import type { Faults, NewHost } from "../../../emulator";
import { World } from "../../../emulator/world/world";

/** 2020-11-11 12:00:00 in UTC+8. */
const noonMs = Date.UTC(2020, 10, 11, 4);

/** A world whose clock the test moves. */
function create(faults: Faults = {}, syncSeconds = 60) {
  let nowMs = noonMs;
  const world = new World({ now: () => nowMs, syncSeconds, faults });
  return {
    world,
    wait: (seconds: number) => {
      nowMs += seconds * 1000;
    },
    startSync: () => world.syncMachines(true),
    read: () => world.syncMachines(false),
  };
}

/** The machines of a world with one host, after a sync. */
function worldWith(host: NewHost) {
  const { world, startSync } = create({}, 0);
  world.addHost(host);
  startSync();
  return world.machines();
}

function status(State: string, start = "", end = "") {
  const time = (clock: string) => (clock === "" ? "" : `2020-11-11 ${clock}`);
  return { State, LatestStartTime: time(start), LatestEndTime: time(end) };
}

describe("the emulated world", () => {
  describe("when healthy", () => {
    it("answers NOTASK and no times before the first sync", () => {
      assert.deepEqual(create().read(), status("NOTASK"));
    });

    it("syncs for its sync time, then is finished, with times in UTC+8", () => {
      const { startSync, read, wait } = create();
      wait(60);
      assert.deepEqual(startSync(), status("SYNCING", "12:01:00"));
      wait(59.999);
      assert.deepEqual(read(), status("SYNCING", "12:01:00"));
      wait(0.001);
      assert.deepEqual(read(), status("FINISHED", "12:01:00", "12:02:00"));
    });

    it("writes times in whole seconds, rounded down", () => {
      const { startSync, read, wait } = create({}, 0.5);
      wait(0.9);
      startSync();
      wait(0.5);
      assert.deepEqual(read(), status("FINISHED", "12:00:00", "12:00:01"));
    });

    it("shows the end of the sync before during the next one", () => {
      const { startSync, read, wait } = create();
      startSync();
      wait(100);
      startSync();
      assert.deepEqual(read(), status("SYNCING", "12:01:40", "12:01:00"));
    });

    it("starts nothing new when a start arrives during a sync", () => {
      const { world, startSync, wait } = create();
      startSync();
      wait(30);
      assert.deepEqual(startSync(), status("SYNCING", "12:00:00"));
      wait(30);
      assert.equal(world.runs.length, 1);
      assert.deepEqual(startSync(), status("SYNCING", "12:01:00", "12:01:00"));
    });

    it("finishes at once when a sync takes no time", () => {
      const { startSync } = create({}, 0);
      assert.deepEqual(startSync(), status("FINISHED", "12:00:00", "12:00:00"));
    });

    it("shows a host only after a sync that started after it was added", () => {
      const { world, startSync, wait } = create();
      world.addHost({ id: "ins-1" });
      startSync();
      world.addHost({ id: "ins-2" });
      wait(59);
      assert.deepEqual(world.machines(), []);
      wait(1);
      assert.deepEqual(
        world.machines().map(({ id }) => id),
        ["ins-1"],
      );
      startSync();
      wait(60);
      assert.deepEqual(
        world.machines().map(({ id }) => id),
        ["ins-1", "ins-2"],
      );
    });

    it("shows a host that needs several syncs only after as many, and another host never", () => {
      const { world, startSync, wait } = create();
      world.addHost({ id: "ins-late", syncsNeeded: 3 });
      world.addHost({ id: "ins-lost", neverListed: true });
      world.addHost({ id: "ins-soon", syncsNeeded: 0 });
      const listed = () => world.machines().map(({ id }) => id);
      assert.deepEqual(listed(), ["ins-soon"]);
      for (let sync = 0; sync < 2; sync += 1) {
        startSync();
        wait(60);
        assert.deepEqual(listed(), ["ins-soon"]);
      }
      startSync();
      wait(60);
      assert.deepEqual(listed(), ["ins-late", "ins-soon"]);
    });

    it("gives a host uuids that are always the same", () => {
      const [one] = worldWith({ id: "ins-1", agentStatus: "ONLINE" });
      const [same] = worldWith({ id: "ins-1", agentStatus: "ONLINE" });
      const [another] = worldWith({ id: "ins-2", agentStatus: "ONLINE" });
      assert.deepEqual(one, same);
      const uuids = [one, another].flatMap((host) => [host?.quuid, host?.uuid]);
      assert.equal(new Set(uuids).size, 4);
      for (const uuid of uuids) {
        assert.match(uuid ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
      }
      assert.equal(worldWith({ id: "ins-1" })[0]?.uuid, "");
    });

    it("hides a host that is added again until the next sync", () => {
      const { world, startSync, wait } = create();
      world.addHost({ id: "ins-1" });
      startSync();
      wait(60);
      world.addHost({ id: "ins-1" });
      assert.deepEqual(world.machines(), []);
    });

    it("takes a new sync time for syncs still to start", () => {
      const { world, startSync, read, wait } = create();
      startSync();
      world.setSyncSeconds(10);
      wait(10);
      assert.equal(read().State, "SYNCING");
      wait(50);
      startSync();
      wait(10);
      assert.equal(read().State, "FINISHED");
    });

    it("keeps the length of a sync that had started before a new sync time, though no request was sent", () => {
      const { world, startSync, read, wait } = create({ startLagSeconds: 5 });
      startSync();
      wait(6);
      world.setSyncSeconds(1);
      assert.equal(read().State, "SYNCING");
    });
  });

  describe("with syncs of other pipelines", () => {
    it("shows such a sync like any other, and a start joins it", () => {
      const { world, startSync, read, wait } = create();
      world.startForeignSync(10);
      assert.deepEqual(startSync(), status("SYNCING", "12:00:00"));
      wait(10);
      assert.deepEqual(read(), status("FINISHED", "12:00:00", "12:00:10"));
      assert.deepEqual(world.runs, [{ startMs: noonMs, endMs: noonMs + 10_000, by: "foreign" }]);
    });

    it("has past syncs as its history, and starts later syncs on time, in whatever order they are given", () => {
      const { world, read, wait } = create({
        foreignSyncs: [
          { atMs: noonMs + 60_000, seconds: 5 },
          { atMs: noonMs - 50_000, seconds: 1 },
          { atMs: noonMs - 60_000, seconds: 30 },
        ],
      });
      assert.deepEqual(read(), status("FINISHED", "11:59:00", "11:59:30"));
      wait(61);
      assert.deepEqual(read(), status("SYNCING", "12:01:00", "11:59:30"));
      assert.equal(world.runs.length, 2);
    });

    it("does not show a host after a sync that started before it was added, though no request was sent", () => {
      const { world, wait } = create({ foreignSyncs: [{ atMs: noonMs + 1000, seconds: 10 }] });
      wait(5);
      world.addHost({ id: "ins-1" });
      wait(10);
      assert.deepEqual(world.machines(), []);
    });

    it("starts no sync during a sync in progress", () => {
      const { world, startSync, wait } = create({ foreignSyncs: [{ atMs: noonMs + 30_000, seconds: 60 }] });
      startSync();
      wait(90);
      assert.equal(world.runs.length, 1);
    });

    it("starts only syncs of the faults set last, beside a start that was accepted", () => {
      const { world, startSync, wait } = create({
        startLagSeconds: 100,
        foreignSyncs: [{ atMs: noonMs + 10_000, seconds: 1 }],
      });
      startSync();
      world.setFaults({ foreignSyncs: [{ atMs: noonMs + 20_000, seconds: 1 }] });
      wait(100);
      assert.deepEqual(
        world.runs.map(({ startMs, by }) => [startMs - noonMs, by === "foreign"]),
        [
          [20_000, true],
          [100_000, false],
        ],
      );
    });

    it("ignores past syncs if faults are set later", () => {
      const { world, read, wait } = create();
      wait(60);
      world.setFaults({ foreignSyncs: [{ atMs: noonMs, seconds: 1 }] });
      assert.deepEqual(read(), status("NOTASK"));
    });
  });

  describe("with a fault", () => {
    it("startLagSeconds: starts the accepted sync later, and shows the old status until then", () => {
      const { world, startSync, read, wait } = create({ startLagSeconds: 5 });
      world.addHost({ id: "ins-1" });
      assert.deepEqual(startSync(), status("NOTASK"));
      wait(4);
      assert.deepEqual(read(), status("NOTASK"));
      wait(1);
      assert.deepEqual(read(), status("SYNCING", "12:00:05"));
      wait(60);
      assert.deepEqual(read(), status("FINISHED", "12:00:05", "12:01:05"));
      assert.equal(world.machines().length, 1);
    });

    it("staleAlways: shows the status of before the start for staleSeconds, but the first answer is true", () => {
      const { startSync, read, wait } = create({ staleSeconds: 5, staleAlways: true });
      assert.equal(startSync().State, "SYNCING");
      wait(4);
      assert.deepEqual(read(), status("NOTASK"));
      wait(1);
      assert.deepEqual(read(), status("SYNCING", "12:00:00"));
      wait(59);
      assert.equal(read().State, "SYNCING");
      wait(1);
      assert.equal(read().State, "FINISHED");
    });

    it("staleSeconds: draws the age of each answer", () => {
      const draws = [0, 0.9, 0.1];
      const { startSync, read, wait } = create({ staleSeconds: 10, random: () => draws.shift() ?? 0 });
      startSync();
      wait(5);
      assert.deepEqual(
        [read(), read(), read()].map(({ State }) => State),
        ["SYNCING", "NOTASK", "SYNCING"],
      );
    });

    it("staleSeconds: answers the truth once after freshen()", () => {
      const { world, startSync, read } = create({ staleSeconds: 5, staleAlways: true });
      startSync();
      world.freshen();
      assert.equal(read().State, "SYNCING");
      assert.equal(read().State, "NOTASK");
    });

    it("staleSeconds: leaves the answer to a start true", () => {
      const { startSync, read } = create({ staleSeconds: 5, staleAlways: true });
      read();
      assert.equal(startSync().State, "SYNCING");
    });

    it("staleSeconds: draws the same in every world when it has no random of its own", () => {
      const draw = () => {
        const { startSync, read, wait } = create({ staleSeconds: 10 });
        startSync();
        wait(5);
        return Array.from({ length: 50 }, () => read().State);
      };
      assert.deepEqual(draw(), draw());
      assert.deepEqual([...new Set(draw())].sort(), ["NOTASK", "SYNCING"]);
    });

    it("forgets: answers NOTASK after the sync has finished, with its times", () => {
      const { startSync, read, wait } = create({ forgets: true });
      assert.equal(startSync().State, "SYNCING");
      wait(60);
      assert.deepEqual(read(), status("NOTASK", "12:00:00", "12:01:00"));
    });

    it("emptyTimes: has states but no times", () => {
      const { startSync, read, wait } = create({ emptyTimes: true });
      assert.deepEqual(startSync(), status("SYNCING"));
      wait(60);
      assert.deepEqual(read(), status("FINISHED"));
    });

    it("neverEnds: leaves so many started syncs, or all, without an end", () => {
      for (const neverEnds of [1, true]) {
        const { world, startSync, read, wait } = create({ neverEnds });
        world.startForeignSync(10);
        wait(10);
        assert.equal(read().State, "FINISHED");
        startSync();
        wait(1e9);
        assert.equal(read().State, "SYNCING");
        assert.equal(world.runs.at(-1)?.endMs, Number.POSITIVE_INFINITY);
      }
    });

    it("deafTriggers: takes the first so many starts without effect", () => {
      const { world, startSync } = create({ deafTriggers: 2 });
      assert.deepEqual(
        [startSync(), startSync(), startSync()].map(({ State }) => State),
        ["NOTASK", "NOTASK", "SYNCING"],
      );
      assert.equal(world.runs.length, 1);
    });

    it("busyTrigger: refuses a start during a sync with FailedOperation", () => {
      const { startSync, wait } = create({ busyTrigger: "FailedOperation" });
      startSync();
      assert.throws(startSync, { code: "FailedOperation" });
      wait(60);
      assert.equal(startSync().State, "SYNCING");
    });

    it("laggingTimesSeconds: changes the state at once and the times later", () => {
      const { startSync, read, wait } = create({ laggingTimesSeconds: 3 });
      assert.deepEqual(startSync(), status("SYNCING"));
      wait(60);
      assert.deepEqual(read(), status("FINISHED", "12:00:00"));
      wait(3);
      assert.deepEqual(read(), status("FINISHED", "12:00:00", "12:01:00"));
    });

    it("backToBackSeconds: has one sync of another pipeline after the other, from its own time on", () => {
      const { world, startSync, read, wait } = create();
      wait(3);
      world.setFaults({ backToBackSeconds: 8 });
      assert.deepEqual(read(), status("SYNCING", "12:00:03"));
      wait(8);
      assert.deepEqual(startSync(), status("SYNCING", "12:00:11", "12:00:11"));
      wait(4);
      assert.deepEqual(read(), status("SYNCING", "12:00:11", "12:00:11"));
      world.setFaults({});
      wait(4);
      assert.deepEqual(read(), status("FINISHED", "12:00:11", "12:00:19"));
      assert.deepEqual(
        world.runs.map(({ by }) => by),
        ["foreign", "foreign"],
      );
    });

    it("backToBackSeconds: begins when the sync in progress ends, and lists hosts as other syncs do", () => {
      const { world, startSync, read, wait } = create();
      startSync();
      world.setFaults({ backToBackSeconds: 8 });
      wait(62);
      world.addHost({ id: "ins-1" });
      assert.deepEqual(read(), status("SYNCING", "12:01:00", "12:01:00"));
      wait(13.9);
      assert.deepEqual(world.machines(), []);
      wait(0.1);
      assert.equal(world.machines().length, 1);
    });

    it("backToBackSeconds: continues if the clock is moved by a year, and records the latest", () => {
      const { world, read, wait } = create({ backToBackSeconds: 1 });
      wait(365 * 86_400 + 0.5);
      assert.deepEqual(read(), {
        State: "SYNCING",
        LatestStartTime: "2021-11-11 12:00:00",
        LatestEndTime: "2021-11-11 12:00:00",
      });
      assert.ok(world.runs.length <= 1002);
    });

    it("laggingListSeconds: lists a host only so long after its sync has finished", () => {
      const { world, startSync, read, wait } = create({ laggingListSeconds: 5 });
      world.addHost({ id: "ins-1" });
      startSync();
      wait(64.999);
      assert.equal(read().State, "FINISHED");
      assert.deepEqual(world.machines(), []);
      wait(0.001);
      assert.equal(world.machines().length, 1);
    });

    it("unknownState: answers that state, whatever the true one", () => {
      assert.equal(create({ unknownState: "PAUSED" }).read().State, "PAUSED");
    });

    it("is healed by setFaults, and its running sync keeps its end", () => {
      const { world, startSync, read, wait } = create({ forgets: true });
      startSync();
      world.setFaults({});
      wait(60);
      assert.equal(read().State, "FINISHED");
    });
  });

  describe("whatever happens", () => {
    /** One thing that happens; `ms` is how long to wait, or how long a foreign sync takes. */
    interface Step {
      readonly kind: "wait" | "start" | "read" | "add" | "foreign";
      readonly ms: number;
    }
    const step: fc.Arbitrary<Step> = fc.record({
      kind: fc.constantFrom("wait", "wait", "start", "read", "add", "foreign"),
      ms: fc.integer({ min: 0, max: 90_000 }),
    });
    const faults = fc.record(
      {
        startLagSeconds: fc.integer({ min: 0, max: 20 }),
        staleSeconds: fc.integer({ min: 0, max: 20 }),
        forgets: fc.boolean(),
        neverEnds: fc.integer({ min: 0, max: 1 }),
        deafTriggers: fc.integer({ min: 0, max: 2 }),
        laggingTimesSeconds: fc.integer({ min: 0, max: 20 }),
      },
      { requiredKeys: [] },
    );
    const steps = fc.array(step, { maxLength: 40 });
    const syncSeconds = fc.constantFrom(0, 0.25, 1, 30, 60);

    /** Plays the steps, and returns the observation of each. */
    function play(plan: readonly Step[], worldFaults: Faults, seconds: number) {
      let nowMs = noonMs;
      const world = new World({ now: () => nowMs, syncSeconds: seconds, faults: worldFaults });
      const added: { id: string; runsBefore: number }[] = [];
      return plan.map(({ kind, ms }) => {
        let answer: ReturnType<World["syncMachines"]> | undefined;
        if (kind === "wait") {
          nowMs += ms;
        } else if (kind === "foreign") {
          world.startForeignSync(ms / 1000);
        } else if (kind === "add") {
          const id = `ins-${added.length}`;
          added.push({ id, runsBefore: world.runs.length });
          world.addHost({ id });
        } else {
          answer = world.syncMachines(kind === "start");
        }
        return {
          kind,
          nowMs,
          answer,
          added: [...added],
          runs: world.runs,
          machines: world.machines(),
        };
      });
    }

    it("equal worlds give equal answers", () => {
      fc.assert(
        fc.property(steps, faults, syncSeconds, (plan, worldFaults, seconds) => {
          assert.deepEqual(play(plan, worldFaults, seconds), play(plan, worldFaults, seconds));
        }),
      );
    });

    it("a host shows if, and only if, a sync that started after it was added has ended", () => {
      fc.assert(
        fc.property(steps, faults, syncSeconds, (plan, worldFaults, seconds) => {
          for (const { nowMs, added, runs, machines } of play(plan, worldFaults, seconds)) {
            const due = added.filter(({ runsBefore }) =>
              runs.some(({ endMs }, index) => index >= runsBefore && endMs <= nowMs),
            );
            assert.deepEqual(
              machines.map(({ id }) => id),
              due.map(({ id }) => id),
            );
          }
        }),
      );
    });

    it("two syncs never run at once, and a sync never changes once it has started", () => {
      fc.assert(
        fc.property(steps, faults, syncSeconds, (plan, worldFaults, seconds) => {
          let before: World["runs"] = [];
          for (const { nowMs, runs } of play(plan, worldFaults, seconds)) {
            assert.deepEqual(runs.slice(0, before.length), before);
            runs.forEach(({ startMs, endMs }, index) => {
              assert.ok(startMs <= nowMs && startMs <= endMs);
              assert.ok(startMs >= (runs[index - 1]?.endMs ?? 0));
            });
            before = runs;
          }
        }),
      );
    });

    it("the times of a healthy world never move backwards, and it is idle exactly between syncs", () => {
      fc.assert(
        fc.property(steps, syncSeconds, (plan, seconds) => {
          let latest = { start: "", end: "" };
          for (const { nowMs, answer, runs } of play(plan, {}, seconds)) {
            if (answer !== undefined) {
              assert.ok(answer.LatestStartTime >= latest.start && answer.LatestEndTime >= latest.end);
              latest = { start: answer.LatestStartTime, end: answer.LatestEndTime };
              const isRunning = runs.some(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs);
              assert.equal(answer.State === "SYNCING", isRunning);
            }
          }
        }),
      );
    });

    it("a start of a healthy world is followed by a sync that starts now, or joins one in progress", () => {
      fc.assert(
        fc.property(steps, syncSeconds, (plan, seconds) => {
          for (const { kind, nowMs, runs } of play(plan, {}, seconds)) {
            if (kind === "start") {
              const latest = runs.at(-1);
              assert.ok(latest !== undefined && (latest.startMs === nowMs || nowMs < latest.endMs));
            }
          }
        }),
      );
    });
  });
});
