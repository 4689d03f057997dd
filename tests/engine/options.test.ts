import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../emulator";
import { history } from "../history";
import { inConfig } from "./account";
import { oneSync, output, type Program } from "./program";
import { type EntryPoint, TestStack } from "./stack";
import { until } from "./until";

const account = { secretId: "AKIDcaller", secretKey: "the-secret-key-of-the-signer" };
const arnOf = (name: string) => `qcs::cam::uin/100000000001:roleName/${name}`;

for (const entryPoint of ["dynamic", "plugin"] satisfies EntryPoint[]) {
  const namespace = entryPoint === "plugin" ? "tencentcloud-cwp" : "tencentcloud";

  describe(`Options and settings of a MachineSync by the ${entryPoint === "plugin" ? "plugin" : "dynamic resource"}`, function () {
    this.timeout(180_000);

    let emulator: Emulator;
    let stack: TestStack;

    const starts = () => emulator.requests.filter(({ sync }) => sync === true).length;

    beforeEach(async () => {
      emulator = await startEmulator({
        syncSeconds: 0,
        faults: history(),
        accounts: [account],
        roles: [{ arn: arnOf("one"), externalId: "12345" }, { arn: arnOf("two") }],
      });
      stack = await TestStack.create({ entryPoint, config: inConfig(entryPoint, emulator, account) });
    });
    afterEach(async () => {
      await stack.remove();
      await emulator.stop();
    });

    it("keep another field of a role without a request, so that a refresh signs with it, and replace for another role", async () => {
      const by = (assumeRole: object) => oneSync({ assumeRole });
      const one = { roleArn: arnOf("one"), externalId: "12345", sessionName: "first" };
      await stack.up(by(one));
      emulator.clearRequests();

      const changed = { roleArn: arnOf("one"), externalId: "6789", sessionDuration: 900 };
      const { summary, outputs } = await stack.up(by(changed));
      assert.deepEqual(summary, { same: 1, update: 1 });
      assert.equal(emulator.requests.length, 0);
      assert.equal(outputs.state, "FINISHED");
      assert.deepEqual(stack.resource("machines")?.outputs?.assumeRole, changed);
      // The role asks for the external id that was there before.
      const { errors } = await stack.refresh({ expectFailure: true });
      assert.match(errors.join("\n"), /sts:AssumeRole|AccessDenied|UnauthorizedOperation/);
      assert.equal(starts(), 0);

      assert.equal((await stack.up(by({ roleArn: arnOf("two") }))).summary.replace, 1);
      assert.equal(starts(), 1);
    });

    it("are numbers if `pulumi config set --path` has written them", async () => {
      await stack.setConfig(`${namespace}:assumeRole.roleArn`, arnOf("one"), "--path");
      await stack.setConfig(`${namespace}:assumeRole.externalId`, "12345", "--path");
      await stack.up(oneSync());
      assert.equal(starts(), 1);
      assert.ok(emulator.requests.some(({ action }) => action === "AssumeRole"));
    });

    it("show an empty list of machines without hosts, in a refresh too", async () => {
      const program: Program = { ...oneSync(), outputs: { machines: output("machines", "machines") } };
      assert.deepEqual((await stack.up(program)).outputs.machines, []);
      await stack.refresh();
      assert.deepEqual(stack.resource("machines")?.outputs?.machines, []);
      assert.deepEqual((await stack.up(program)).summary, { same: 2 });
    });

    it("name the resource if they are wrong, before anything is sent", async () => {
      const { errors } = await stack.up(oneSync({ skipAwait: true, hosts: ["ins-a"] }), {
        expectFailure: true,
      });
      assert.match(errors.join("\n"), /skipAwait cannot be true/);
      assert.equal(emulator.requests.length, 0);
    });
  });
}

describe("Options and settings of the plugin alone", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  const starts = () => emulator.requests.filter(({ sync }) => sync === true).length;

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 0, faults: history(), accounts: [account] });
    stack = await TestStack.create({ entryPoint: "plugin", config: inConfig("plugin", emulator, account) });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  it("replace for a change of the properties in `replaceOnChanges`, and of no others", async () => {
    const program = (text: string, hosts: string[]) =>
      oneSync({ triggers: [text], hosts }, { replaceOnChanges: ["triggers"] });
    emulator.addHost({ id: "ins-a" });
    await stack.up(program("a", []));
    const { summary } = await stack.up(program("a", ["ins-a"]));
    assert.equal(summary.update, 1);
    assert.equal((await stack.preview(program("b", ["ins-a"]))).summary.replace, 1);
    assert.equal((await stack.up(program("b", ["ins-a"]))).summary.replace, 1);
    assert.equal(starts(), 2);
  });

  const key = ["tencentcloud-cwp:secretKey", "the-secret-key-of-the-signer"] as const;
  const unusable: readonly (readonly [
    what: string,
    config: readonly (readonly [string, string])[],
    says: RegExp,
  ])[] = [
    ["half a pair of keys", [key], /secretId/],
    [
      "an account list that holds no account",
      [["tencentcloud-cwp:allowedAccountIds", "[{}]"]],
      /allowedAccountIds/,
    ],
    [
      "an unknown SAML field",
      [["tencentcloud-cwp:assumeRoleWithSaml", '{"assertion":"x"}']],
      /assumeRoleWithSaml/,
    ],
    ["a malformed endpoint", [["tencentcloud-cwp:endpoint", "http://cwp.tencentcloudapi.com"]], /endpoint/],
  ];
  it(`refuse values in the preview that no up can use: ${unusable.map(([what]) => what).join(", ")}`, async () => {
    const whole = inConfig("plugin", emulator, account);
    for (const [, config, says] of unusable) {
      const broken = await TestStack.create({
        entryPoint: "plugin",
        config: { ...(config[0] === key ? {} : whole), ...Object.fromEntries(config) },
      });
      try {
        const { errors } = await broken.preview(oneSync(), { expectFailure: true });
        assert.match(errors.join("\n"), says);
      } finally {
        await broken.remove();
      }
    }
    assert.equal(emulator.requests.length, 0);
  });

  it("bound a refresh by `customTimeouts.read`", async () => {
    // The YAML host of these tests knows no such time-out.
    stack.entryPoint = "dynamic";
    await stack.up(`
      class PluginSync extends pulumi.CustomResource {}
      new PluginSync("tencentcloud-cwp:index:MachineSync", "machines", {}, { customTimeouts: { read: "1s" } });`);
    emulator.inject({ delaySeconds: 600 }, { on: "read", times: 99 });
    const { errors } = await stack.refresh({ expectFailure: true });
    assert.match(errors.join("\n"), /No answer within 1 s/);
  });

  it("let Ctrl-C end a refresh and the function", async () => {
    const asks = {
      variables: { now: { "fn::invoke": { function: "tencentcloud-cwp:getMachineSyncStatus" } } },
      outputs: { state: output("now", "state") },
    };
    await stack.up(oneSync());
    for (const operate of [
      () => stack.refresh({ expectFailure: true }),
      () => stack.up(asks, { expectFailure: true }),
    ]) {
      emulator.inject({ delaySeconds: 600 }, { on: "read", times: 1 });
      emulator.clearRequests();
      const ended = operate();
      await until(() => emulator.requests.length > 0);
      stack.cli?.kill("SIGINT");
      await ended;
      assert.equal(emulator.requests.length, 1, "it waited for an answer, and polled again");
    }
  });
});
