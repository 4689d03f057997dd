import assert from "node:assert/strict";
import { pulumiSettings } from "../../../../provider/account/config";
import { type AccountArgs, resolveConnection } from "../../../../provider/account/settings";
import { SettingsError } from "../../../../provider/api/errors";
import { refusal } from "../../../refusal";
import { ownHome } from "./home";
import { StandIn } from "./standIn";
import { arnOf, keysOf, tokenOf } from "./world";

const IN_AN_HOUR = Math.floor(Date.now() / 1000) + 3600;
const policy = '{"version": "2.0", "statement": [{"effect": "allow", "action": "cwp:*", "resource": "*"}]}';

/** The provider's request for a role with all of these fields. */
const allFields = {
  roleArn: arnOf("deploy"),
  sessionName: "ci",
  sessionDuration: 900,
  externalId: "the-external-id",
  sourceIdentity: "100000000001",
  serialNumber: "qcs::cam:uin/100000000001::mfa/softToken",
  tokenCode: "123456",
};
const allParams = {
  RoleArn: arnOf("deploy"),
  RoleSessionName: "ci",
  DurationSeconds: 900,
  ExternalId: "the-external-id",
  SourceIdentity: "100000000001",
  SerialNumber: "qcs::cam:uin/100000000001::mfa/softToken",
  TokenCode: "123456",
};
const allVariables = {
  TENCENTCLOUD_ASSUME_ROLE_ARN: arnOf("deploy"),
  TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME: "ci",
  TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION: "900",
  TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID: "the-external-id",
  TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY: "100000000001",
  TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER: "qcs::cam:uin/100000000001::mfa/softToken",
  TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE: "123456",
};

describe("STS is asked", () => {
  const home = ownHome();
  let sts: StandIn;
  let args: AccountArgs;
  let config: Record<string, string>;

  before(async () => {
    const { secretId: TmpSecretId, secretKey: TmpSecretKey } = keysOf("role");
    sts = await StandIn.start(() => ({
      Response: {
        Credentials: { TmpSecretId, TmpSecretKey, Token: tokenOf("role") },
        ExpiredTime: IN_AN_HOUR,
        RequestId: "id",
      },
    }));
  });
  after(() => sts.stop());
  beforeEach(() => {
    args = { endpoint: sts.url };
    config = {};
    sts.asked.length = 0;
    setEnv({ TENCENTCLOUD_SECRET_ID: keysOf("env").secretId });
    setEnv({ TENCENTCLOUD_SECRET_KEY: keysOf("env").secretKey });
  });

  const setEnv = (values: Record<string, string>) => Object.assign(process.env, values);
  const setConfig = (name: string, value: unknown) => {
    config[`tencentcloud:${name}`] = typeof value === "string" ? value : JSON.stringify(value);
  };
  const find = () =>
    resolveConnection(
      args,
      pulumiSettings((name) => config[name]),
      process.env,
    ).credentials.find();

  /** Looks up the credentials, and returns the last request to STS. */
  async function request() {
    const { secretId, secretKey, token, expiresAt } = await find();
    assert.deepEqual({ secretId, secretKey, token }, { ...keysOf("role"), token: tokenOf("role") });
    assert.equal(expiresAt, IN_AN_HOUR * 1000);
    const asked = sts.asked.at(-1);
    assert.ok(asked);
    const { headers } = asked;
    assert.equal(headers["x-tc-version"], "2018-08-13");
    assert.equal(headers["x-tc-language"], "en-US");
    return { action: headers["x-tc-action"], headers, params: JSON.parse(asked.body) };
  }

  describe("for a role", () => {
    it("in its own terms, in the region in use, signed with the keys found", async () => {
      args = { ...args, region: "ap-shanghai", assumeRole: { ...allFields, policy } };
      const { action, headers, params } = await request();
      assert.deepEqual(params, { ...allParams, Policy: encodeURIComponent(policy) });
      assert.equal(action, "AssumeRole");
      assert.equal(headers["x-tc-region"], "ap-shanghai");
      assert.match(headers.authorization ?? "", /Credential=AKIDenv\//);
    });

    it("for two hours by default, with a name that shows this package in the audit log", async () => {
      args = { ...args, assumeRole: { roleArn: arnOf("deploy") } };
      const { headers, params } = await request();
      assert.deepEqual(params, {
        RoleArn: arnOf("deploy"),
        RoleSessionName: "pulumi-tencentcloud-cwp",
        DurationSeconds: 7200,
      });
      assert.equal(headers["x-tc-region"], "ap-guangzhou", "STS insists on a region");
    });

    it("in the first region that is set and is one, also if none is named to CWP", async () => {
      args = { ...args, assumeRole: { roleArn: arnOf("deploy") } };
      const region = async () => (await request()).headers["x-tc-region"];
      config = { "tencentcloud-cwp:region": "ap-cwp", "tencentcloud:region": "ap-provider" };
      assert.equal(await region(), "ap-cwp");
      config["tencentcloud-cwp:region"] = "none";
      assert.equal(await region(), "ap-provider");
      config["tencentcloud:region"] = "none";
      assert.equal(await region(), "ap-guangzhou");
    });

    const spellings: readonly [title: string, name: string, value: unknown][] = [
      ["a list of one under the plural name", "assumeRoles", [{ ...allFields, policy }]],
      ["numbers as text", "assumeRole", { ...allFields, policy, sessionDuration: "900" }],
      [
        "text as numbers",
        "assumeRole",
        { ...allFields, policy, tokenCode: 123456, sourceIdentity: 100000000001 },
      ],
    ];
    for (const [title, name, value] of spellings) {
      it(`as the config has it: ${title}`, async () => {
        setConfig(name, value);
        const { params } = await request();
        assert.deepEqual(params, { ...allParams, Policy: encodeURIComponent(policy) });
      });
    }

    it("as the environment has it", async () => {
      setEnv(allVariables);
      assert.deepEqual((await request()).params, allParams);
    });

    it("as the environment has it, but for what is empty there", async () => {
      setEnv({ ...allVariables, TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID: "" });
      const { ExternalId: _empty, ...others } = allParams;
      assert.deepEqual((await request()).params, others);
    });

    it("not at all if the environment has a session that is too long", async () => {
      setEnv({ ...allVariables, TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION: "43201" });
      const { message } = await refusal(() => find());
      assert.match(message, /^TENCENTCLOUD_ASSUME_ROLE_… cannot be used: sessionDuration must be a whole/);
    });

    it("not at all if the config has it by both names", async () => {
      setConfig("assumeRole", allFields);
      setConfig("assumeRoles", [allFields]);
      const { message } = await refusal(() => find());
      assert.equal(
        message,
        "tencentcloud:assumeRole and tencentcloud:assumeRoles are both set: keep one of them.",
      );
    });

    it("for the longest session that STS gives", async () => {
      args = { ...args, assumeRole: { roleArn: arnOf("deploy"), sessionDuration: 43_200 } };
      assert.equal((await request()).params.DurationSeconds, 43_200);
    });

    it("as the environment says where the config leaves something out", async () => {
      setEnv({ ...allVariables, TENCENTCLOUD_ASSUME_ROLE_ARN: "" });
      setConfig("assumeRole", { roleArn: arnOf("deploy"), sessionName: "", externalId: null });
      assert.deepEqual((await request()).params, allParams);
      assert.equal(sts.asked.length, 1);
    });

    for (const seconds of ["0", ""]) {
      it(`for two hours where the session lasts ${JSON.stringify(seconds)}`, async () => {
        setConfig("assumeRole", { roleArn: arnOf("deploy"), sessionDuration: seconds });
        assert.equal((await request()).params.DurationSeconds, 7200);
      });
    }

    for (const nothing of ["[]", " "]) {
      it(`not at all if the config has ${JSON.stringify(nothing)}`, async () => {
        setConfig("assumeRoles", nothing);
        assert.equal((await find()).secretId, keysOf("env").secretId);
        assert.deepEqual(sts.asked, []);
      });
    }
  });

  describe("for a web identity", () => {
    const token = "the-web-identity-token";
    const roleArn = arnOf("deploy");
    const inTerms = { ProviderId: "OIDC", WebIdentityToken: token, RoleArn: roleArn };
    const full = { roleArn, sessionName: "ci", sessionDuration: 900, webIdentityToken: token };
    const tokenFile = () => home.write("web-identity.json", { web_identity_token: token });
    const arnFile = () => home.write("role.json", { role_arn: roleArn });

    const spellings: readonly [title: string, name: string, value: () => unknown][] = [
      ["a list of one under the plural name", "assumeRoleWithWebIdentities", () => [full]],
      [
        "the token in a file",
        "assumeRoleWithWebIdentity",
        () => ({ ...full, webIdentityToken: undefined, webIdentityTokenFile: tokenFile() }),
      ],
      [
        "the role in a file",
        "assumeRoleWithWebIdentity",
        () => ({ ...full, roleArn: undefined, roleArnFile: arnFile() }),
      ],
      [
        "a field before its file",
        "assumeRoleWithWebIdentity",
        () => ({ ...full, webIdentityTokenFile: "/no/such/file", roleArnFile: "/no/such/file" }),
      ],
    ];
    for (const [title, name, value] of spellings) {
      it(`as the config has it, unsigned and needing no keys: ${title}`, async () => {
        delete process.env.TENCENTCLOUD_SECRET_ID;
        delete process.env.TENCENTCLOUD_SECRET_KEY;
        setConfig(name, value());
        const { action, headers, params } = await request();
        assert.equal(action, "AssumeRoleWithWebIdentity");
        assert.equal(headers.authorization, "SKIP");
        assert.deepEqual(params, { ...inTerms, RoleSessionName: "ci", DurationSeconds: 900 });
      });
    }

    it("with the identity provider that is named", async () => {
      setConfig("assumeRoleWithWebIdentity", { ...full, providerId: "github" });
      assert.equal((await request()).params.ProviderId, "github");
    });

    it("as the environment has it", async () => {
      setEnv({
        ...allVariables,
        TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID: "github",
        TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN: token,
      });
      const { params } = await request();
      assert.deepEqual(params, {
        ...inTerms,
        ProviderId: "github",
        RoleSessionName: "ci",
        DurationSeconds: 900,
      });
    });

    it("with the token of the environment, or of its file, if the config leaves it out", async () => {
      setEnv({ TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE: tokenFile() });
      setConfig("assumeRoleWithWebIdentity", { roleArn, sessionName: "ci" });
      assert.equal((await request()).params.WebIdentityToken, token);
      setEnv({ TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN: "another-token" });
      assert.equal((await request()).params.WebIdentityToken, "another-token");
    });

    it("with the token that the file has at that moment", async () => {
      setConfig("assumeRoleWithWebIdentity", { roleArn, webIdentityTokenFile: tokenFile() });
      await request();
      home.write("web-identity.json", { web_identity_token: "the-next-token" });
      assert.equal((await request()).params.WebIdentityToken, "the-next-token");
    });

    const broken: readonly [title: string, value: () => object, says: RegExp][] = [
      [
        "has no token",
        () => ({ roleArn }),
        /cannot be used: it needs webIdentityToken or webIdentityTokenFile/,
      ],
      ["has no role", () => ({ webIdentityToken: token }), /cannot be used: it needs roleArn or roleArnFile/],
      ["has a property that there is not", () => ({ ...full, token: "secret-of-mine" }), /no property token/],
      [
        "lasts too long",
        () => ({ ...full, sessionDuration: 43201 }),
        /sessionDuration must be a whole number/,
      ],
      [
        "has a file that is not there",
        () => ({ roleArn, webIdentityTokenFile: "/no/such/file" }),
        /^There is no web_identity_token in \/no\/such\/file \(tencentcloud:assumeRoleWithWebIdentity\)/,
      ],
      [
        "has a file with the bare token",
        () => ({ roleArn, webIdentityTokenFile: home.write("bare", "secret-of-mine") }),
        /bare.* is not valid JSON: correct it, or write \{"web_identity_token": "…"\} into it\.$/,
      ],
      [
        "has a file with something else",
        () => ({ roleArn, webIdentityTokenFile: home.write("other", { token: "secret-of-mine" }) }),
        /^There is no web_identity_token in .*other/,
      ],
    ];
    for (const [title, value, says] of broken) {
      it(`not at all if it ${title}, and nothing of it is quoted`, async () => {
        setConfig("assumeRoleWithWebIdentity", value());
        const error = await refusal(() => find(), token, "secret-of-mine");
        assert.ok(error instanceof SettingsError, error.message);
        assert.match(error.message, says);
        assert.deepEqual(sts.asked, []);
      });
    }
  });

  describe("for a SAML assertion", () => {
    const principalArn = "qcs::cam::uin/100000000001:saml-provider/idp";
    const full = {
      roleArn: arnOf("deploy"),
      sessionName: "ci",
      sessionDuration: 900,
      samlAssertion: "the-assertion",
      principalArn,
    };
    const params = {
      SAMLAssertion: "the-assertion",
      PrincipalArn: principalArn,
      RoleArn: arnOf("deploy"),
      RoleSessionName: "ci",
      DurationSeconds: 900,
    };

    it("as the config has it, by both names, unsigned", async () => {
      for (const [name, value] of [
        ["assumeRoleWithSaml", full],
        ["assumeRoleWithSamls", [full]],
      ] as const) {
        config = {};
        setConfig(name, value);
        const asked = await request();
        assert.equal(asked.action, "AssumeRoleWithSAML");
        assert.equal(asked.headers.authorization, "SKIP");
        assert.deepEqual(asked.params, params);
      }
    });

    it("as the environment has it", async () => {
      setEnv({
        ...allVariables,
        TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION: "the-assertion",
        TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN: principalArn,
      });
      assert.deepEqual((await request()).params, params);
    });

    for (const part of ["samlAssertion", "principalArn", "roleArn"]) {
      it(`not at all if it has no ${part}`, async () => {
        setConfig("assumeRoleWithSaml", { ...full, [part]: undefined });
        const error = await refusal(() => find(), "the-assertion");
        assert.equal(
          error.message,
          `tencentcloud:assumeRoleWithSaml cannot be used: its ${part} is missing.`,
        );
      });
    }

    it("not at all if its session is too long", async () => {
      setConfig("assumeRoleWithSaml", { ...full, sessionDuration: 43_201 });
      const error = await refusal(() => find(), "the-assertion");
      assert.match(error.message, /^tencentcloud:assumeRoleWithSaml cannot be used: sessionDuration must be/);
    });

    it("for two hours if the environment has an empty length of the session", async () => {
      setEnv({ TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION: "" });
      setConfig("assumeRoleWithSaml", { ...full, sessionDuration: "" });
      assert.equal((await request()).params.DurationSeconds, 7200);
    });

    it("not at all where the environment has half of it", async () => {
      setEnv({ ...allVariables, TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION: "the-assertion" });
      const error = await refusal(() => find(), "the-assertion");
      assert.match(
        error.message,
        /^TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION cannot be used: its principalArn/,
      );
    });
  });

  it("for a pod in TKE's terms, in the pod's region and unsigned", async () => {
    setEnv({
      TKE_REGION: "ap-beijing",
      TKE_PROVIDER_ID: "cls-1",
      TKE_ROLE_ARN: arnOf("pod"),
      TKE_WEB_IDENTITY_TOKEN_FILE: home.write("token", "the-web-identity-token\n"),
    });
    args = { ...args, region: "ap-shanghai" };
    setConfig("enablePodOidc", "true");
    const { action, headers, params } = await request();
    assert.deepEqual(params, {
      ProviderId: "cls-1",
      WebIdentityToken: "the-web-identity-token",
      RoleArn: arnOf("pod"),
      RoleSessionName: "pulumi-tencentcloud-cwp",
    });
    assert.equal(action, "AssumeRoleWithWebIdentity");
    assert.equal(headers["x-tc-region"], "ap-beijing");
    assert.equal(headers.authorization, "SKIP");
  });
});
