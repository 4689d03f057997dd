import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../../emulator";
import { type Program, reference, YamlStack } from "./yamlStack";

const first = { secretId: "AKIDfirst", secretKey: "the-secret-key-of-the-first" };
const second = { secretId: "AKIDsecond", secretKey: "the-secret-key-of-the-second" };
const rotated = { secretId: "AKIDrotated", secretKey: "the-new-key-of-the-second" };

type Settings = Record<string, unknown>;

describe("An explicit provider of the plugin", function () {
  this.timeout(120_000);

  let emulator: Emulator;
  let yaml: YamlStack;

  const syncsOf = (secretId: string) =>
    emulator.requests.filter((request) => request.sync === true && request.secretId === secretId).length;

  beforeEach(async () => {
    emulator = await startEmulator({
      syncSeconds: 0,
      accounts: [first, second, rotated],
      roles: [{ arn: "qcs::cam::uin/1:roleName/one" }, { arn: "qcs::cam::uin/1:roleName/two" }],
    });
    yaml = await YamlStack.create({
      config: {
        "tencentcloud-cwp:endpoint": emulator.url,
        "tencentcloud-cwp:secretId": first.secretId,
        "tencentcloud-cwp:secretKey": { value: first.secretKey, secret: true },
      },
    });
  });
  afterEach(async () => {
    await yaml.remove();
    await emulator.stop();
  });

  /** One resource of the stack's own provider, and one of a provider with the given settings. */
  const two = (settings: Settings): Program => ({
    resources: {
      prod: {
        type: "pulumi:providers:tencentcloud-cwp",
        properties: { endpoint: emulator.url, ...settings },
      },
      here: { type: "tencentcloud-cwp:MachineSync" },
      there: { type: "tencentcloud-cwp:MachineSync", options: { provider: reference("prod") } },
    },
  });

  it("syncs its own account beside the stack's, and a new key replaces nothing", async () => {
    await yaml.up(two(second));
    assert.equal(syncsOf(first.secretId), 1);
    assert.equal(syncsOf(second.secretId), 1);
    const state = JSON.stringify(yaml.stack.exportState());
    assert.ok(![first, second].some(({ secretKey }) => state.includes(secretKey)));

    emulator.clearRequests();
    const { summary } = await yaml.up(two(rotated));
    assert.equal(summary.update, 1, "the provider alone is updated");
    assert.equal(summary.replace, undefined);
    assert.equal(emulator.requests.length, 0);
    await yaml.stack.refresh();
    assert.deepEqual(emulator.requests.map(({ secretId }) => secretId).sort(), [
      first.secretId,
      rotated.secretId,
    ]);
  });

  it("replaces its resources for another role, and the preview says so", async () => {
    const role = (name: string) => ({
      ...second,
      assumeRole: { roleArn: `qcs::cam::uin/1:roleName/${name}` },
    });
    await yaml.up(two(role("one")));
    assert.deepEqual((await yaml.up(two(role("one")))).summary, { same: 4 });
    emulator.clearRequests();
    const preview = await yaml.preview(two(role("two")));
    assert.equal(preview.summary.replace, 2, "the provider and its resource");
    assert.equal(emulator.requests.length, 0);
    const { summary } = await yaml.up(two(role("two")));
    assert.equal(summary.replace, 2);
    assert.equal(emulator.requests.filter(({ sync }) => sync).length, 1);
  });

  it("replaces the resources of the stack's own provider for another endpoint", async () => {
    const program = { resources: { here: { type: "tencentcloud-cwp:MachineSync" } } };
    await yaml.up(program);
    const other = await startEmulator({ syncSeconds: 0, accounts: [first] });
    try {
      await yaml.stack.setConfig("tencentcloud-cwp:endpoint", other.url);
      await yaml.up(program);
      assert.equal(other.requests.filter(({ sync }) => sync).length, 1);
    } finally {
      await other.stop();
    }
  });

  it("finds the environment's keys where it has no settings of its own, and names its own settings where it finds none", async () => {
    const { errors } = await yaml.up(two({}), { expectFailure: true });
    assert.match(errors.join("\n"), /No Tencent Cloud credentials were found.*tencentcloud-cwp:secretId/s);
    yaml.stack.envVars.TENCENTCLOUD_SECRET_ID = second.secretId;
    yaml.stack.envVars.TENCENTCLOUD_SECRET_KEY = second.secretKey;
    await yaml.up(two({}));
    assert.equal(syncsOf(second.secretId), 1);
    const state = JSON.stringify(yaml.stack.exportState());
    assert.ok(!state.includes(second.secretKey), "a key of the environment is in the state");
  });
});
