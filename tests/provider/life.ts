/** The life of a MachineSync without the engine, the same by both entry points. */
import assert from "node:assert/strict";
import { type Emulator, type NewHost, startEmulator } from "../../emulator";
import type { Inputs } from "../../provider/machineSync/inputs";
import type { Outputs } from "../../provider/machineSync/outputs";
import { history } from "../history";
import { refusal } from "../refusal";

interface Keys {
  readonly secretId: string;
  readonly secretKey: string;
}

/** An entry point, as the engine calls it. */
export interface EntryPoint {
  configure(endpoint: string, keys: Keys): Promise<unknown>;
  /** The failures of the inputs. */
  check(news: Record<string, unknown>): Promise<string[]>;
  diff(olds: Outputs, news: Inputs): Promise<{ changes: boolean; replaces: readonly string[] }>;
  create(inputs: Inputs, timeoutSeconds?: number): Promise<{ id: string; outputs: Outputs }>;
  update(olds: Outputs, news: Inputs, timeoutSeconds?: number): Promise<Outputs>;
  read(outputs: Outputs): Promise<Outputs>;
  /** The part that a failed create or update keeps; undefined if nothing. */
  kept(error: unknown): { reasons: readonly string[]; outputs: Outputs } | undefined;
}

const account = { secretId: "AKIDtest", secretKey: "the-secret-key-of-the-test" };
const other = { secretId: "AKIDother", secretKey: "the-other-secret-key" };
const inputs: Inputs = { triggers: ["ins-1", { disks: [1, 2] }] };

/** A run whose end was not seen, as version 0.1.0 kept it: without an account. */
const unfinishedRun = { state: "NOTASK", latestStartTime: "", latestEndTime: "", shown: true } as const;

export function testLife(point: () => EntryPoint): void {
  let emulator: Emulator;

  const starts = () => emulator.requests.filter(({ sync }) => sync === true).length;
  const lookUps = () => emulator.requests.filter(({ action }) => action === "DescribeMachines").length;
  const startsOf = ({ secretId }: Keys) =>
    emulator.world(secretId).runs.filter(({ by }) => by !== "foreign").length;
  const quuidOf = (id: string) => emulator.hosts().find(({ host }) => host.id === id)?.host.quuid;
  const idsOf = ({ machines }: Outputs) => machines?.map(({ instanceId }) => instanceId);
  const create = async (news: Inputs, timeoutSeconds?: number) =>
    (await point().create(news, timeoutSeconds)).outputs;
  const { update, read, diff } = {
    update: (...args: Parameters<EntryPoint["update"]>) => point().update(...args),
    read: (outputs: Outputs) => point().read(outputs),
    diff: (...args: Parameters<EntryPoint["diff"]>) => point().diff(...args),
  };

  /** Adds a sync in the past, before the test's own actions. */
  const syncBefore = (seconds: number) => {
    emulator.world().startForeignSync(seconds);
    emulator.advance(seconds + 60);
  };

  /** Adds hosts that CWP lists already. */
  const list = (...hosts: NewHost[]) => {
    for (const host of hosts) {
      emulator.addHost({ ...host, syncsNeeded: 0 });
    }
  };

  /** The message of a create or update that fails, and the part that it keeps. */
  async function fail(call: Promise<unknown>) {
    const error = await refusal(call, account.secretKey, other.secretKey);
    const kept = point().kept(error);
    return { message: kept?.reasons.join() ?? error.message, outputs: kept?.outputs };
  }

  /** The same for a call that is refused after it has started a sync of ten minutes. */
  async function failAfterStart(call: () => Promise<unknown>) {
    emulator.setSyncSeconds(600);
    emulator.inject({ error: "UnauthorizedOperation" }, { on: "read", after: 1 });
    const { message, outputs } = await fail(call());
    assert.ok(outputs?.unfinishedRun, message);
    return { message, outputs };
  }

  /** The state of a create that was refused after its start, and whose sync has ended since. */
  async function createUnfinished(news: Inputs): Promise<Outputs> {
    const { outputs } = await failAfterStart(() => create(news));
    emulator.advance(600);
    emulator.setSyncSeconds(0);
    emulator.clearRequests();
    return outputs;
  }

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 0, accounts: [account, other], faults: history(1) });
    await point().configure(emulator.url, account);
  });
  afterEach(() => emulator.stop());

  describe("check", () => {
    it("sends nothing, and names the problem without the value", async () => {
      assert.deepEqual(await point().check({ ...inputs }), []);
      const reasons = (await point().check({ skipAwait: "yes", secretKey: "hush" })).join("\n");
      assert.match(
        reasons,
        /skipAwait must be true or false, not a string.*node_modules\/pulumi-tencentcloud-cwp\/docs\/troubleshooting\.md/s,
      );
      assert.match(reasons, /no property secretKey.*never in arguments/);
      assert.doesNotMatch(reasons, /hush/);
      assert.equal(emulator.requests.length, 0);
    });
  });

  describe("create", () => {
    it("syncs once, and returns the inputs beside the outputs of the sync", async () => {
      const { id, outputs } = await point().create(inputs);
      const { LatestStartTime, LatestEndTime } = emulator.world().syncMachines(false);
      assert.match(String(outputs.__account), /^[0-9a-f]{32}$/);
      assert.deepEqual(
        { ...outputs, timeouts: undefined },
        {
          ...inputs,
          state: "FINISHED",
          latestStartTime: LatestStartTime,
          latestEndTime: LatestEndTime,
          durationSeconds: 0,
          machines: [],
          requestId: emulator.requests.at(-1)?.requestId,
          __account: outputs.__account,
          timeouts: undefined,
        },
      );
      assert.notEqual(id, "");
      assert.equal(starts(), 1);
    });

    it("does not wait with skipAwait, and shows the sync that is in progress", async () => {
      emulator.setSyncSeconds(600);
      const { state, latestStartTime, machines } = await create({ ...inputs, skipAwait: true });
      assert.equal(starts(), 1);
      assert.equal(state, "SYNCING");
      assert.equal(latestStartTime, emulator.world().syncMachines(false).LatestStartTime);
      assert.deepEqual(machines, []);
    });

    it("shows a sync as finished though the service forgets it", async () => {
      emulator.setFaults({ forgets: true });
      const { state, latestEndTime } = await create({});
      assert.equal(emulator.requests.at(-1)?.answer, "NOTASK");
      assert.equal(state, "FINISHED");
      assert.notEqual(latestEndTime, "");
    });

    it("shares one sync among fifty at once, each with an id of its own", async () => {
      const created = await Promise.all(Array.from({ length: 50 }, () => point().create({})));
      assert.equal(starts(), 1);
      assert.equal(new Set(created.map(({ id }) => id)).size, 50);
    });

    it("keeps nothing if it fails before the start", async () => {
      await point().configure(emulator.url, { ...account, secretKey: "a-wrong-key" });
      const { message, outputs } = await fail(create(inputs));
      assert.match(message, /AuthFailure\.SignatureFailure/);
      assert.equal(outputs, undefined);
      assert.equal(emulator.requests.length, 1);
    });

    it("keeps its inputs, the run and the reason if it fails after the start, and the update continues", async () => {
      const { message, outputs } = await failAfterStart(() => create(inputs));
      assert.match(message, /cwp:SyncMachines.*Run "pulumi up" again to continue waiting for the same sync/);
      assert.deepEqual(outputs.triggers, inputs.triggers);
      assert.equal(outputs.state, "SYNCING");
      assert.match(outputs.requestId ?? "", /^[0-9a-f-]{36}$/);
      assert.equal(outputs.unfinishedRun?.account, outputs.__account);

      assert.ok((await diff(outputs, inputs)).changes);
      emulator.advance(600);
      const after = await update(outputs, inputs);
      assert.equal(starts(), 1);
      assert.equal(after.durationSeconds, 600);
      assert.ok(!("unfinishedRun" in after));
    });
  });

  describe("create with hosts", () => {
    it("gives the machines in the order of the hosts", async () => {
      emulator.addHost({
        id: "ins-a",
        ip: "10.1.2.3",
        publicIp: "1.2.3.4",
        agentStatus: "ONLINE",
        name: "web",
      });
      emulator.addHost({ id: "lhins-b", machineType: "LH", region: "ap-shanghai" });
      const hosts = ["lhins-b", "ins-a"];
      const outputs = await create({ hosts });
      assert.deepEqual(outputs.hosts, hosts);
      assert.deepEqual(idsOf(outputs), hosts);
      const uuid = emulator.machines().find(({ id }) => id === "ins-a")?.uuid;
      assert.deepEqual(outputs.machines?.[1], {
        instanceId: "ins-a",
        quuid: quuidOf("ins-a"),
        uuid,
        name: "web",
        privateIp: "10.1.2.3",
        publicIp: "1.2.3.4",
        agentStatus: "ONLINE",
        machineStatus: "ONLINE",
        protectType: "BASIC_VERSION",
      });
      assert.deepEqual([starts(), lookUps()], [1, 2]);
    });

    it("gives a machine for each time that a host is named", async () => {
      emulator.addHost({ id: "ins-a" });
      assert.deepEqual(idsOf(await create({ hosts: ["ins-a", "ins-a"] })), ["ins-a", "ins-a"]);
      assert.equal(lookUps(), 1);
    });

    it("syncs though CWP lists the hosts already, since it may have listed them for long", async () => {
      list({ id: "ins-a" });
      await create({ hosts: ["ins-a"] });
      assert.equal(starts(), 1);
    });

    it("ignores wrong hosts in a list whose filter is loose", async () => {
      emulator.setFaults({ looseFilters: true });
      emulator.addHost({ id: "ins-abc" });
      emulator.addHost({ id: "ins-ab" });
      const { machines } = await create({ hosts: ["ins-ab"] });
      assert.deepEqual(
        machines?.map(({ quuid }) => quuid),
        [quuidOf("ins-ab")],
      );
    });

    it("says what to grant if the list may not be read, and keeps the resource", async () => {
      emulator.addHost({ id: "ins-a" });
      emulator.setFaults({ deniedActions: ["DescribeMachines"] });
      const { message, outputs } = await fail(create({ hosts: ["ins-a"] }));
      assert.match(message, /"action":\["cwp:DescribeMachines"\]/);
      assert.match(message, /The argument hosts needs it; without hosts, cwp:SyncMachines is enough\./);
      assert.equal(outputs?.state, "FINISHED");
      assert.deepEqual(outputs.machines, []);
      assert.ok((await diff(outputs, { hosts: ["ins-a"] })).changes);

      emulator.setFaults({});
      emulator.clearRequests();
      assert.deepEqual(idsOf(await update(outputs, { hosts: ["ins-a"] })), ["ins-a"]);
      assert.deepEqual([starts(), lookUps()], [0, 1]);
    });

    it("shares a sync and the look-ups among many", async () => {
      const all = Array.from({ length: 200 }, (_, i) => `ins-${i}`);
      for (const id of all) {
        emulator.addHost({ id });
      }
      const created = await Promise.all(
        Array.from({ length: 20 }, (_, i) => create({ hosts: all.slice(10 * i, 10 * i + 10) })),
      );
      assert.deepEqual(created.flatMap(idsOf), all);
      assert.deepEqual([starts(), lookUps()], [1, 2]);
    });
  });

  describe("update", () => {
    it("syncs for changed triggers", async () => {
      const olds = await create(inputs);
      emulator.clearRequests();
      const news = { triggers: ["ins-1", { disks: [1, 3] }] };
      assert.ok((await diff(olds, news)).changes);
      assert.deepEqual((await update(olds, news)).triggers, news.triggers);
      assert.equal(starts(), 1);
    });

    it("ends at its time limit, as a create does", async () => {
      emulator.world().startForeignSync(600);
      for (const call of [create(inputs, 1), update({}, inputs, 1)]) {
        const { message, outputs } = await fail(call);
        assert.match(
          message,
          /No machine sync could be started within 1 s, .*allow more time with customTimeouts/,
        );
        assert.equal(outputs, undefined);
      }
    });

    it("sends nothing if no sync is due", async () => {
      const olds = await create(inputs);
      emulator.clearRequests();
      const { timeouts: _before, ...outputs } = await update(olds, inputs);
      const { timeouts: _after, ...same } = olds;
      assert.deepEqual(outputs, same);
      assert.equal(emulator.requests.length, 0);
    });

    it("syncs again instead of continuing if the triggers have changed", async () => {
      const olds = await createUnfinished(inputs);
      const outputs = await update(olds, { triggers: ["changed"] });
      assert.equal(starts(), 1);
      assert.equal(outputs.durationSeconds, 0);
      assert.ok(!("unfinishedRun" in outputs));
    });

    it("syncs again instead of continuing if the keys are another account's", async () => {
      const olds = await createUnfinished(inputs);
      await point().configure(emulator.url, other);
      assert.ok(!("unfinishedRun" in (await update(olds, inputs))));
      assert.equal(startsOf(other), 1);
    });

    it("syncs again if the state does not say whose run it was, as 0.1.0 wrote it", async () => {
      syncBefore(7);
      const outputs = await update({ ...inputs, unfinishedRun }, inputs);
      assert.equal(starts(), 1);
      assert.ok(!("unfinishedRun" in outputs));
    });

    it("keeps the new inputs and the run if it fails", async () => {
      const olds = await create(inputs);
      const { outputs } = await failAfterStart(() => update(olds, { triggers: ["ins-2"] }));
      assert.deepEqual(outputs.triggers, ["ins-2"]);
    });
  });

  describe("update of the hosts", () => {
    let before: Outputs;
    beforeEach(async () => {
      emulator.addHost({ id: "ins-a" });
      emulator.addHost({ id: "ins-b" });
      before = await create({ hosts: ["ins-a", "ins-b"], triggers: ["1"] });
      emulator.clearRequests();
    });

    const to = async (news: Inputs) => {
      assert.ok((await diff(before, news)).changes);
      return update(before, news);
    };

    it("syncs for an added host", async () => {
      emulator.addHost({ id: "ins-c" });
      const outputs = await to({ hosts: ["ins-c", "ins-a", "ins-b"], triggers: ["1"] });
      assert.deepEqual(idsOf(outputs), ["ins-c", "ins-a", "ins-b"]);
      assert.equal(starts(), 1);
    });

    it("only looks up an added host that CWP lists already", async () => {
      list({ id: "ins-c" });
      const outputs = await to({ hosts: ["ins-a", "ins-b", "ins-c"], triggers: ["1"] });
      assert.deepEqual(idsOf(outputs), ["ins-a", "ins-b", "ins-c"]);
      assert.deepEqual([starts(), emulator.requests.length], [0, 1]);
      assert.equal(outputs.latestStartTime, before.latestStartTime);
    });

    it("syncs for changed triggers, whatever CWP lists", async () => {
      list({ id: "ins-c" });
      await to({ hosts: ["ins-a", "ins-b", "ins-c"], triggers: ["2"] });
      assert.equal(starts(), 1);
    });

    it("sends nothing for a removed host", async () => {
      const outputs = await to({ hosts: ["ins-b"], triggers: ["1"] });
      assert.deepEqual(idsOf(outputs), ["ins-b"]);
      assert.equal(outputs.latestEndTime, before.latestEndTime);
      assert.deepEqual((await to({ triggers: ["1"] })).machines, []);
      assert.equal(emulator.requests.length, 0);
    });

    it("is not needed for another order, or for a host that is named twice", async () => {
      for (const hosts of [
        ["ins-b", "ins-a"],
        ["ins-a", "ins-b", "ins-a"],
      ]) {
        const { changes } = await diff(before, { hosts, triggers: ["1"] });
        assert.equal(changes, false);
      }
    });

    it("continues with a run for the same hosts or fewer, and syncs again for others", async () => {
      emulator.addHost({ id: "ins-c" });
      const triggers = ["2"];
      const { outputs } = await failAfterStart(() => update(before, { hosts: ["ins-a", "ins-c"], triggers }));
      emulator.advance(600);
      emulator.setSyncSeconds(0);
      emulator.clearRequests();
      assert.deepEqual(idsOf(await update(outputs, { hosts: ["ins-c"], triggers })), ["ins-c"]);
      assert.equal(starts(), 0);
      await update(outputs, { hosts: ["ins-a", "ins-c", "ins-b"], triggers });
      assert.equal(starts(), 1);
    });

    it("syncs for every host again if the keys are another account's", async () => {
      await point().configure(emulator.url, other);
      const added = ["ins-a", "ins-b", "ins-c"];
      for (const id of added) {
        emulator.addHost({ id, syncsNeeded: 0 }, other.secretId);
      }
      assert.deepEqual(idsOf(await to({ hosts: added, triggers: ["1"] })), added);
      assert.equal(startsOf(other), 1);
    });
  });

  describe("read", () => {
    it("sends one poll, and shows the latest sync beside the inputs", async () => {
      const { __account, ...olds } = await create(inputs);
      syncBefore(7);
      emulator.clearRequests();
      const outputs = await read({ ...olds, ...(__account && { __account }) });
      const { LatestStartTime, LatestEndTime } = emulator.world().syncMachines(false);
      assert.deepEqual(outputs, {
        ...olds,
        latestStartTime: LatestStartTime,
        latestEndTime: LatestEndTime,
        durationSeconds: 7,
        requestId: emulator.requests.at(-1)?.requestId,
        __account,
      });
      assert.deepEqual(
        emulator.requests.map(({ sync }) => sync),
        [false],
      );
    });

    it("shows no duration while a sync is in progress, not even that of the sync before", async () => {
      const olds = await create(inputs);
      emulator.world().startForeignSync(600);
      const outputs = await read(olds);
      assert.equal(outputs.state, "SYNCING");
      assert.ok(!("durationSeconds" in outputs));
      assert.equal(starts(), 1);
    });

    it("keeps an unfinished run, so that the next update continues with it", async () => {
      assert.deepEqual((await read({ ...inputs, unfinishedRun })).unfinishedRun, unfinishedRun);
      assert.equal(starts(), 0);
    });

    it("shows no drift if the service forgets the sync", async () => {
      const before = await read(inputs);
      emulator.setFaults({ forgets: true });
      const after = await read(before);
      assert.equal(emulator.requests.at(-1)?.answer, "NOTASK");
      assert.deepEqual({ ...after, requestId: "" }, { ...before, requestId: "" });
    });

    it("shows NOTASK and no times if there has never been a sync", async () => {
      const fresh = await startEmulator({ accounts: [account] });
      try {
        await point().configure(fresh.url, account);
        const { state, latestStartTime, latestEndTime, machines } = await read({});
        assert.deepEqual([state, latestStartTime, latestEndTime, machines], ["NOTASK", "", "", []]);
      } finally {
        await fresh.stop();
      }
    });

    it("reads the machines again, and the next update looks up a missing machine before it syncs", async () => {
      emulator.addHost({ id: "ins-a" });
      emulator.addHost({ id: "ins-b" });
      const hosts = ["ins-a", "ins-b"];
      const olds = await create({ hosts });
      emulator.addHost({ id: "ins-b" });
      emulator.addHost({ id: "ins-a", syncsNeeded: 0, agentStatus: "ONLINE" });
      emulator.clearRequests();
      const outputs = await read(olds);
      assert.equal(starts(), 0);
      assert.deepEqual(
        outputs.machines?.map(({ instanceId, agentStatus }) => [instanceId, agentStatus]),
        [["ins-a", "ONLINE"]],
      );
      assert.ok((await diff(outputs, { hosts })).changes);
      emulator.clearRequests();
      assert.deepEqual(idsOf(await update(outputs, { hosts })), hosts);
      assert.deepEqual([emulator.requests[0]?.action, starts()], ["DescribeMachines", 1]);
    });
  });
}
