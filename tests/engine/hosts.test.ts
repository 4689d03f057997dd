import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../emulator";
import { history } from "../history";
import { inEnvironment } from "./account";
import { oneSync, output, withHosts } from "./program";
import { type OperationResult, TestStack } from "./stack";

/** By the plugin, the faster entry point: these tests need only one. */
describe("A MachineSync with hosts on the engine", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  const syncs = () => emulator.requests.filter(({ sync }) => sync === true).length;
  const actions = () => emulator.requests.map(({ action, sync }) => (sync ? "sync" : action));
  const quuidOf = (id: string) => emulator.hosts().find(({ host }) => host.id === id)?.host.quuid;
  const listed = (id: string) => emulator.addHost({ id, syncsNeeded: 0 });

  /** The outputs that a program would use next. */
  const quuids = ({ outputs }: OperationResult) => {
    assert.ok(Array.isArray(outputs.machines));
    return outputs.machines.map(({ quuid }) => quuid);
  };

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 0, faults: history() });
    stack = await TestStack.create({ entryPoint: "plugin", env: inEnvironment(emulator) });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  it("previews and creates with ids that are not known yet, beside triggers", async () => {
    emulator.addHost({ id: "ins-a" });
    const known = output("first", "machines[0].instanceId");
    const program = {
      resources: {
        first: { properties: { hosts: ["ins-a"] } },
        second: { properties: { hosts: [known], triggers: [known] } },
      },
      outputs: { machines: output("second", "machines") },
    };
    await stack.preview(program);
    assert.equal(emulator.requests.length, 0);
    assert.deepEqual(quuids(await stack.up()), [quuidOf("ins-a")]);
    assert.equal(syncs(), 2);
  });

  it("succeeds after the second sync for a host that CWP lists only then", async () => {
    emulator.addHost({ id: "ins-a", syncsNeeded: 2 });
    const created = await stack.up(withHosts(["ins-a"]));
    assert.deepEqual(quuids(created), [quuidOf("ins-a")]);
    assert.equal(syncs(), 2);
    assert.match(created.stdout, /CWP does not list ins-a after 1 machine sync: starting another sync\./);
  });

  it("fails within its time over a host that never appears, names it, and looks up the host again before it syncs", async () => {
    emulator.addHost({ id: "ins-x", neverListed: true });
    emulator.addHost({ id: "ins-a" });
    const timed = withHosts(["ins-a", "ins-x"], {}, { customTimeouts: { create: "60s", update: "60s" } });
    const { errors } = await stack.up(timed, { expectFailure: true });
    assert.match(errors.join("\n"), /CWP does not list ins-x after 3 machine syncs\. Check that it is/);
    const kept = stack.resource("machines");
    assert.deepEqual(kept?.inputs?.hosts, ["ins-a", "ins-x"]);
    assert.equal(kept?.outputs?.state, "FINISHED");

    listed("ins-x");
    emulator.clearRequests();
    const created = await stack.up(timed);
    assert.deepEqual(actions(), ["DescribeMachines"]);
    assert.deepEqual(quuids(created), [quuidOf("ins-a"), quuidOf("ins-x")]);
    emulator.clearRequests();
    assert.deepEqual((await stack.up(timed)).summary, { same: 2 });
    assert.equal(emulator.requests.length, 0);
  });

  it("syncs for an added host, only looks up a host that CWP lists, and sends nothing for a removed host", async () => {
    emulator.addHost({ id: "ins-a" });
    await stack.up(withHosts(["ins-a"]));
    emulator.addHost({ id: "ins-b" });
    emulator.clearRequests();
    await stack.up(withHosts(["ins-a", "ins-b"]));
    assert.equal(syncs(), 1);

    listed("ins-c");
    emulator.clearRequests();
    const added = await stack.up(withHosts(["ins-c", "ins-a", "ins-b"]));
    assert.deepEqual(actions(), ["DescribeMachines"]);
    assert.deepEqual(quuids(added), ["ins-c", "ins-a", "ins-b"].map(quuidOf));

    emulator.clearRequests();
    const removed = await stack.up(withHosts(["ins-b"]));
    assert.equal(removed.summary.update, 1);
    assert.equal(emulator.requests.length, 0);
    assert.deepEqual(quuids(removed), [quuidOf("ins-b")]);
  });

  it("drops a machine that CWP no longer lists in a refresh, and syncs in the next up", async () => {
    emulator.addHost({ id: "ins-a" });
    emulator.addHost({ id: "ins-b" });
    await stack.up(withHosts(["ins-a", "ins-b"]));
    emulator.addHost({ id: "ins-a" });
    emulator.clearRequests();
    await stack.refresh();
    assert.equal(syncs(), 0);
    const machines: unknown = stack.resource("machines")?.outputs?.machines;
    assert.ok(Array.isArray(machines));
    assert.deepEqual(
      machines.map(({ instanceId }) => instanceId),
      ["ins-b"],
    );

    emulator.clearRequests();
    const updated = await stack.up();
    assert.equal(updated.summary.update, 1);
    assert.equal(actions()[0], "DescribeMachines");
    assert.equal(syncs(), 1);
    assert.deepEqual(quuids(updated), ["ins-a", "ins-b"].map(quuidOf));
  });

  it("says what to grant if it may not read the list, and continues once it may", async () => {
    emulator.addHost({ id: "ins-a" });
    emulator.setFaults({ deniedActions: ["DescribeMachines"] });
    const { errors } = await stack.up(withHosts(["ins-a"]), { expectFailure: true });
    assert.match(errors.join("\n"), /"action":\["cwp:DescribeMachines"\]/);
    emulator.setFaults({});
    emulator.clearRequests();
    await stack.up(withHosts(["ins-a"]));
    assert.deepEqual(actions(), ["DescribeMachines"]);
  });

  it("needs no permission to read the list if no hosts are named", async () => {
    emulator.setFaults({ deniedActions: ["DescribeMachines"] });
    await stack.up(oneSync());
    await stack.refresh();
    assert.ok(!actions().includes("DescribeMachines"));
  });

  it("refuses skipAwait beside hosts, and a host that is no id, before anything is sent", async () => {
    const { errors } = await stack.up(withHosts(["ins-a"], { skipAwait: true }), { expectFailure: true });
    assert.match(errors.join("\n"), /skipAwait cannot be true if hosts are named/);
    const other = await stack.up(withHosts(["ins-a", ""]), { expectFailure: true });
    assert.match(
      other.errors.join("\n"),
      /hosts\[1\] must be an instance id such as ins-1a2b3c4d, not empty\./,
    );
    assert.equal(emulator.requests.length, 0);
  });
});
