import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { type Emulator, startEmulator } from "../../emulator";
import { getMachineSyncStatus, getMachineSyncStatusOutput } from "../../sdk";
import { ownHome } from "../provider/account/credentials/home";
import { refusal } from "../refusal";

const account = { secretId: "AKIDtest", secretKey: "the-secret-key-of-the-test" };
const other = { secretId: "AKIDother", secretKey: "the-other-secret-key" };
const deploy = { roleArn: "qcs::cam::uin/100000000001:roleName/deploy", externalId: "the-external-id" };

describe("The status function", () => {
  const home = ownHome();

  let emulator: Emulator;
  const config = pulumi.runtime.allConfig();
  const pair = {
    "tencentcloud:secretId": account.secretId,
    "tencentcloud:secretKey": account.secretKey,
  };

  beforeEach(async () => {
    emulator = await startEmulator({
      accounts: [account, other],
      roles: [{ arn: deploy.roleArn, externalId: deploy.externalId, account: other.secretId }],
    });
    pulumi.runtime.setAllConfig({ ...pair, "tencentcloud-cwp:endpoint": emulator.url });
  });
  afterEach(() => emulator.stop());
  after(() => pulumi.runtime.setAllConfig(config));

  it("reads the account's latest sync with the program's config, without a start", async () => {
    emulator.world().startForeignSync(7);
    emulator.advance(60);
    const status = await getMachineSyncStatus();
    const { LatestStartTime, LatestEndTime } = emulator.world().syncMachines(false);
    assert.deepEqual(status, {
      state: "FINISHED",
      latestStartTime: LatestStartTime,
      latestEndTime: LatestEndTime,
      durationSeconds: 7,
      requestId: emulator.requests.at(-1)?.requestId,
    });
    assert.deepEqual(
      emulator.requests.map(({ sync }) => sync),
      [false],
    );
  });

  it("reports a sync in progress, without a duration", async () => {
    emulator.world().startForeignSync(600);
    const status = await getMachineSyncStatus();
    assert.equal(status.state, "SYNCING");
    assert.ok(!("durationSeconds" in status));
  });

  it("asks the endpoint of its argument first", async () => {
    pulumi.runtime.setConfig("tencentcloud-cwp:endpoint", "http://127.0.0.1:1");
    const { state } = await getMachineSyncStatus({ endpoint: emulator.url, region: "ap-guangzhou" });
    assert.equal(state, "NOTASK");
  });

  it("uses the program's environment if the config has nothing", async () => {
    pulumi.runtime.setAllConfig({});
    process.env.TENCENTCLOUD_CWP_ENDPOINT = emulator.url;
    process.env.TENCENTCLOUD_SECRET_ID = account.secretId;
    process.env.TENCENTCLOUD_SECRET_KEY = account.secretKey;
    assert.equal((await getMachineSyncStatus()).state, "NOTASK");
  });

  it("asks with the credentials of its profile", async () => {
    home.write(".tccli/other.credential", other);
    emulator.world(other.secretId).startForeignSync(600);
    assert.equal((await getMachineSyncStatus({ profile: "other" })).state, "SYNCING");
    assert.equal((await getMachineSyncStatus()).state, "NOTASK");
  });

  it("asks with the credentials of the role that it is to assume", async () => {
    emulator.world(other.secretId).startForeignSync(600);
    assert.equal((await getMachineSyncStatus({ assumeRole: deploy })).state, "SYNCING");
    pulumi.runtime.setConfig("tencentcloud:assumeRole", JSON.stringify(deploy));
    assert.equal((await getMachineSyncStatus()).state, "SYNCING");
    const output = getMachineSyncStatusOutput({ assumeRole: pulumi.output(deploy) });
    assert.equal(await new Promise((resolve) => output.state.apply(resolve)), "SYNCING");
    const unknownRole = { assumeRole: { roleArn: "qcs::cam::uin/100000000001:roleName/absent" } };
    assert.match((await refusal(getMachineSyncStatus(unknownRole))).message, /role not exist/);
  });

  it("takes outputs as arguments, and returns one", async () => {
    pulumi.runtime.setConfig("tencentcloud-cwp:endpoint", "http://127.0.0.1:1");
    const output = getMachineSyncStatusOutput({ endpoint: pulumi.output(emulator.url) });
    assert.ok(pulumi.Output.isInstance(output));
    const state = await new Promise((resolve) => output.state.apply(resolve));
    assert.equal(state, "NOTASK");
  });

  it("rejects without credentials, and says where to set them", async () => {
    pulumi.runtime.setAllConfig({ "tencentcloud-cwp:endpoint": emulator.url });
    const { message } = await refusal(getMachineSyncStatus());
    assert.match(
      message,
      /^No Tencent Cloud credentials were found\. .*tencentcloud:secretId.*TENCENTCLOUD_/,
    );
    assert.equal(emulator.requests.length, 0);
  });

  it("rejects an endpoint that cannot be used before it sends anything", async () => {
    const { message } = await refusal(getMachineSyncStatus({ endpoint: "http://cwp.tencentcloudapi.com" }));
    assert.match(message, /only for a loopback address/);
    assert.equal(emulator.requests.length, 0);
  });

  it("rejects with what to do when CWP refuses, after one request and without a stack", async () => {
    pulumi.runtime.setConfig("tencentcloud:secretKey", "a-wrong-secret-key");
    const error = await refusal(getMachineSyncStatus(), "a-wrong-secret-key", account.secretKey);
    assert.match(error.message, /^AuthFailure\.SignatureFailure: .*Check the SecretId and SecretKey/);
    assert.equal(error.stack, error.message);
    assert.equal(emulator.requests.length, 1);
  });

  it("rejects with an error that prints as its message, and whose code, RequestId and retry can be read", async () => {
    pulumi.runtime.setConfig("tencentcloud:secretKey", "a-wrong-secret-key");
    const error = await refusal(getMachineSyncStatus());
    assert.equal(inspect(error), error.message);
    assert.deepEqual(Object.keys(error), []);
    assert.deepEqual(
      ["code", "requestId", "retry"].map((name) => Reflect.get(error, name)),
      ["AuthFailure.SignatureFailure", emulator.requests.at(-1)?.requestId, "never"],
    );
  });

  it("prints its message and nothing else in a program that does not catch it", async function () {
    this.timeout(60_000);
    const sdk = JSON.stringify(path.resolve(__dirname, "../../sdk"));
    const typescript = JSON.stringify(path.resolve(__dirname, "../typescript.cjs"));
    const program = `
      require(${typescript});
      require(${sdk}).getMachineSyncStatus({ endpoint: "127.0.0.1:1" });`;
    const { stderr } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
    const said =
      'The endpoint "127.0.0.1:1" cannot be used: write http://127.0.0.1:1 for the emulator, or https://127.0.0.1:1 for a server with TLS. See "Endpoint, region, proxy" in node_modules/pulumi-tencentcloud-cwp/docs/troubleshooting.md.';
    // Node may put the place in its own source before an error, and its version after it.
    assert.equal(
      stderr
        .split("\n")
        .filter((line) => line.startsWith("["))
        .join("\n"),
      `[${said}]`,
    );
    assert.doesNotMatch(stderr, /InvalidSettings/);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });
});
