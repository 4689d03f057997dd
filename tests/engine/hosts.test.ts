import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { type Emulator, emulatorAccount, startEmulator } from "../../emulator";
import { MachineSync, type MachineSyncArgs } from "../../sdk";
import { TestStack } from "./stack";

/** Stands for a cloud's host: its id is known only once it exists. */
const hostProvider: pulumi.dynamic.ResourceProvider = {
  create: async (inputs) => ({ id: `ins-${inputs.name}`, outs: inputs }),
};

class StandInHost extends pulumi.dynamic.Resource {
  constructor(name: string) {
    super(hostProvider, name, { name });
  }
}

describe("A MachineSync with hosts on the engine", function () {
  this.timeout(120_000);

  let emulator: Emulator;
  let stack: TestStack;

  const syncs = () => emulator.requests.filter(({ sync }) => sync === true).length;
  const actions = () => emulator.requests.map(({ action, sync }) => (sync ? "sync" : action));
  const machineSync = () => stack.exportState().resources?.find(({ type }) => type.endsWith(":MachineSync"));
  const quuidOf = (id: string) => emulator.hosts().find(({ host }) => host.id === id)?.host.quuid;
  const listed = (id: string) => emulator.addHost({ id, syncsNeeded: 0 });

  /** What a program would go on with. */
  const program =
    (
      hosts: pulumi.Input<string>[],
      more: MachineSyncArgs = {},
      opts: pulumi.CustomResourceOptions = {},
    ): PulumiFn =>
    async () => {
      const { machines } = new MachineSync("machines", { hosts, ...more }, opts);
      return { quuids: machines.apply((all) => all.map(({ quuid }) => quuid)) };
    };

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 0 });
    stack = await TestStack.create({
      config: {
        "tencentcloud-cwp:endpoint": emulator.url,
        "tencentcloud:secretId": emulatorAccount.secretId,
        "tencentcloud:secretKey": { value: emulatorAccount.secretKey, secret: true },
      },
    });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  it("gives the quuid of each host in their order, and does nothing more when only the order changes", async () => {
    emulator.addHost({ id: "ins-a" });
    emulator.addHost({ id: "ins-b" });
    const { outputs } = await stack.up(program(["ins-b", "ins-a"]));
    assert.deepEqual(outputs.quuids, [quuidOf("ins-b"), quuidOf("ins-a")]);
    emulator.clearRequests();
    const { summary } = await stack.up(program(["ins-a", "ins-b"]));
    assert.deepEqual(summary, { same: 2 });
    assert.equal(emulator.requests.length, 0);
  });

  it("previews and creates with ids that are not known yet, beside triggers", async () => {
    const withHosts: PulumiFn = async () => {
      const hosts = ["a", "b"].map((name) => new StandInHost(name).id);
      const { machines } = new MachineSync("machines", { hosts, triggers: hosts });
      return { quuids: machines.apply((all) => all.map(({ quuid }) => quuid)) };
    };
    emulator.addHost({ id: "ins-a" });
    emulator.addHost({ id: "ins-b" });
    await stack.preview(withHosts);
    assert.equal(emulator.requests.length, 0);
    const { outputs } = await stack.up(withHosts);
    assert.deepEqual(outputs.quuids, [quuidOf("ins-a"), quuidOf("ins-b")]);
    assert.equal(syncs(), 1);
  });

  it("succeeds after the second sync for a host that CWP lists only then", async () => {
    emulator.addHost({ id: "ins-a", syncsNeeded: 2 });
    const { outputs, stdout } = await stack.up(program(["ins-a"]));
    assert.deepEqual(outputs.quuids, [quuidOf("ins-a")]);
    assert.equal(syncs(), 2);
    assert.match(stdout, /CWP does not list ins-a after 1 machine sync: starting another one\./);
  });

  it("fails within its time over a host that never appears, names it, and looks again before it syncs", async () => {
    emulator.addHost({ id: "ins-x", neverListed: true });
    emulator.addHost({ id: "ins-a" });
    const timed = program(["ins-a", "ins-x"], {}, { customTimeouts: { create: "60s", update: "60s" } });
    const { errors } = await stack.up(timed, { expectFailure: true });
    assert.match(errors.join("\n"), /CWP does not list ins-x after 3 machine syncs\. Check that it is/);
    const kept = machineSync();
    assert.deepEqual(kept?.inputs?.hosts, ["ins-a", "ins-x"]);
    assert.equal(kept?.outputs?.state, "FINISHED");

    listed("ins-x");
    emulator.clearRequests();
    const { outputs } = await stack.up(timed);
    assert.deepEqual(actions(), ["DescribeMachines"]);
    assert.deepEqual(outputs.quuids, [quuidOf("ins-a"), quuidOf("ins-x")]);
    emulator.clearRequests();
    assert.deepEqual((await stack.up(timed)).summary, { same: 2 });
    assert.equal(emulator.requests.length, 0);
  });

  it("syncs for an added host, only looks one up that CWP lists, and sends nothing for a removed one", async () => {
    emulator.addHost({ id: "ins-a" });
    await stack.up(program(["ins-a"]));
    emulator.addHost({ id: "ins-b" });
    emulator.clearRequests();
    await stack.up(program(["ins-a", "ins-b"]));
    assert.equal(syncs(), 1);

    listed("ins-c");
    emulator.clearRequests();
    const added = await stack.up(program(["ins-c", "ins-a", "ins-b"]));
    assert.deepEqual(actions(), ["DescribeMachines"]);
    assert.deepEqual(added.outputs.quuids, ["ins-c", "ins-a", "ins-b"].map(quuidOf));

    emulator.clearRequests();
    const removed = await stack.up(program(["ins-b"]));
    assert.equal(removed.summary.update, 1);
    assert.equal(emulator.requests.length, 0);
    assert.deepEqual(removed.outputs.quuids, [quuidOf("ins-b")]);
  });

  it("loses a machine in a refresh that CWP no longer lists, and syncs in the next up", async () => {
    emulator.addHost({ id: "ins-a" });
    emulator.addHost({ id: "ins-b" });
    await stack.up(program(["ins-a", "ins-b"]));
    emulator.addHost({ id: "ins-a" });
    emulator.clearRequests();
    await stack.refresh();
    assert.equal(syncs(), 0);
    const machines: unknown = machineSync()?.outputs?.machines;
    assert.ok(Array.isArray(machines));
    assert.deepEqual(
      machines.map(({ instanceId }) => instanceId),
      ["ins-b"],
    );

    emulator.clearRequests();
    const { outputs, summary } = await stack.up(program(["ins-a", "ins-b"]));
    assert.equal(summary.update, 1);
    assert.equal(actions()[0], "DescribeMachines");
    assert.equal(syncs(), 1);
    assert.deepEqual(outputs.quuids, ["ins-a", "ins-b"].map(quuidOf));
  });

  it("says what to grant where it may not read the list, and goes on once it may", async () => {
    emulator.addHost({ id: "ins-a" });
    emulator.setFaults({ deniedActions: ["DescribeMachines"] });
    const { errors } = await stack.up(program(["ins-a"]), { expectFailure: true });
    assert.match(errors.join("\n"), /"action":\["cwp:DescribeMachines"\]/);
    emulator.setFaults({});
    emulator.clearRequests();
    await stack.up(program(["ins-a"]));
    assert.deepEqual(actions(), ["DescribeMachines"]);
  });

  it("needs no permission to read the list where no hosts are named", async () => {
    emulator.setFaults({ deniedActions: ["DescribeMachines"] });
    await stack.up(async () => void new MachineSync("machines"));
    await stack.refresh();
    assert.ok(!actions().includes("DescribeMachines"));
  });

  it("refuses skipAwait beside hosts, and a host that is no id, before anything is sent", async () => {
    const { errors } = await stack.up(program(["ins-a"], { skipAwait: true }), { expectFailure: true });
    assert.match(errors.join("\n"), /skipAwait cannot be true where hosts are named/);
    const other = await stack.up(program(["ins-a", ""]), { expectFailure: true });
    assert.match(
      other.errors.join("\n"),
      /hosts\[1\] must be an instance id such as ins-1a2b3c4d, not empty\./,
    );
    assert.equal(emulator.requests.length, 0);
  });

  it("destroys without a request", async () => {
    emulator.addHost({ id: "ins-a" });
    await stack.up(program(["ins-a"]));
    emulator.clearRequests();
    await stack.destroy();
    assert.equal(emulator.requests.length, 0);
  });
});
