import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../../emulator";
import { history } from "../../history";
import { inConfig } from "../account";
import { type Program, reference } from "../program";
import { TestStack } from "../stack";

const first = { secretId: "AKIDfirst", secretKey: "the-secret-key-of-the-first" };
const second = { secretId: "AKIDsecond", secretKey: "the-secret-key-of-the-second" };
const rotated = { secretId: "AKIDrotated", secretKey: "the-new-key-of-the-second" };

type Settings = Record<string, unknown>;

describe("An explicit provider of the plugin", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  const syncsOf = (secretId: string) =>
    emulator.requests.filter((request) => request.sync === true && request.secretId === secretId).length;

  beforeEach(async () => {
    emulator = await startEmulator({
      syncSeconds: 0,
      faults: history(),
      accounts: [first, second, rotated],
      roles: [{ arn: "qcs::cam::uin/1:roleName/one" }, { arn: "qcs::cam::uin/1:roleName/two" }],
    });
    stack = await TestStack.create({ entryPoint: "plugin", config: inConfig("plugin", emulator, first) });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  /** One resource of the stack's own provider, and one of a provider with the given settings. */
  const two = (settings: Settings): Program => ({
    resources: {
      prod: {
        type: "pulumi:providers:tencentcloud-cwp",
        properties: { endpoint: emulator.url, ...settings },
      },
      here: {},
      there: { options: { provider: reference("prod") } },
    },
  });

  it("syncs its own account beside the stack's, and a new key replaces nothing", async () => {
    await stack.up(two(second));
    assert.equal(syncsOf(first.secretId), 1);
    assert.equal(syncsOf(second.secretId), 1);
    const state = JSON.stringify(stack.exportState());
    assert.ok(![first, second].some(({ secretKey }) => state.includes(secretKey)));

    emulator.clearRequests();
    const { summary } = await stack.up(two(rotated));
    assert.equal(summary.update, 1, "the provider alone is updated");
    assert.equal(summary.replace, undefined);
    assert.equal(emulator.requests.length, 0);
    await stack.refresh();
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
    await stack.up(two(role("one")));
    assert.deepEqual((await stack.up(two(role("one")))).summary, { same: 4 });
    emulator.clearRequests();
    const preview = await stack.preview(two(role("two")));
    assert.equal(preview.summary.replace, 2, "the provider and its resource");
    assert.equal(emulator.requests.length, 0);
    const { summary } = await stack.up(two(role("two")));
    assert.equal(summary.replace, 2);
    assert.equal(emulator.requests.filter(({ sync }) => sync).length, 1);
  });

  it("replaces the resources of the stack's own provider for another endpoint", async () => {
    const program = { resources: { here: {} } };
    await stack.up(program);
    const other = await startEmulator({ syncSeconds: 0, accounts: [first], faults: history() });
    try {
      await stack.setConfig("tencentcloud-cwp:endpoint", other.url);
      await stack.up(program);
      assert.equal(other.requests.filter(({ sync }) => sync).length, 1);
    } finally {
      await other.stop();
    }
  });

  it("finds the environment's keys if it has no settings of its own, and names its own settings if it finds none", async () => {
    const { errors } = await stack.up(two({}), { expectFailure: true });
    assert.match(errors.join("\n"), /No Tencent Cloud credentials were found.*tencentcloud-cwp:secretId/s);
    stack.envVars.TENCENTCLOUD_SECRET_ID = second.secretId;
    stack.envVars.TENCENTCLOUD_SECRET_KEY = second.secretKey;
    await stack.up(two({}));
    assert.equal(syncsOf(second.secretId), 1);
    const state = JSON.stringify(stack.exportState());
    assert.ok(!state.includes(second.secretKey), "a key of the environment is in the state");
  });
});
