import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../../emulator";
import { pulumiSettings } from "../../../provider/account/config";
import { resolveConnection } from "../../../provider/account/settings";
import { CwpError, SettingsError } from "../../../provider/api/errors";
import { connect } from "../../../provider/cwp/client";
import { refusal } from "../../refusal";
import { ownHome } from "./credentials/home";

const LONG_MS = 5_000;
const OWN = "100000000123";
const OTHER = "100000000456";
const roleArn = `qcs::cam::uin/${OTHER}:roleName/deploy`;

describe("The accounts that are allowed", () => {
  ownHome();
  let emulator: Emulator;
  let config: Record<string, string>;
  let tests = 0;
  let owner: { secretId: string; secretKey: string };

  beforeEach(async () => {
    // The process remembers each identity for its life: each test has an identity of its own.
    tests += 1;
    owner = { secretId: `AKIDowner${tests}`, secretKey: "the-secret-key-of-the-owner" };
    emulator = await startEmulator({
      accounts: [
        { ...owner, accountId: OWN },
        { secretId: "AKIDother", secretKey: "another-key", accountId: OTHER },
      ],
      roles: [{ arn: roleArn }],
    });
    config = {
      "tencentcloud-cwp:endpoint": emulator.url,
      "tencentcloud:secretId": owner.secretId,
      "tencentcloud:secretKey": owner.secretKey,
    };
  });
  afterEach(() => emulator.stop());

  const set = (name: string, value: unknown) => {
    config[`tencentcloud:${name}`] = JSON.stringify(value);
  };
  const client = (args = {}) =>
    connect(
      resolveConnection(
        args,
        pulumiSettings((name) => config[name]),
        process.env,
      ),
    );
  const actions = () => emulator.requests.map(({ action }) => action);

  const letPass: readonly [name: string, value: unknown][] = [
    ["allowedAccountIds", [OTHER, Number(OWN)]],
    ["forbiddenAccountIds", [OTHER]],
  ];
  for (const [name, value] of letPass) {
    it(`let the account of the keys pass under ${name} ${JSON.stringify(value)}, after one request`, async () => {
      set(name, value);
      const one = client();
      await one.syncMachines(false, LONG_MS);
      await one.syncMachines(true, LONG_MS);
      await client().syncMachines(false, LONG_MS);
      assert.deepEqual(actions(), ["GetCallerIdentity", "SyncMachines", "SyncMachines", "SyncMachines"]);
    });
  }

  const refused: readonly [name: string, value: unknown, says: string][] = [
    ["allowedAccountIds", [OTHER, 1], `tencentcloud:allowedAccountIds allows only ${OTHER}, 1.`],
    ["forbiddenAccountIds", [OTHER, OWN], `tencentcloud:forbiddenAccountIds forbids: ${OTHER}, ${OWN}.`],
  ];
  for (const [name, value, says] of refused) {
    it(`refuse it under ${name} ${JSON.stringify(value)}, name both, and ask CWP nothing`, async () => {
      set(name, value);
      const error = await refusal(client().syncMachines(true, LONG_MS), owner.secretKey);
      assert.ok(error instanceof SettingsError);
      assert.ok(error.message.includes(says), error.message);
      assert.ok(
        error.message.startsWith(
          `The credentials in use (tencentcloud:secretId and tencentcloud:secretKey of the Pulumi config) belong to the account ${OWN}`,
        ),
        error.message,
      );
      await refusal(client().syncMachines(true, LONG_MS));
      assert.deepEqual(actions(), ["GetCallerIdentity"]);
    });
  }

  it("apply to the account of the assumed role, not of the keys that it is assumed with", async () => {
    set("allowedAccountIds", [OTHER]);
    set("assumeRole", { roleArn, sessionName: "ci" });
    await client().syncMachines(false, LONG_MS);
    assert.deepEqual(actions(), ["AssumeRole", "GetCallerIdentity", "SyncMachines"]);
    set("allowedAccountIds", [OWN]);
    assert.match(
      (await refusal(client().syncMachines(false, LONG_MS), owner.secretKey)).message,
      new RegExp(`belong to the account ${OTHER}, but tencentcloud:allowedAccountIds allows only ${OWN}`),
    );
  });

  it("count for the arguments of a resource too", async () => {
    set("allowedAccountIds", [OWN]);
    const error = await refusal(client({ assumeRole: { roleArn } }).syncMachines(false, LONG_MS));
    assert.match(error.message, new RegExp(`belong to the account ${OTHER}`));
    assert.ok(!actions().includes("SyncMachines"));
  });

  it("are checked again after a request that failed, which may pass", async () => {
    set("allowedAccountIds", [OWN]);
    const one = client();
    for (const fault of [{ http: 503 }, { reset: true }, { error: "InternalError" }] as const) {
      emulator.inject(fault, { on: "sts" });
      const error = await refusal(one.syncMachines(true, LONG_MS), owner.secretKey);
      assert.ok(error instanceof CwpError);
      assert.notEqual(error.retry, "never");
      assert.equal(error.sent, false);
    }
    assert.ok(!actions().includes("SyncMachines"));
    await one.syncMachines(true, LONG_MS);
    assert.equal(actions().at(-1), "SyncMachines");
  });

  it("are not known from an answer without an account, which may pass", async () => {
    set("allowedAccountIds", [OWN]);
    emulator.inject({ body: '{"Response":{"RequestId":"id"}}' }, { on: "sts" });
    const error = await refusal(client().syncMachines(true, LONG_MS));
    assert.ok(error instanceof CwpError);
    assert.match(error.message, /GetCallerIdentity gave no AccountId/);
    assert.equal(error.retry, "yes");
  });

  it("are all accounts if the lists are empty", async () => {
    set("allowedAccountIds", []);
    config["tencentcloud:forbiddenAccountIds"] = "";
    await client().syncMachines(false, LONG_MS);
    assert.deepEqual(actions(), ["SyncMachines"]);
  });

  for (const value of ['"100000000123"', "100000000123,1", "[{}]", '["1a"]', '["a1"]']) {
    it(`must be a list of ids, not ${value}`, async () => {
      config["tencentcloud:allowedAccountIds"] = value;
      const error = await refusal(() => client());
      assert.equal(
        error.message,
        'tencentcloud:allowedAccountIds must be a list of account ids. Set it with "pulumi config set --path tencentcloud:allowedAccountIds[0] 100000000001".',
      );
    });
  }
});
