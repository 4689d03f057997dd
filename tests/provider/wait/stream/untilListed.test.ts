import assert from "node:assert/strict";
import type { Machine } from "../../../../provider/cwp/describeMachines";
import { SETTLE_MS } from "../../../../provider/wait/run/evidence";
import { MachineList } from "../../../../provider/wait/stream/machineList";
import { Turns } from "../../../../provider/wait/stream/turns";
import {
  findIfListed,
  type Listed,
  NotListed,
  untilListed,
} from "../../../../provider/wait/stream/untilListed";
import type { AccountOptions } from "../account";
import { HostList, type ListedHost, type ListTrouble } from "../hostList";
import { HOUR, Scene } from "../scene";

interface Setting extends Partial<AccountOptions> {
  readonly hosts?: readonly ListedHost[];
  readonly lagMs?: number;
  readonly listTroubles?: readonly (ListTrouble | undefined)[];
  readonly region?: string;
}

/** The end of a wait for hosts: its result and its time. */
interface Outcome {
  at: number;
  listed?: Listed;
  error?: unknown;
}

type Call = Partial<Parameters<typeof untilListed>[2]>;

/** Waits for hosts of one account, in virtual time. */
class Stage {
  readonly scene: Scene;
  readonly service: HostList;
  readonly list: MachineList;

  constructor({ hosts = [], lagMs = 0, listTroubles = [], region, ...account }: Setting) {
    this.scene = new Scene({ syncSeconds: 60, ...account });
    const { clock, account: syncs } = this.scene;
    this.service = new HostList({
      clock,
      account: () => syncs,
      hosts,
      lagMs: () => lagMs,
      troubles: listTroubles,
    });
    this.list = new MachineList(this.service, { turns: new Turns(clock), clock, region, random: () => 0.5 });
  }

  get waits() {
    return { loop: this.scene.loop, list: this.list, clock: this.scene.clock };
  }

  wait(hosts: readonly string[], call: Call = {}, at = 0): Outcome {
    return this.after(at, () => untilListed(this.waits, hosts, { timeoutMs: HOUR, ...call }));
  }

  lookUp(hosts: readonly string[], at: number, account = "the account"): Outcome {
    return this.after(at, async () => {
      const deadline = this.scene.clock.now() + 60_000;
      const machines = await findIfListed(this.waits, hosts, account, { deadline });
      return {
        status: { state: "NOTASK", latestStartTime: "", latestEndTime: "", requestId: "" },
        machines: machines ?? new Map(),
        account,
      };
    });
  }

  run(): Promise<void> {
    return this.scene.run();
  }

  private after(at: number, work: () => Promise<Listed>): Outcome {
    const outcome: Outcome = { at: Number.NaN };
    const { clock } = this.scene;
    void (at > 0 ? clock.sleep(at) : Promise.resolve()).then(work).then(
      (listed) => void Object.assign(outcome, { at: clock.now(), listed }),
      (error: unknown) => void Object.assign(outcome, { at: clock.now(), error }),
    );
    return outcome;
  }
}

function quuids({ listed, error }: Outcome): string[] {
  assert.ok(listed, `the wait did not succeed: ${error ?? "it has not ended"}`);
  return [...listed.machines.values()].map(({ quuid }: Machine) => quuid);
}

function failedWith({ error }: Outcome, code: string): NotListed {
  assert.ok(error instanceof NotListed, `no failure of its own: ${error ?? "none"}`);
  assert.equal(error.code, code, error.message);
  return error;
}

const hosts = (count: number, more: Partial<ListedHost> = {}) =>
  Array.from({ length: count }, (_, i) => ({ id: `ins-${i}`, ...more }));
const idsOf = (all: readonly ListedHost[]) => all.map(({ id }) => id);

describe("A wait for hosts", () => {
  describe("ends well when CWP lists them", () => {
    it("after one sync and one request, with their machines", async () => {
      const stage = new Stage({ hosts: hosts(2) });
      const one = stage.wait(["ins-1"]);
      await stage.run();
      assert.deepEqual(quuids(one), ["quuid of ins-1"]);
      assert.equal(stage.scene.starts.length, 1);
      assert.deepEqual(
        stage.service.queries.map(({ type, region, id }) => [type, region, id]),
        [["CVM", "all-regions", "ins-1"]],
      );
    });

    it("with one sync if the list lags behind its end by less than the settle time", async () => {
      const stage = new Stage({ hosts: hosts(1), lagMs: SETTLE_MS - 100 });
      const one = stage.wait(["ins-0"]);
      await stage.run();
      assert.equal(quuids(one).length, 1);
      assert.equal(stage.scene.starts.length, 1);
    });

    it("after the second sync if the first did not find a host", async () => {
      const stage = new Stage({ hosts: hosts(2, { syncsNeeded: 2 }) });
      const warnings: string[] = [];
      const shown: string[] = [];
      const log = {
        status: (text: string) => shown.push(text),
        warning: (text: string) => warnings.push(text),
        info() {},
      };
      const one = stage.wait(["ins-0", "ins-1"], { log });
      await stage.run();
      assert.equal(quuids(one).length, 2);
      assert.equal(stage.scene.starts.length, 2);
      assert.deepEqual(warnings, [
        "CWP does not list ins-0, ins-1 after 1 machine sync: starting another sync.",
      ]);
      const notLeft = shown.filter((text) => !/left$|^any moment now$/.test(text));
      assert.deepEqual(notLeft, ["starting", "syncing", "looking up hosts", "starting", "looking up hosts"]);
    });

    it("whatever their type, and whatever fails for a while", async () => {
      const stage = new Stage({
        hosts: [{ id: "ins-0", type: "Other" }],
        listTroubles: ["drop", { code: "RequestLimitExceeded" }, "hang", { code: "InternalError" }],
      });
      const one = stage.wait(["ins-0"]);
      await stage.run();
      assert.equal(quuids(one).length, 1);
      assert.equal(stage.scene.starts.length, 1);
    });

    it("in the region that is set, if CWP refuses to list all regions", async () => {
      const stage = new Stage({
        hosts: hosts(1),
        listTroubles: [{ code: "InvalidParameterValue" }],
        region: "ap-shanghai",
      });
      const one = stage.wait(["ins-0"]);
      await stage.run();
      assert.equal(quuids(one).length, 1);
      assert.deepEqual(
        stage.service.queries.map(({ region }) => region),
        ["all-regions", "ap-shanghai"],
      );
    });

    it("in all regions again, if the search in that region does not work either", async () => {
      const refused = { code: "InvalidParameterValue" };
      const stage = new Stage({
        hosts: hosts(1),
        listTroubles: [refused, { code: "InvalidParameter" }],
        region: "ap-shanghai",
      });
      const [one, two] = [stage.wait(["ins-0"]), stage.wait(["ins-0"], {}, 100_000)];
      await stage.run();
      failedWith(one, "InvalidParameter");
      assert.equal(quuids(two).length, 1);
      assert.deepEqual(
        stage.service.queries.map(({ region }) => region),
        ["all-regions", "ap-shanghai", "all-regions"],
      );
    });

    it("though the look-ups before have failed as often as is allowed", async () => {
      const internal = { code: "InternalError" };
      const stage = new Stage({ hosts: hosts(1), listTroubles: Array(7).fill(internal) });
      const [one, two] = [stage.wait(["ins-0"]), stage.wait(["ins-0"], {}, 200_000)];
      await stage.run();
      failedWith(one, "InternalError");
      assert.equal(quuids(two).length, 1);
    });

    it("with no request for the list if no hosts are named", async () => {
      const stage = new Stage({ hosts: hosts(1) });
      const one = stage.wait([]);
      await stage.run();
      assert.deepEqual(quuids(one), []);
      assert.deepEqual(stage.service.queries, []);
    });
  });

  describe("fails once a sync has finished", () => {
    it("after three syncs, naming the hosts that are missing, with the machines of the others", async () => {
      const stage = new Stage({ hosts: [...hosts(2), { id: "ins-x", syncsNeeded: 99 }] });
      const one = stage.wait(["ins-0", "ins-x", "ins-1"]);
      await stage.run();
      const { message, machines, last, unfinished } = failedWith(one, "HostsNotListed");
      assert.match(message, /^CWP does not list ins-x after 3 machine syncs\. Check that /);
      assert.deepEqual([...machines.keys()], ["ins-0", "ins-1"]);
      assert.equal(last?.state, "FINISHED");
      assert.equal(unfinished, undefined);
      assert.equal(stage.scene.starts.length, 3);
    });

    it("naming twenty hosts at most", async () => {
      const stage = new Stage({ syncSeconds: 1 });
      const one = stage.wait(idsOf(hosts(30)));
      await stage.run();
      assert.match(
        failedWith(one, "HostsNotListed").message,
        /ins-18, ins-19 and 10 more after 3 machine syncs/,
      );
    });

    it("within its time, with the run that was in progress then, and what is missing", async () => {
      const stage = new Stage({ hosts: hosts(1, { syncsNeeded: 2 }), syncSeconds: 600 });
      const one = stage.wait(["ins-0"], { timeoutMs: 900_000 });
      await stage.run();
      const { message, unfinished } = failedWith(one, "SyncTimeout");
      assert.match(
        message,
        /^CWP does not list ins-0 after 1 machine sync\. The machine sync did not finish within /,
      );
      assert.ok(unfinished?.shown);
      assert.ok(one.at <= 901_100, `at ${one.at} ms`);
      const two = stage.wait(["ins-0"], { run: unfinished });
      await stage.run();
      assert.equal(quuids(two).length, 1);
      assert.equal(stage.scene.starts.length, 2, "it resumed the run");
    });

    it("naming the hosts that are missing, if its time is over before the list can be looked up again", async () => {
      const stage = new Stage({
        hosts: hosts(2, { syncsNeeded: 9 }),
        syncSeconds: 1,
        listTroubles: [...Array(10).fill(undefined), ...Array(50).fill("hang")],
      });
      const one = stage.wait(["ins-0", "ins-1"], { timeoutMs: 5_000 });
      await stage.run();
      const { message } = failedWith(one, "RequestTimeout");
      assert.match(message, /^CWP does not list ins-0, ins-1 after 1 machine sync\. CWP did not answer\. /);
    });

    it("at once if it may not read the list, and says what to grant", async () => {
      const stage = new Stage({
        hosts: hosts(1),
        listTroubles: [{ code: "AuthFailure.UnauthorizedOperation" }],
      });
      const one = stage.wait(["ins-0"]);
      await stage.run();
      const { message } = failedWith(one, "AuthFailure.UnauthorizedOperation");
      assert.match(message, /^The machine sync has finished, but its hosts could not be looked up\. /);
      assert.match(message, /cwp:DescribeMachines/);
      assert.equal(stage.service.queries.length, 1);
    });

    it("within its time if the list never answers", async () => {
      const stage = new Stage({ hosts: hosts(1), listTroubles: Array(500).fill("hang") });
      const one = stage.wait(["ins-0"], { timeoutMs: 90_000 });
      await stage.run();
      assert.match(failedWith(one, "RequestTimeout").message, /Tried \d+ times in .* Run "pulumi up" again/);
      assert.ok(one.at <= 100_000, `at ${one.at} ms`);
    });

    it("after two minutes of failures in a row, however much time is left", async () => {
      const stage = new Stage({ hosts: hosts(1), listTroubles: Array(500).fill("drop") });
      const one = stage.wait(["ins-0"]);
      await stage.run();
      failedWith(one, "NetworkFailure");
      assert.ok(one.at > 180_000 && one.at < 210_000, `at ${one.at} ms`);
    });

    it("only at its deadline if the service refuses the number of requests", async () => {
      const listTroubles = Array(5000).fill({ code: "RequestLimitExceeded" });
      const stage = new Stage({ hosts: hosts(1), listTroubles });
      const one = stage.wait(["ins-0"], { timeoutMs: 600_000 });
      await stage.run();
      failedWith(one, "RequestLimitExceeded");
      assert.ok(one.at >= 600_000 && one.at <= 610_000, `at ${one.at} ms`);
    });

    it("at once when it is cancelled during the look-up, and leaves no timer", async () => {
      const stage = new Stage({ hosts: hosts(1, { syncsNeeded: 9 }) });
      const abort = new AbortController();
      const one = stage.wait(["ins-0"], { signal: abort.signal });
      while (stage.service.queries.length < 2) {
        await stage.scene.clock.run(stage.scene.clock.now() + 500);
      }
      const now = stage.scene.clock.now();
      abort.abort();
      await stage.scene.clock.run(now);
      assert.match(failedWith(one, "Cancelled").message, /The wait was cancelled/);
      assert.deepEqual(
        stage.scene.clock.pending.filter((at) => at > now + 100),
        [],
      );
    });
  });

  it("sends no more than three requests to start a sync in all, even if some start nothing", async () => {
    const stage = new Stage({ hosts: [{ id: "ins-0", syncsNeeded: 9 }], faults: { deafTriggers: 1 } });
    const one = stage.wait(["ins-0"]);
    await stage.run();
    failedWith(one, "HostsNotListed");
    assert.equal(stage.scene.starts.length, 3);
  });

  it("fails as any wait if no sync has finished", async () => {
    const stage = new Stage({ hosts: hosts(1), syncSeconds: 600 });
    const one = stage.wait(["ins-0"], { timeoutMs: 60_000 });
    await stage.run();
    assert.ok(!(one.error instanceof NotListed));
    assert.deepEqual(stage.service.queries, []);
  });

  it("looks up a thousand hosts with at most 15 requests, at the pace of all", async () => {
    const all = hosts(1000);
    const stage = new Stage({ hosts: all });
    const one = stage.wait(idsOf(all));
    await stage.run();
    assert.equal(quuids(one).length, 1000);
    assert.equal(stage.service.queries.length, 10);
    const gaps = stage.service.queries.slice(1).map(({ at }, i) => at - (stage.service.queries[i]?.at ?? 0));
    assert.ok(Math.min(...gaps) >= 100, `gaps of ${gaps}`);
  });

  it("shares syncs and look-ups among a hundred resources of ten hosts each", async () => {
    const all = hosts(1000);
    const stage = new Stage({ hosts: all });
    const waits = Array.from({ length: 100 }, (_, i) => stage.wait(idsOf(all.slice(10 * i, 10 * i + 10))));
    await stage.run();
    assert.ok(waits.every((one) => quuids(one).length === 10));
    assert.equal(stage.scene.starts.length, 1);
    assert.equal(stage.service.queries.length, 10);
  });

  it("asks for an id once for all that want it at that time", async () => {
    const stage = new Stage({ hosts: hosts(500) });
    const waits = Array.from({ length: 50 }, () => stage.wait(["ins-7"]));
    await stage.run();
    assert.ok(waits.every((one) => quuids(one).length === 1));
    assert.equal(stage.service.queries.length, 1);
  });

  it("shares the next sync too among the waits whose hosts are missing", async () => {
    const stage = new Stage({ hosts: hosts(100, { syncsNeeded: 2 }) });
    const waits = hosts(100).map(({ id }) => stage.wait([id]));
    await stage.run();
    assert.ok(waits.every((one) => quuids(one).length === 1));
    assert.equal(stage.scene.starts.length, 2);
  });

  it("returns the listed hosts with one request and no sync, if only the list is wanted", async () => {
    const stage = new Stage({ hosts: hosts(1, { syncsNeeded: 0 }) });
    const one = stage.lookUp(["ins-0"], 0);
    const other = stage.lookUp(["ins-0", "ins-9"], 60_000);
    const elsewhere = stage.lookUp(["ins-0"], 120_000, "another account");
    await stage.run();
    assert.equal(quuids(one).length, 1);
    assert.deepEqual(quuids(other), []);
    assert.deepEqual(quuids(elsewhere), []);
    assert.deepEqual(stage.scene.requests, []);
  });
});
