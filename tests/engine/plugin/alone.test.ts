import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../../emulator";
import { PluginProcess } from "../../provider/plugin/pluginProcess";
import { inConfig } from "../account";
import { nextUpSyncs, refuseAfterStart, underWay } from "../interrupted";
import { oneSync, output, secret } from "../program";
import { TestStack } from "../stack";

/** The parts that differ from the dynamic resource, and tests that need only one entry point. */
describe("The plugin alone", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  const syncs = () => emulator.requests.filter(({ sync }) => sync === true).length;

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 1 });
    stack = await TestStack.create({ entryPoint: "plugin", config: inConfig("plugin", emulator) });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  it("refuses a setting and an argument that it does not know", async () => {
    await stack.setConfig("tencentcloud-cwp:secretid", "AKID");
    const { errors } = await stack.up(oneSync(), { expectFailure: true });
    assert.match(errors.join("\n"), /There is no setting tencentcloud-cwp:secretid\. There are secretId/);
    assert.equal(emulator.requests.length, 0);
  });

  it("encrypts a secret among the triggers, and no other value", async () => {
    await stack.up(oneSync({ triggers: ["plain", secret("the-hidden-value")] }));
    const { inputs, outputs } = stack.resource("machines") ?? {};
    for (const properties of [inputs, outputs]) {
      const triggers = properties?.triggers;
      assert.ok(Array.isArray(triggers) && triggers[0] === "plain");
      assert.ok(triggers[1].ciphertext);
    }
  });

  // A Node.js program fails before that: Pulumi's own SDK connects to the engine through such a proxy.
  it("shows its row behind a lower-case https_proxy, with spaces in no_proxy", async () => {
    Object.assign(stack.envVars, { https_proxy: "http://127.0.0.1:1", no_proxy: "example.com, 127.0.0.1" });
    const { events } = await stack.up(oneSync());
    const said = events.map(({ diagnosticEvent }) => diagnosticEvent?.message ?? "").join("\n");
    assert.match(said, /syncing/);
    assert.match(said, /Machines synced from/);
  });

  it("does not wait with skipAwait", async () => {
    emulator.setSyncSeconds(600);
    const { outputs } = await stack.up(oneSync({ skipAwait: true }));
    assert.equal(syncs(), 1);
    assert.equal(outputs.state, "SYNCING");
  });

  it("continues with the sync of an update, even after a refresh, which clears the engine's own mark", async () => {
    await stack.up(oneSync({ triggers: ["a"] }));
    refuseAfterStart(emulator);
    await stack.up(oneSync({ triggers: ["b"] }), { expectFailure: true });
    await stack.refresh();
    emulator.clearRequests();
    emulator.advance(600);
    assert.equal((await stack.up()).outputs.durationSeconds, 600);
    assert.equal(syncs(), 0);
  });

  it("syncs again if the triggers changed while a run was unfinished, and is destroyed though one is", async () => {
    refuseAfterStart(emulator);
    await stack.up(oneSync({ triggers: ["a"] }), { expectFailure: true });
    emulator.advance(600);
    refuseAfterStart(emulator);
    await stack.up(oneSync({ triggers: ["b"] }), { expectFailure: true });
    assert.equal(syncs(), 2);
    await stack.destroy();
    assert.equal(syncs(), 2);
    assert.equal(stack.resource("machines"), undefined);
  });

  it("refuses wrong arguments in the preview, and names each of them", async () => {
    const said = (
      await stack.preview(oneSync({ hosts: ["", "a b"], profile: "", region: "" }), { expectFailure: true })
    ).errors.join("\n");
    assert.match(said, /hosts\[0\] must be an instance id such as ins-1a2b3c4d, not empty/);
    assert.match(said, /hosts\[1\] must be an instance id such as ins-1a2b3c4d, not a text with spaces/);
    assert.match(said, /profile must be the name of a profile, not empty/);
    assert.match(said, /region must be a region such as ap-guangzhou, not empty/);
    assert.equal(emulator.requests.length, 0);
  });

  it("reads the status by the function, and starts no sync", async () => {
    emulator.world().startForeignSync(600);
    const { outputs } = await stack.up({
      variables: { now: { "fn::invoke": { function: "tencentcloud-cwp:getMachineSyncStatus" } } },
      outputs: { state: output("now", "state") },
    });
    assert.equal(outputs.state, "SYNCING");
    assert.equal(syncs(), 0);
  });

  it("reads and imports the account's latest sync by any id", async () => {
    emulator.world().startForeignSync(2);
    emulator.advance(60);
    const { outputs } = await stack.up({
      resources: { latest: { type: "tencentcloud-cwp:MachineSync", get: { id: "latest" } } },
      outputs: { seconds: output("latest", "durationSeconds") },
    });
    assert.equal(outputs.seconds, 2);
    const { summary } = await stack.up(oneSync({}, { import: "any" }));
    assert.equal(summary.import, 1);
    assert.equal(stack.resource("machines")?.id, "any");
    assert.deepEqual((await stack.up(oneSync())).summary, { same: 2 });
    assert.equal(syncs(), 0);
  });

  it("ends at one Ctrl-C, long before the sync, keeps the resource, and resumes the same run with the next up", async () => {
    emulator.setSyncSeconds(600);
    const up = stack.up(oneSync(), { expectFailure: true });
    await underWay(emulator);
    stack.cli?.kill("SIGINT");
    await up;
    assert.ok(stack.resource("machines")?.outputs?.unfinishedRun);
    emulator.clearRequests();
    emulator.advance(600);
    await stack.up(oneSync());
    assert.equal(syncs(), 0);
  });

  it("fails at once when its provider process is killed, and the next up works", async () => {
    emulator.setSyncSeconds(600);
    const up = stack.up(oneSync(), { expectFailure: true });
    await underWay(emulator);
    for (const pid of stack.providerPids()) {
      process.kill(pid, "SIGKILL");
    }
    await up;
    await nextUpSyncs(stack, emulator);
  });

  it("serves one engine after the other if a developer has started it", async () => {
    const plugin = await PluginProcess.start();
    try {
      stack.envVars.PULUMI_DEBUG_PROVIDERS = `tencentcloud-cwp:${plugin.port}`;
      await stack.up(oneSync({ triggers: ["a"] }));
      await stack.up(oneSync({ triggers: ["b"] }));
      assert.equal(syncs(), 2);
      assert.equal(plugin.child.exitCode, null);
    } finally {
      await plugin.stop();
    }
  });
});
