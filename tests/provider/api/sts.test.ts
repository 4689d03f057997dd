import assert from "node:assert/strict";
import { mock } from "node:test";
import { type Emulator, emulatorAccount, startEmulator } from "../../../emulator";
import { BadAnswer, CwpError } from "../../../provider/api/errors";
import { accountIdOf, askForKeys, type StsConnection } from "../../../provider/api/sts";
import { cleanEnvironment } from "../../environment";
import { refusal } from "../../refusal";
import { StandIn } from "../account/credentials/standIn";

const signer = { ...emulatorAccount, who: "test", source: "the test" };
const at = (url: string): StsConnection => ({
  protocol: "http:",
  host: new URL(url).host,
  region: "ap-guangzhou",
});

describe("STS", () => {
  cleanEnvironment();

  let sts: StandIn;
  let response: unknown;
  before(async () => {
    sts = await StandIn.start(() => ({ Response: response }));
  });
  after(() => sts.stop());
  beforeEach(() => {
    sts.asked.length = 0;
  });

  const keys = { TmpSecretId: "id", TmpSecretKey: "key", Token: "token" };
  const ask = () => askForKeys(at(sts.url), "AssumeRole", { RoleArn: "arn" }, signer);

  it("gives temporary keys and their end, at its own version, in a region", async () => {
    response = { Credentials: keys, ExpiredTime: 1_600_000_000, RequestId: "id" };
    assert.deepEqual(await ask(), {
      secretId: "id",
      secretKey: "key",
      token: "token",
      expiresAt: 1_600_000_000_000,
    });
    const [{ headers, body } = assert.fail()] = sts.asked;
    assert.equal(headers["x-tc-version"], "2018-08-13");
    assert.equal(headers["x-tc-region"], "ap-guangzhou");
    assert.match(headers.authorization ?? "", /\/sts\/tc3_request|\/127\/tc3_request/);
    assert.deepEqual(JSON.parse(body), { RoleArn: "arn" });
  });

  it("may leave out when they end", async () => {
    response = { Credentials: keys, ExpiredTime: "later" };
    assert.ok(!("expiresAt" in (await ask())));
  });

  for (const [title, credentials] of [
    ["none", undefined],
    ["no id", { ...keys, TmpSecretId: 7 }],
    ["no key", { ...keys, TmpSecretKey: undefined }],
    ["no token", { ...keys, Token: null }],
    ["a key that no header can carry", { ...keys, TmpSecretKey: "line\nbreak" }],
  ] as const) {
    it(`gives a bad answer if its credentials have ${title}`, async () => {
      response = { Credentials: credentials, RequestId: "id" };
      const error = await refusal(ask(), "line");
      assert.ok(error instanceof BadAnswer);
      assert.match(error.message, /AssumeRole gave no credentials/);
    });
  }

  it("names the account of an identity, and gives a bad answer if it does not", async () => {
    response = { AccountId: "100000000001" };
    assert.equal(await accountIdOf(at(sts.url), signer), "100000000001");
    for (const AccountId of ["", 100000000001, undefined]) {
      response = { AccountId };
      const error = await refusal(accountIdOf(at(sts.url), signer));
      assert.ok(error instanceof BadAnswer);
      assert.match(error.message, /GetCallerIdentity gave no AccountId/);
    }
  });
});

describe("STS that does not answer", () => {
  cleanEnvironment();

  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
    // The first request of all loads the Tencent SDK.
    await accountIdOf(at(emulator.url), signer);
  });
  after(() => emulator.stop());

  it("is given up after eight seconds, before the request that waits for it", async () => {
    emulator.inject({ hang: true });
    emulator.clearRequests();
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const request = refusal(accountIdOf(at(emulator.url), signer));
      while (emulator.requests.length === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      mock.timers.tick(7_999);
      await new Promise((resolve) => setImmediate(resolve));
      mock.timers.tick(1);
      const error = await request;
      assert.ok(error instanceof CwpError);
      assert.equal(error.code, "RequestTimeout");
      assert.match(error.message, /did not answer within 8 s/);
    } finally {
      mock.timers.reset();
    }
  });

  it("is given up at once with what waits for it", async () => {
    emulator.inject({ hang: true });
    emulator.clearRequests();
    const leave = new AbortController();
    const request = refusal(accountIdOf(at(emulator.url), signer, leave.signal));
    while (emulator.requests.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    leave.abort();
    assert.equal(Reflect.get(await request, "code"), "Aborted");
  });
});
