import assert from "node:assert/strict";
import { once } from "node:events";
import { type Emulator, emulatorAccount, startEmulator } from "../../../emulator";
import { PluginProcess } from "../../provider/plugin/pluginProcess";
import { oneSync, output, type Program, YamlStack } from "./yamlStack";

describe("The plugin on the real engine, in YAML", function () {
  this.timeout(120_000);

  let emulator: Emulator;
  let yaml: YamlStack;

  const syncs = () => emulator.requests.filter(({ sync }) => sync === true).length;
  const kinds = () => emulator.requests.map(({ sync }) => (sync ? "start" : "poll"));

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 1 });
    yaml = await YamlStack.create({
      config: {
        "tencentcloud-cwp:endpoint": emulator.url,
        "tencentcloud-cwp:secretId": emulatorAccount.secretId,
        "tencentcloud-cwp:secretKey": emulatorAccount.secretKey,
      },
    });
  });
  afterEach(async () => {
    const left = yaml.stack.providerPids();
    await yaml.remove();
    await emulator.stop();
    assert.deepEqual(left, [], "a process of the plugin was left running");
  });

  it("lives a whole life with no request that is not needed", async () => {
    const preview = await yaml.preview(oneSync({ triggers: ["a"] }));
    assert.equal(emulator.requests.length, 0);
    assert.equal(preview.summary.create, 2);
    assert.match(preview.stdout, /latestStartTime\s*: (output<string>|\[unknown\])/);

    const created = await yaml.up(oneSync({ triggers: ["a"] }));
    assert.equal(syncs(), 1);
    assert.equal(created.outputs.state, "FINISHED");
    assert.equal(created.outputs.durationSeconds, 1);
    const [run] = emulator.world().runs;
    assert.ok(run && run.endMs <= Number(emulator.requests.at(-1)?.at), "the sync had not ended");

    emulator.clearRequests();
    const again = await yaml.up(oneSync({ triggers: ["a"], skipAwait: true }));
    assert.deepEqual(again.summary, { same: 2 });
    assert.equal(emulator.requests.length, 0);

    const changes = await yaml.preview(oneSync({ triggers: ["a", { b: [1] }] }));
    assert.equal(changes.summary.update, 1);
    assert.equal(emulator.requests.length, 0);

    const updated = await yaml.up(oneSync({ triggers: ["a", { b: [1] }] }));
    assert.equal(updated.summary.update, 1);
    assert.equal(syncs(), 1);
    assert.notEqual(updated.outputs.latestStartTime, created.outputs.latestStartTime);

    emulator.clearRequests();
    emulator.advance(60);
    emulator.world().startForeignSync(1);
    emulator.advance(60);
    await yaml.stack.refresh();
    assert.deepEqual(kinds(), ["poll"]);
    const { LatestStartTime } = emulator.world().syncMachines(false);
    assert.equal(yaml.resource("machines")?.outputs?.latestStartTime, LatestStartTime);

    emulator.clearRequests();
    assert.deepEqual((await yaml.up(oneSync({ triggers: ["a", { b: [1] }] }))).summary, { same: 2 });
    await emulator.stop();
    await yaml.stack.destroy();
    assert.equal(emulator.requests.length, 0);
    assert.equal(yaml.resource("machines"), undefined);
  });

  it("keeps the resource when time runs out, says what to do, and resumes the same run with the next up", async () => {
    emulator.setSyncSeconds(600);
    const program = oneSync({ triggers: ["a"] }, { customTimeouts: { create: "3s" } });
    const { errors } = await yaml.up(program, { expectFailure: true });
    assert.equal(syncs(), 1);
    assert.match(errors.join("\n"), /within 3 s: .*SYNCING.*RequestId .*Run "pulumi up" again/);
    const kept = yaml.resource("machines");
    assert.ok(kept?.id && kept.initErrors?.length);
    assert.deepEqual(kept.outputs?.triggers, ["a"]);

    emulator.clearRequests();
    emulator.advance(600);
    const { summary, outputs } = await yaml.up(program);
    assert.equal(summary.update, 1);
    assert.equal(syncs(), 0, "the run that was in progress was started again");
    assert.equal(outputs.durationSeconds, 600);
    assert.equal(yaml.resource("machines")?.outputs?.unfinishedRun, undefined);
  });

  it("resumes an update that ran out of time, also after a refresh", async () => {
    await yaml.up(oneSync({ triggers: ["a"] }));
    emulator.setSyncSeconds(600);
    const program = oneSync({ triggers: ["b"] }, { customTimeouts: { update: "3s" } });
    await yaml.up(program, { expectFailure: true });
    await yaml.stack.refresh();
    emulator.clearRequests();
    emulator.advance(600);
    const { outputs } = await yaml.up(program);
    assert.equal(syncs(), 0);
    assert.equal(outputs.durationSeconds, 600);
    assert.deepEqual((await yaml.up(program)).summary, { same: 2 });
  });

  it("puts nothing into the state when it fails before a sync was started, and names the plugin's settings", async () => {
    await yaml.stack.setConfig("tencentcloud-cwp:secretKey", "another");
    const { errors } = await yaml.up(oneSync(), { expectFailure: true });
    assert.match(errors.join("\n"), /AuthFailure.SignatureFailure.*tencentcloud-cwp:secretKey/s);
    assert.equal(yaml.resource("machines"), undefined);
    assert.equal(syncs(), 0);
  });

  it("refuses a setting and an argument that it does not know", async () => {
    await yaml.stack.setConfig("tencentcloud-cwp:secretid", "AKID");
    const { errors } = await yaml.up(oneSync(), { expectFailure: true });
    assert.match(errors.join("\n"), /There is no setting tencentcloud-cwp:secretid\. There are secretId/);
    assert.equal(emulator.requests.length, 0);
  });

  it("encrypts a secret among the triggers, and that one only", async () => {
    const program: Program = {
      resources: {
        machines: {
          type: "tencentcloud-cwp:MachineSync",
          properties: { triggers: ["plain", { "fn::secret": "the-hidden-trigger" }] },
        },
      },
      outputs: { triggers: output("machines", "triggers") },
    };
    await yaml.up(program);
    const state = JSON.stringify(yaml.stack.exportState());
    assert.ok(!state.includes("the-hidden-trigger"));
    assert.ok(!state.includes(emulatorAccount.secretKey));
    const { inputs, outputs } = yaml.resource("machines") ?? {};
    for (const properties of [inputs, outputs]) {
      const triggers = properties?.triggers;
      assert.ok(Array.isArray(triggers) && triggers[0] === "plain");
      assert.ok(triggers[1].ciphertext);
    }
    emulator.clearRequests();
    await yaml.stack.refresh();
    assert.deepEqual((await yaml.up(program)).summary, { same: 2 });
    assert.equal(syncs(), 0);
    assert.ok(!JSON.stringify(yaml.stack.exportState()).includes("the-hidden-trigger"));
  });

  it("reads the status by the function, and starts no sync", async () => {
    emulator.world().startForeignSync(600);
    const { outputs } = await yaml.up({
      variables: { now: { "fn::invoke": { function: "tencentcloud-cwp:getMachineSyncStatus" } } },
      outputs: { state: output("now", "state") },
    });
    assert.equal(outputs.state, "SYNCING");
    assert.equal(syncs(), 0);
  });

  it("reads and imports the account's latest sync by any id", async () => {
    emulator.world().startForeignSync(2);
    emulator.advance(60);
    const { outputs } = await yaml.up({
      resources: { latest: { type: "tencentcloud-cwp:MachineSync", get: { id: "latest" } } },
      outputs: { seconds: output("latest", "durationSeconds") },
    });
    assert.equal(outputs.seconds, 2);
    const { summary } = await yaml.up(oneSync({}, { import: "any" }));
    assert.equal(summary.import, 1);
    assert.equal(yaml.resource("machines")?.id, "any");
    assert.deepEqual((await yaml.up(oneSync())).summary, { same: 2 });
    assert.equal(syncs(), 0);
  });

  it("shares one sync among all that the engine works on at a time", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `machines${index}`);
    await yaml.up(
      {
        resources: Object.fromEntries(names.map((name) => [name, { type: "tencentcloud-cwp:MachineSync" }])),
      },
      { parallel: 30 },
    );
    assert.equal(syncs(), 1);
  });

  /** Resolves once the sync has been started and polled: the wait is under way. */
  async function underWay(): Promise<void> {
    while (emulator.requests.length < 4) {
      await once(AbortSignal.timeout(20), "abort");
    }
    assert.equal(syncs(), 1);
  }

  it("ends within two seconds at one Ctrl-C, keeps the resource, and resumes the same run with the next up", async () => {
    emulator.setSyncSeconds(60);
    const up = yaml.up(oneSync(), { expectFailure: true });
    await underWay();
    const start = performance.now();
    yaml.stack.cli?.kill("SIGINT");
    await up;
    const seconds = (performance.now() - start) / 1000;
    assert.ok(seconds < 2, `it took ${seconds} s`);
    assert.ok(yaml.resource("machines")?.outputs?.unfinishedRun);
    emulator.clearRequests();
    emulator.advance(60);
    await yaml.up(oneSync());
    assert.equal(syncs(), 0);
  });

  it("serves one engine after the other where a developer has started it", async () => {
    const plugin = await PluginProcess.start();
    try {
      yaml.stack.envVars.PULUMI_DEBUG_PROVIDERS = `tencentcloud-cwp:${plugin.port}`;
      await yaml.up(oneSync({ triggers: ["a"] }));
      await yaml.up(oneSync({ triggers: ["b"] }));
      assert.equal(syncs(), 2);
      assert.equal(plugin.child.exitCode, null);
    } finally {
      await plugin.stop();
    }
  });

  it("leaves no process when the CLI is killed, and the next up works after pulumi cancel", async () => {
    emulator.setSyncSeconds(600);
    const up = yaml.up(oneSync(), { expectFailure: true });
    await underWay();
    yaml.stack.cli?.kill("SIGKILL");
    await up;
    const start = performance.now();
    while (yaml.stack.providerPids().length > 0) {
      assert.ok(performance.now() - start < 5_000, "the plugin lived on");
      await once(AbortSignal.timeout(20), "abort");
    }
    await yaml.stack.cancel();
    emulator.advance(600);
    emulator.setSyncSeconds(1);
    const { outputs } = await yaml.up(oneSync());
    assert.equal(outputs.durationSeconds, 1);
  });
});
