import assert from "node:assert/strict";
import { CommonClient } from "tencentcloud-sdk-nodejs-cwp/tencentcloud/common/common_client";
import {
  OIDCRoleArnCredential,
  STSCredential,
} from "tencentcloud-sdk-nodejs-cwp/tencentcloud/common/credential";
import { Client } from "tencentcloud-sdk-nodejs-cwp/tencentcloud/services/cwp/v20180228/cwp_client";
import { Client as StsClient } from "tencentcloud-sdk-nodejs-cwp/tencentcloud/services/sts/v20180813/sts_client";
import { type Emulator, emulatorAccount, startEmulator } from "../../../emulator";
import { Gateway } from "../../../emulator/api/gateway";
import { Keys } from "../../../emulator/api/keys";
import { World } from "../../../emulator/world/world";
import { call, errorCode, type SignedRequest, sendSigned, signedHeaders } from "./signedRequest";

const arnOf = (name: string) => `qcs::cam::uin/100000000001:roleName/${name}`;
const parameters = { RoleArn: arnOf("sync"), RoleSessionName: "pulumi" };
const guarded = { ...parameters, RoleArn: arnOf("guarded") };
const podParameters = {
  ...parameters,
  RoleArn: arnOf("pod"),
  ProviderId: "cls-12345678",
  WebIdentityToken: "identity of the pod",
};

const samlParameters = {
  ...parameters,
  RoleArn: arnOf("office"),
  PrincipalArn: "qcs::cam::uin/100000000001:saml-provider/office",
  SAMLAssertion: "c2FtbA==",
};
/** A role of the other account, by its number. */
const numberedArn = "qcs::cam::uin/200000000002:role/4611686018427397919";
const device = { SerialNumber: "qcs::cam:uin/100000000001::mfa/softToken", TokenCode: "123456" };

describe("the emulated STS", () => {
  let emulator: Emulator;
  const other = {
    secretId: "AKIDother",
    secretKey: "other",
    account: "other",
    accountId: "200000000002",
    tokenCode: "654321",
  };
  beforeEach(async () => {
    emulator = await startEmulator({
      accounts: [emulatorAccount, other],
      roles: [
        { arn: parameters.RoleArn },
        { arn: guarded.RoleArn, externalId: "tenant-1", account: "other" },
        { arn: podParameters.RoleArn, webIdentityToken: podParameters.WebIdentityToken },
        { arn: samlParameters.RoleArn, samlAssertion: samlParameters.SAMLAssertion },
        { arn: numberedArn },
      ],
    });
  });
  afterEach(() => emulator.stop());

  const config = () => ({
    region: "ap-guangzhou",
    profile: { httpProfile: { endpoint: new URL(emulator.url).host, protocol: "http://" } },
  });
  const cwp = (credential: STSCredential | OIDCRoleArnCredential) => new Client({ ...config(), credential });

  function sts(action: string, request: Omit<SignedRequest, "url" | "action" | "version"> = {}) {
    return { url: emulator.url, action, version: "2018-08-13", region: "ap-guangzhou", ...request };
  }
  const skip = { headers: { Authorization: "SKIP" } };

  /** The key pair in an answer of STS, for a request of CWP. */
  function keyOf(answer: Record<string, unknown>) {
    const credentials: unknown = answer.Credentials;
    assert.ok(typeof credentials === "object" && credentials !== null);
    return {
      secretId: String(Reflect.get(credentials, "TmpSecretId")),
      secretKey: String(Reflect.get(credentials, "TmpSecretKey")),
      token: String(Reflect.get(credentials, "Token")),
    };
  }
  const assume = async (more: object = {}) =>
    keyOf(await call(sts("AssumeRole", { parameters: { ...parameters, ...more } })));

  it("lets the SDK's STSCredential call CWP as a role", async () => {
    const credential = new STSCredential({ ...config(), credential: emulatorAccount }, parameters);
    assert.equal((await cwp(credential).SyncMachines({ Sync: true })).State, "SYNCING");
    const { secretId } = await credential.getCredential();
    assert.deepEqual(
      emulator.requests.map((request) => [request.action, request.secretId, request.answer]),
      [
        ["AssumeRole", emulatorAccount.secretId, "OK"],
        ["SyncMachines", secretId, "SYNCING"],
      ],
    );
  });

  it("lets the SDK's OIDCRoleArnCredential call CWP with a web identity and no key pair", async () => {
    const credential = new OIDCRoleArnCredential(
      { ...config(), credential: { secretId: "", secretKey: "" } },
      podParameters,
    );
    assert.equal((await cwp(credential).SyncMachines({ Sync: true })).State, "SYNCING");
    assert.equal(emulator.requests[0]?.action, "AssumeRoleWithWebIdentity");
    assert.equal(emulator.requests[0]?.secretId, "");
  });

  it("names the owner of the keys to the SDK's client of STS, with a null for no parameters too", async () => {
    const client = new StsClient({ ...config(), credential: emulatorAccount });
    assert.equal((await client.GetCallerIdentity(null)).AccountId, "100000000001");
    const { Credentials: credentials } = await client.AssumeRoleWithSAML(samlParameters);
    assert.match(credentials?.TmpSecretId ?? "", /^AKID/);
  });

  it("answers two hours of validity unless asked for less", async () => {
    for (const [seconds, asked] of [
      [7200, {}],
      [900, { DurationSeconds: 900 }],
    ] as const) {
      const now = Date.now() / 1000;
      const answer = await call(sts("AssumeRole", { parameters: { ...parameters, ...asked } }));
      const { ExpiredTime: expired, Expiration: expiration } = answer;
      assert.ok(typeof expired === "number" && Number.isInteger(expired));
      assert.ok(Math.abs(expired - now - seconds) < 5);
      assert.match(String(expiration), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.equal(Date.parse(String(expiration)), expired * 1000);
    }
  });

  it("issues another key pair to each request, even to more requests in a second than CWP takes", async () => {
    const keys = await Promise.all(Array.from({ length: 25 }, () => assume()));
    assert.equal(new Set(keys.map(({ secretId }) => secretId)).size, 25);
    assert.equal(new Set(keys.map(({ token }) => token)).size, 25);
  });

  it("takes every parameter that the API has", async () => {
    const all = {
      DurationSeconds: 43_200,
      Policy: "%7B%7D",
      ExternalId: "tenant-1",
      Tags: [{ Key: "team", Value: "cloud" }],
      SourceIdentity: "100000000002",
      SerialNumber: "qcs::cam:uin/100000000001::mfa/softToken",
      TokenCode: "123456",
    };
    assert.equal((await call({ url: emulator.url, ...(await assume(all)) })).State, "NOTASK");
  });

  it("lets a role's credentials assume the next role", async () => {
    const key = await assume();
    assert.equal(await errorCode(sts("AssumeRole", { ...key, parameters })), undefined);
  });

  it("works on the account of the role", async () => {
    const key = await assume({ RoleArn: guarded.RoleArn, ExternalId: "tenant-1" });
    await call({ url: emulator.url, ...key, parameters: { Sync: true } });
    assert.equal(emulator.world("AKIDother").runs.length, 1);
    assert.equal(emulator.world().runs.length, 0);
  });

  it("records the parameters of each request", async () => {
    const asked = { ...parameters, Policy: "%7B%7D", SourceIdentity: "100000000002" };
    await assume(asked);
    assert.deepEqual(emulator.requests.at(-1)?.parameters, asked);
  });

  it("takes a DurationSeconds of 0 as the default", async () => {
    const { ExpiredTime: expired } = await call(
      sts("AssumeRole", { parameters: { ...parameters, DurationSeconds: 0 } }),
    );
    assert.ok(Math.abs(Number(expired) - Date.now() / 1000 - 7200) < 5);
  });

  describe("GetCallerIdentity", () => {
    async function identity(key: Omit<SignedRequest, "url"> = {}) {
      const { RequestId: _id, ...answer } = await call(sts("GetCallerIdentity", key));
      return answer;
    }
    const user = (uin: string) => ({
      Type: "CAMUser",
      AccountId: uin,
      UserId: uin,
      PrincipalId: uin,
      Arn: `qcs::cam:${uin}:uin/${uin}`,
    });

    it("names the account of a permanent key: a number of the emulator's own, or the given one", async () => {
      assert.deepEqual(await identity(), user("100000000001"));
      assert.deepEqual(
        await identity({ secretId: other.secretId, secretKey: other.secretKey }),
        user("200000000002"),
      );
    });

    it("names the role, its session, its account, and the account that assumed it", async () => {
      const key = await assume({ RoleArn: numberedArn });
      assert.deepEqual(await identity(key), {
        Type: "CAMRole",
        AccountId: "200000000002",
        UserId: "4611686018427397919:pulumi",
        PrincipalId: "100000000001",
        Arn: "qcs::sts:200000000002:assumed-role/4611686018427397919",
      });
    });

    it("gives a role without a number always the same number", async () => {
      const [one, next] = [await identity(await assume()), await identity(await assume())];
      assert.deepEqual(one, next);
      assert.match(String(one.UserId), /^\d{18}:pulumi$/);
    });

    it("names the account of the role that the last of a chain has assumed", async () => {
      const key = await assume();
      const next = keyOf(
        await call(sts("AssumeRole", { ...key, parameters: { ...parameters, RoleArn: numberedArn } })),
      );
      const { AccountId, PrincipalId } = await identity(next);
      assert.deepEqual([AccountId, PrincipalId], ["200000000002", "100000000001"]);
    });

    it("must be signed, and takes no parameters", async () => {
      assert.equal(await errorCode(sts("GetCallerIdentity", skip)), "AuthFailure.InvalidAuthorization");
      assert.equal(
        await errorCode(sts("GetCallerIdentity", { parameters: { RoleArn: "" } })),
        "UnknownParameter",
      );
    });
  });

  it("gives credentials of a role for a SAML assertion, without a signature", async () => {
    const key = keyOf(await call(sts("AssumeRoleWithSAML", { parameters: samlParameters, ...skip })));
    assert.equal((await call({ url: emulator.url, ...key })).State, "NOTASK");
    assert.equal(emulator.requests[0]?.secretId, "");
  });

  it("gives the user of an MFA device temporary credentials of the same account, for 30 minutes", async () => {
    const answer = await call(sts("GetSessionToken", { parameters: device }));
    assert.ok(Math.abs(Number(answer.ExpiredTime) - Date.now() / 1000 - 1800) < 5);
    const key = keyOf(answer);
    const { AccountId, Type } = await call(sts("GetCallerIdentity", key));
    assert.deepEqual([AccountId, Type], ["100000000001", "CAMUser"]);
    await call({ url: emulator.url, ...key, parameters: { Sync: true } });
    assert.equal(emulator.runs().length, 1);
    const again = sts("GetSessionToken", { ...key, parameters: device });
    assert.equal(await errorCode(again), "UnauthorizedOperation");
  });

  const refusals: [string, string, Omit<SignedRequest, "url">, string][] = [
    [
      "a permanent key with a token",
      "GetCallerIdentity",
      { token: "a token from the environment" },
      "AuthFailure.TokenFailure",
    ],
    [
      "a policy that is not JSON",
      "AssumeRole",
      { parameters: { ...parameters, Policy: "allow" } },
      "InvalidParameter.StrategyFormatError",
    ],
    [
      "two tags of one key",
      "AssumeRole",
      {
        parameters: {
          ...parameters,
          Tags: [
            { Key: "a", Value: "1" },
            { Key: "a", Value: "2" },
          ],
        },
      },
      "InvalidParameter.ParamError",
    ],
    [
      "an ExternalId of one letter",
      "AssumeRole",
      { parameters: { ...parameters, ExternalId: "x" } },
      "InvalidParameter.ParamError",
    ],
    [
      "a SerialNumber without a TokenCode",
      "AssumeRole",
      { parameters: { ...parameters, SerialNumber: device.SerialNumber } },
      "MissingParameter",
    ],
    [
      "a TokenCode that no device shows",
      "AssumeRole",
      { parameters: { ...parameters, ...device, TokenCode: "12345" } },
      "AuthFailure.MFAFailure",
    ],
    [
      "another TokenCode than the account's device shows",
      "GetSessionToken",
      { secretId: "AKIDother", secretKey: "other", parameters: device },
      "AuthFailure.MFAFailure",
    ],
    [
      "a device that is none",
      "GetSessionToken",
      { parameters: { ...device, SerialNumber: "phone" } },
      "InvalidParameter.ParamError",
    ],
    [
      "more than 36 hours",
      "GetSessionToken",
      { parameters: { ...device, DurationSeconds: 129_601 } },
      "InvalidParameter.OverTimeError",
    ],
    [
      "a SAML assertion for a role that takes none",
      "AssumeRoleWithSAML",
      { parameters: { ...samlParameters, RoleArn: parameters.RoleArn }, ...skip },
      "UnauthorizedOperation",
    ],
    [
      "another SAML assertion",
      "AssumeRoleWithSAML",
      { parameters: { ...samlParameters, SAMLAssertion: "c29tZWJvZHk=" }, ...skip },
      "InvalidParameter.ParamError",
    ],
    [
      "a missing PrincipalArn",
      "AssumeRoleWithSAML",
      { parameters: { ...samlParameters, PrincipalArn: undefined }, ...skip },
      "MissingParameter",
    ],
    [
      "a role that does not exist",
      "AssumeRole",
      { parameters: { ...parameters, RoleArn: arnOf("absent") } },
      "InternalError.GetRoleError",
    ],
    ["a missing ExternalId", "AssumeRole", { parameters: guarded }, "UnauthorizedOperation"],
    [
      "a wrong ExternalId",
      "AssumeRole",
      { parameters: { ...guarded, ExternalId: "tenant-2" } },
      "UnauthorizedOperation",
    ],
    ["a missing RoleArn", "AssumeRole", { parameters: { RoleSessionName: "pulumi" } }, "MissingParameter"],
    [
      "a missing RoleSessionName",
      "AssumeRole",
      { parameters: { RoleArn: parameters.RoleArn } },
      "MissingParameter",
    ],
    [
      "a RoleSessionName with a space",
      "AssumeRole",
      { parameters: { ...parameters, RoleSessionName: "my laptop" } },
      "InvalidParameter.ParamError",
    ],
    [
      "more than 12 hours",
      "AssumeRole",
      { parameters: { ...parameters, DurationSeconds: 43_201 } },
      "InvalidParameter.OverTimeError",
    ],
    [
      "a parameter it does not know",
      "AssumeRole",
      { parameters: { ...parameters, roleArn: "" } },
      "UnknownParameter",
    ],
    [
      "a missing region",
      "AssumeRole",
      { parameters, headers: { "X-TC-Region": undefined } },
      "MissingParameter",
    ],
    ["a wrong secret key", "AssumeRole", { parameters, secretKey: "wrong" }, "AuthFailure.SignatureFailure"],
    [
      "a request with no signature",
      "AssumeRole",
      { parameters, ...skip },
      "AuthFailure.InvalidAuthorization",
    ],
    ["an action of CWP", "SyncMachines", {}, "InvalidAction"],
    [
      "a wrong web identity",
      "AssumeRoleWithWebIdentity",
      { parameters: { ...podParameters, WebIdentityToken: "another token" }, ...skip },
      "InvalidParameter.WebIdentityTokenError",
    ],
    [
      "a web identity for a role that takes none",
      "AssumeRoleWithWebIdentity",
      { parameters: { ...podParameters, RoleArn: parameters.RoleArn }, ...skip },
      "UnauthorizedOperation",
    ],
    [
      "a web identity for a role that does not exist",
      "AssumeRoleWithWebIdentity",
      { parameters: { ...podParameters, RoleArn: arnOf("absent") }, ...skip },
      "InternalError.GetRoleError",
    ],
    [
      "a missing ProviderId",
      "AssumeRoleWithWebIdentity",
      { parameters: { ...podParameters, ProviderId: undefined }, ...skip },
      "MissingParameter",
    ],
    [
      "a missing WebIdentityToken",
      "AssumeRoleWithWebIdentity",
      { parameters: { ...podParameters, WebIdentityToken: undefined }, ...skip },
      "MissingParameter",
    ],
  ];
  for (const [what, action, request, expected] of refusals) {
    it(`refuses ${what} with ${expected}`, async () => {
      assert.equal(await errorCode({ ...sts(action), ...request }), expected);
    });
  }

  it("gives the SDK's client the code of a refusal, signed or not", async () => {
    const client = new CommonClient("sts.tencentcloudapi.com", "2018-08-13", {
      ...config(),
      credential: emulatorAccount,
    });
    await assert.rejects(client.request("AssumeRole", guarded), { code: "UnauthorizedOperation" });
    await assert.rejects(
      client.request(
        "AssumeRoleWithWebIdentity",
        { ...podParameters, WebIdentityToken: "another token" },
        { skipSign: true },
      ),
      { code: "InvalidParameter.WebIdentityTokenError" },
    );
  });

  it("never repeats a web identity or an external id in a refusal", async () => {
    const refused = await call(
      sts("AssumeRoleWithWebIdentity", {
        parameters: { ...podParameters, WebIdentityToken: "another token" },
        ...skip,
      }),
    );
    assert.doesNotMatch(JSON.stringify(refused), /another token|identity of the pod/);
    assert.doesNotMatch(JSON.stringify(await call(sts("AssumeRole", { parameters: guarded }))), /tenant-1/);
  });

  describe("issues credentials that", () => {
    it("need their token", async () => {
      const { secretId, secretKey } = await assume();
      for (const token of [undefined, "another", (await assume()).token]) {
        const request = { url: emulator.url, secretId, secretKey, ...(token !== undefined && { token }) };
        assert.equal(await errorCode(request), "AuthFailure.TokenFailure");
      }
    });

    it("all end by expireTemporaryCredentials, before new credentials are issued", async () => {
      const keys = [await assume(), await assume()];
      emulator.expireTemporaryCredentials();
      for (const key of keys) {
        assert.equal(await errorCode({ url: emulator.url, ...key }), "AuthFailure.TokenFailure");
      }
      assert.equal(await errorCode({ url: emulator.url, ...(await assume()) }), undefined);
      assert.equal(await errorCode({ url: emulator.url }), undefined);
    });

    it("outlive a move of the emulated clock", async () => {
      const key = await assume();
      emulator.advance(100_000);
      assert.equal(await errorCode({ url: emulator.url, ...key }), undefined);
    });

    it("end after the seconds of the request or of the role, by the real time", () => {
      let nowMs = 1_700_000_000_000;
      const now = () => nowMs;
      const world = new World({ now, syncSeconds: 60 });
      const roles = [{ arn: parameters.RoleArn }, { arn: arnOf("brief"), seconds: 0.5 }];
      const gateway = new Gateway(
        { keys: new Keys([emulatorAccount], now), roles, worldOf: () => world },
        now,
      );
      const send = (request: SignedRequest) => {
        const signed = signedHeaders({ timestamp: Math.floor(nowMs / 1000), ...request });
        const headers = Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]);
        const body = Buffer.from(JSON.stringify(request.parameters ?? {}));
        return gateway.answer({ method: "POST", path: "/", headers: Object.fromEntries(headers), body });
      };
      for (const [arn, asked, milliseconds] of [
        [parameters.RoleArn, { DurationSeconds: 60 }, 60_000],
        [parameters.RoleArn, {}, 7_200_000],
        [arnOf("brief"), { DurationSeconds: 60 }, 500],
      ] as const) {
        const request = sts("AssumeRole", { parameters: { ...parameters, ...asked, RoleArn: arn } });
        const key = keyOf(JSON.parse(send(request).body).Response);
        nowMs += milliseconds - 1;
        assert.equal(send({ url: emulator.url, ...key }).outcome, "NOTASK");
        nowMs += 1;
        assert.equal(send({ url: emulator.url, ...key }).outcome, "AuthFailure.TokenFailure");
      }
    });
  });

  it("is hit by faults on sts, and by faults on any", async () => {
    emulator.inject({ error: "InternalError.SystemError" }, { on: "sts" });
    emulator.inject({ error: "FailedOperation" }, { on: "read", times: 2 });
    emulator.inject({ http: 503 }, { after: 1 });
    assert.equal(await errorCode({ url: emulator.url }), "FailedOperation");
    assert.equal(await errorCode(sts("AssumeRole", { parameters })), "InternalError.SystemError");
    assert.equal(await errorCode(sts("AssumeRole", { parameters })), undefined);
    assert.equal((await sendSigned(sts("AssumeRoleWithWebIdentity"))).status, 503);
  });

  it("is hit by faults on one of its actions, and by no fault on another", async () => {
    emulator.inject({ error: "AuthFailure.AccessKeyIllegal" }, { on: "GetCallerIdentity" });
    emulator.inject({ reset: true }, { on: "AssumeRoleWithSAML" });
    assert.equal(await errorCode(sts("AssumeRole", { parameters })), undefined);
    assert.equal(await errorCode(sts("GetCallerIdentity")), "AuthFailure.AccessKeyIllegal");
    await assert.rejects(sendSigned(sts("AssumeRoleWithSAML", skip)), { code: "ECONNRESET" });
  });

  it("needs accountIds that fit the accounts", async () => {
    const one = { secretId: "AKIDone", secretKey: "one", account: "a", accountId: "1" };
    const next = { secretId: "AKIDnext", secretKey: "next", account: "a", accountId: "2" };
    await assert.rejects(startEmulator({ accounts: [one, next] }), /account a of the emulator has two/);
    await assert.rejects(
      startEmulator({ accounts: [one, { ...next, account: "b", accountId: "1" }] }),
      /Two accounts of the emulator have one accountId/,
    );
  });

  it("takes key pairs with one accountId for one account", async () => {
    const shared = await startEmulator({
      accounts: [
        { secretId: "AKIDone", secretKey: "one", accountId: "100000000009" },
        { secretId: "AKIDnext", secretKey: "next", accountId: "100000000009" },
      ],
    });
    shared.startForeignSync(60, "AKIDone");
    assert.equal(shared.runs("AKIDnext").length, 1);
    await shared.stop();
  });

  it("refuses a role of an unknown account", async () => {
    await assert.rejects(startEmulator({ roles: [{ arn: arnOf("sync"), account: "absent" }] }), {
      message: `A role of the emulator names the account absent: expected one of ${emulatorAccount.secretId}.`,
    });
  });
});
