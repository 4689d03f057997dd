import assert from "node:assert/strict";
import { type Emulator, emulatorAccount, type NewHost, startEmulator } from "../../../emulator";
import { configure, create, diff, read, update } from "../../../provider/dynamic/door";
import type { Inputs } from "../../../provider/machineSync/inputs";
import type { Outputs } from "../../../provider/machineSync/outputs";
import { history } from "../../history";
import { refusal } from "../../refusal";
import { ownHome } from "../account/credentials/home";

describe("A MachineSync with hosts, without the engine", function () {
  this.timeout(60_000);
  ownHome();

  let emulator: Emulator;

  const syncs = () => emulator.requests.filter(({ sync }) => sync === true).length;
  const lookUps = () => emulator.requests.filter(({ action }) => action === "DescribeMachines").length;
  const quuidOf = (id: string) => emulator.hosts().find(({ host }) => host.id === id)?.host.quuid;
  const idsOf = ({ machines }: Outputs) => machines?.map(({ instanceId }) => instanceId);

  /** Hosts that CWP lists already. */
  const listed = (...hosts: NewHost[]) => {
    for (const host of hosts) {
      emulator.addHost({ ...host, syncsNeeded: 0 });
    }
  };

  async function failed(call: Promise<unknown>): Promise<{ message: string; properties: Outputs }> {
    const error = await refusal(call, emulatorAccount.secretKey);
    const properties: Outputs | undefined = Reflect.get(error, "properties");
    assert.ok(properties, `nothing is kept: ${error.message}`);
    return { message: error.message, properties };
  }

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 0, faults: history() });
    const { secretId, secretKey } = emulatorAccount;
    configure({
      config: new Map([
        ["tencentcloud:secretId", secretId],
        ["tencentcloud:secretKey", secretKey],
        ["tencentcloud-cwp:endpoint", emulator.url],
      ]),
    });
  });
  afterEach(() => emulator.stop());

  describe("create", () => {
    it("gives the machines in the order of the hosts", async () => {
      emulator.addHost({
        id: "ins-a",
        ip: "10.1.2.3",
        publicIp: "1.2.3.4",
        agentStatus: "ONLINE",
        name: "web",
      });
      emulator.addHost({ id: "lhins-b", machineType: "LH", region: "ap-shanghai" });
      const inputs = { hosts: ["lhins-b", "ins-a"] };
      const { outs } = await create(inputs);
      assert.deepEqual(outs.hosts, inputs.hosts);
      assert.deepEqual(idsOf(outs), inputs.hosts);
      const uuid = emulator.machines().find(({ id }) => id === "ins-a")?.uuid;
      assert.deepEqual(outs.machines?.[1], {
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
      assert.deepEqual([syncs(), lookUps()], [1, 2]);
    });

    it("gives a machine for each time that a host is named", async () => {
      emulator.addHost({ id: "ins-a" });
      const { outs } = await create({ hosts: ["ins-a", "ins-a"] });
      assert.deepEqual(idsOf(outs), ["ins-a", "ins-a"]);
      assert.equal(lookUps(), 1);
    });

    it("syncs though CWP lists the hosts already, since nothing tells for how long", async () => {
      listed({ id: "ins-a" });
      await create({ hosts: ["ins-a"] });
      assert.equal(syncs(), 1);
    });

    it("takes nothing of a list whose filter is loose", async () => {
      emulator.setFaults({ looseFilters: true });
      emulator.addHost({ id: "ins-abc" });
      emulator.addHost({ id: "ins-ab" });
      const { outs } = await create({ hosts: ["ins-ab"] });
      assert.deepEqual(
        outs.machines?.map(({ quuid }) => quuid),
        [quuidOf("ins-ab")],
      );
    });

    it("tells who may not read the list what to grant, and keeps the resource", async () => {
      emulator.addHost({ id: "ins-a" });
      emulator.setFaults({ deniedActions: ["DescribeMachines"] });
      const inputs = { hosts: ["ins-a"] };
      const { message, properties } = await failed(create(inputs));
      assert.match(message, /"action":\["cwp:DescribeMachines"\]/);
      assert.match(message, /The argument hosts needs it; without hosts, cwp:SyncMachines is enough\./);
      assert.equal(properties.state, "FINISHED");
      assert.deepEqual(properties.machines, []);
      assert.ok(diff("id", properties, inputs).changes);

      emulator.setFaults({});
      emulator.clearRequests();
      const { outs } = await update("id", properties, inputs);
      assert.deepEqual([idsOf(outs), syncs(), lookUps()], [["ins-a"], 0, 1]);
    });
  });

  describe("update", () => {
    let before: Outputs;
    beforeEach(async () => {
      emulator.addHost({ id: "ins-a" });
      emulator.addHost({ id: "ins-b" });
      ({ outs: before } = await create({ hosts: ["ins-a", "ins-b"], triggers: ["1"] }));
      emulator.clearRequests();
    });

    const to = async (news: Inputs) => {
      assert.ok(diff("id", before, news).changes);
      return (await update("id", before, news)).outs;
    };

    it("syncs for an added host", async () => {
      emulator.addHost({ id: "ins-c" });
      const outs = await to({ hosts: ["ins-c", "ins-a", "ins-b"], triggers: ["1"] });
      assert.deepEqual(idsOf(outs), ["ins-c", "ins-a", "ins-b"]);
      assert.equal(syncs(), 1);
    });

    it("only looks an added host up that CWP lists already", async () => {
      listed({ id: "ins-c" });
      const outs = await to({ hosts: ["ins-a", "ins-b", "ins-c"], triggers: ["1"] });
      assert.deepEqual(idsOf(outs), ["ins-a", "ins-b", "ins-c"]);
      assert.deepEqual([syncs(), emulator.requests.length], [0, 1]);
      assert.equal(outs.latestStartTime, before.latestStartTime);
    });

    it("syncs for a changed trigger, whatever CWP lists", async () => {
      listed({ id: "ins-c" });
      await to({ hosts: ["ins-a", "ins-b", "ins-c"], triggers: ["2"] });
      assert.equal(syncs(), 1);
    });

    it("sends nothing for a removed host", async () => {
      const outs = await to({ hosts: ["ins-b"], triggers: ["1"] });
      assert.deepEqual(idsOf(outs), ["ins-b"]);
      const { machines: _some, ...others } = before;
      assert.deepEqual(outs, { ...others, hosts: ["ins-b"], machines: outs.machines });
      assert.deepEqual((await to({ triggers: ["1"] })).machines, []);
      assert.equal(emulator.requests.length, 0);
    });

    it("is not needed for another order, or for a host that is named twice", () => {
      for (const hosts of [
        ["ins-b", "ins-a"],
        ["ins-a", "ins-b", "ins-a"],
      ]) {
        assert.deepEqual(diff("id", before, { hosts, triggers: ["1"] }), { changes: false, replaces: [] });
      }
    });

    it("resumes a run for the same hosts or fewer, and syncs afresh for others", async () => {
      emulator.addHost({ id: "ins-c" });
      emulator.setSyncSeconds(600);
      const inputs = { hosts: ["ins-a", "ins-c"], triggers: ["1"], timeouts: { update: "2s" } };
      const { properties } = await failed(update("id", before, inputs));
      assert.ok(properties.unfinishedRun);
      assert.equal(syncs(), 1);
      emulator.advance(600);
      emulator.setSyncSeconds(0);
      emulator.clearRequests();
      const { outs } = await update("id", properties, { ...inputs, hosts: ["ins-c"] });
      assert.deepEqual([idsOf(outs), syncs()], [["ins-c"], 0]);
      await update("id", properties, { ...inputs, hosts: ["ins-a", "ins-c", "ins-b"] });
      assert.equal(syncs(), 1);
    });
  });

  describe("read", () => {
    it("reads the machines again, and the next up looks for one that is gone before it syncs", async () => {
      emulator.addHost({ id: "ins-a" });
      emulator.addHost({ id: "ins-b" });
      const inputs = { hosts: ["ins-a", "ins-b"] };
      const { outs } = await create(inputs);
      emulator.addHost({ id: "ins-b" });
      emulator.addHost({ id: "ins-a", syncsNeeded: 0, agentStatus: "ONLINE" });
      emulator.clearRequests();
      const { props } = await read("id", outs);
      assert.equal(syncs(), 0);
      assert.deepEqual(
        props.machines?.map(({ instanceId, agentStatus }) => [instanceId, agentStatus]),
        [["ins-a", "ONLINE"]],
      );
      assert.ok(diff("id", props, inputs).changes);
      emulator.clearRequests();
      const { outs: again } = await update("id", props, inputs);
      assert.deepEqual(idsOf(again), inputs.hosts);
      assert.deepEqual([emulator.requests[0]?.action, syncs()], ["DescribeMachines", 1]);
    });

    it("sends one request where no hosts are named", async () => {
      await read("id", {});
      assert.equal(emulator.requests.length, 1);
    });
  });

  it("shares a sync and the look-ups among many", async () => {
    const all = Array.from({ length: 200 }, (_, i) => `ins-${i}`);
    for (const id of all) {
      emulator.addHost({ id });
    }
    const created = await Promise.all(
      Array.from({ length: 20 }, (_, i) => create({ hosts: all.slice(10 * i, 10 * i + 10) })),
    );
    assert.deepEqual(
      created.flatMap(({ outs }) => idsOf(outs)),
      all,
    );
    assert.deepEqual([syncs(), lookUps()], [1, 2]);
  });
});
