import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../../emulator";
import { history } from "../../history";
import { inEnvironment } from "../account";
import { refuseAfterStart } from "../interrupted";
import { oneSync } from "../program";
import { type OperationOptions, TestStack } from "../stack";

describe("A resource of the plugin that the dynamic resource takes over by an alias", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  const dynamic = (triggers: unknown[]) =>
    oneSync({ triggers }, { aliases: [{ type: "tencentcloud-cwp:index:MachineSync" }] });

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 1, faults: history() });
    stack = await TestStack.create({ entryPoint: "plugin", env: inEnvironment(emulator) });
    await stack.up(oneSync({ triggers: ["a", { b: [1] }] }));
    stack.entryPoint = "dynamic";
    emulator.clearRequests();
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  it("is updated once, with no request, and can then be refreshed, updated and destroyed", async () => {
    const { id } = stack.resource("machines") ?? {};
    const { summary, outputs } = await stack.up(dynamic(["a", { b: [1] }]));
    assert.equal(summary.update, 1);
    assert.equal(summary.replace ?? summary.create, undefined);
    assert.equal(emulator.requests.length, 0);
    assert.equal(stack.resource("machines")?.id, id);
    assert.equal(outputs.state, "FINISHED");
    assert.deepEqual((await stack.up()).summary, { same: 2 });

    await stack.refresh();
    assert.equal(emulator.requests.filter(({ sync }) => sync).length, 0);
    await stack.up(dynamic(["b"]));
    assert.equal(emulator.requests.filter(({ sync }) => sync).length, 1);
    await stack.destroy();
    assert.equal(stack.resource("machines"), undefined);
  });
});

describe("A dynamic resource that the plugin takes over", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  const syncs = () => emulator.requests.filter(({ sync }) => sync === true).length;

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 1 });
    stack = await TestStack.create({ entryPoint: "plugin", env: inEnvironment(emulator) });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  /** An up by the dynamic resource. */
  async function before(options: OperationOptions = {}): Promise<void> {
    stack.entryPoint = "dynamic";
    const kept = { customTimeouts: { create: "20m" } };
    await stack.up(oneSync({ triggers: ["a", { b: [1] }] }, kept), options);
    stack.entryPoint = "plugin";
  }
  const plugin = () => oneSync({ triggers: ["a", { b: [1] }] });

  it("is unchanged, with no sync, and keeps nothing of the dynamic resource once it is updated", async () => {
    await before();
    const { id } = stack.resource("machines") ?? {};
    emulator.clearRequests();

    const preview = await stack.preview(plugin());
    assert.equal(preview.summary.same, 2);
    const { summary } = await stack.up(plugin());
    assert.equal(summary.same, 2);
    assert.equal(summary.update ?? summary.replace ?? summary.delete, undefined);
    assert.equal(emulator.requests.length, 0);
    assert.equal(stack.resource("machines")?.type, "tencentcloud-cwp:index:MachineSync");
    assert.equal(stack.resource("machines")?.id, id);

    await stack.refresh();
    assert.equal(syncs(), 0);
    await stack.up(oneSync({ triggers: ["b"] }));
    assert.equal(syncs(), 1);
    const { inputs, outputs } = stack.resource("machines") ?? {};
    for (const leftover of ["__provider", "__urn", "timeouts"]) {
      assert.ok(!(leftover in Object(inputs)) && !(leftover in Object(outputs)), leftover);
    }
    await stack.destroy();
    assert.equal(syncs(), 1);
  });

  it("continues with an unfinished run, and starts no other sync", async () => {
    refuseAfterStart(emulator);
    await before({ expectFailure: true });
    assert.ok(stack.resource("machines")?.outputs?.unfinishedRun);
    assert.equal(syncs(), 1);
    emulator.clearRequests();
    emulator.advance(600);
    const { outputs } = await stack.up(plugin());
    assert.equal(syncs(), 0);
    assert.equal(outputs.durationSeconds, 600);
    assert.equal(stack.resource("machines")?.outputs?.unfinishedRun, undefined);
  });
});
