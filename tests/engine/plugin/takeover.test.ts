import assert from "node:assert/strict";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { type Emulator, emulatorAccount, startEmulator } from "../../../emulator";
import { MachineSync } from "../../../sdk";
import { oneSync, YamlStack } from "./yamlStack";

describe("A dynamic resource that the plugin takes over", function () {
  this.timeout(120_000);

  let emulator: Emulator;
  let yaml: YamlStack;

  const syncs = () => emulator.requests.filter(({ sync }) => sync === true).length;

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 1 });
    yaml = await YamlStack.create({
      config: Object.fromEntries(
        ["tencentcloud", "tencentcloud-cwp"].flatMap((namespace) => [
          [`${namespace}:secretId`, emulatorAccount.secretId],
          [`${namespace}:secretKey`, emulatorAccount.secretKey],
          ["tencentcloud-cwp:endpoint", emulator.url],
        ]),
      ),
    });
  });
  afterEach(async () => {
    await yaml.remove();
    await emulator.stop();
  });

  const dynamic =
    (create: string): PulumiFn =>
    async () => {
      new MachineSync("machines", { triggers: ["a", { b: [1] }] }, { customTimeouts: { create } });
    };
  const plugin = () => oneSync({ triggers: ["a", { b: [1] }] });

  it("is unchanged, with no sync, and keeps nothing of the dynamic resource once it is updated", async () => {
    await yaml.stack.up(dynamic("20m"));
    const { id } = yaml.resource("machines") ?? {};
    emulator.clearRequests();

    const preview = await yaml.preview(plugin());
    assert.equal(preview.summary.same, 2);
    const { summary } = await yaml.up(plugin());
    assert.equal(summary.same, 2);
    assert.equal(summary.update ?? summary.replace ?? summary.delete, undefined);
    assert.equal(emulator.requests.length, 0);
    assert.equal(yaml.resource("machines")?.type, "tencentcloud-cwp:index:MachineSync");
    assert.equal(yaml.resource("machines")?.id, id);

    await yaml.stack.refresh();
    assert.equal(syncs(), 0);
    await yaml.up(oneSync({ triggers: ["b"] }));
    assert.equal(syncs(), 1);
    const { inputs, outputs } = yaml.resource("machines") ?? {};
    for (const leftover of ["__provider", "__urn", "timeouts"]) {
      assert.ok(!(leftover in Object(inputs)) && !(leftover in Object(outputs)), leftover);
    }
    await yaml.stack.destroy();
    assert.equal(syncs(), 1);
  });

  it("goes on with an unfinished run, and starts no other sync", async () => {
    emulator.setSyncSeconds(600);
    await yaml.stack.up(dynamic("3s"), { expectFailure: true });
    assert.ok(yaml.resource("machines")?.outputs?.unfinishedRun);
    assert.equal(syncs(), 1);
    emulator.clearRequests();
    emulator.advance(600);
    const { outputs } = await yaml.up(plugin());
    assert.equal(syncs(), 0);
    assert.equal(outputs.durationSeconds, 600);
    assert.equal(yaml.resource("machines")?.outputs?.unfinishedRun, undefined);
  });
});
