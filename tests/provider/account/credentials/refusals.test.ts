import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import { createServer } from "node:http";
import * as path from "node:path";
import { type Emulator, startEmulator } from "../../../../emulator";
import { pulumiSettings } from "../../../../provider/account/config";
import { type AccountArgs, resolveConnection } from "../../../../provider/account/settings";
import { ApiError, CwpError, NoAnswer, SettingsError } from "../../../../provider/api/errors";
import { connect } from "../../../../provider/cwp/client";
import { refusal } from "../../../refusal";
import { ownHome } from "./home";
import { ROLE_PATH, StandIn } from "./standIn";

const LONG_MS = 5_000;

const owner = {
  secretId: "AKIDowner",
  secretKey: "the-secret-key-of-the-owner",
  token: "the-token-of-the-owner",
};
const roleArn = "qcs::cam::uin/100000000001:roleName/sync";
const podArn = "qcs::cam::uin/100000000001:roleName/pod";
const externalId = "the-external-id";
const webToken = "the-web-identity-token";
/** The secrets that no error may show. */
const secrets = [owner.secretKey, owner.token, externalId, webToken];

describe("Credentials that cannot be had", () => {
  const home = ownHome();

  let emulator: Emulator;
  let args: AccountArgs;
  let config: Record<string, string>;

  before(async () => {
    emulator = await startEmulator({
      accounts: [owner],
      roles: [
        { arn: roleArn, externalId },
        { arn: podArn, webIdentityToken: webToken },
      ],
    });
  });
  after(() => emulator.stop());
  beforeEach(() => {
    emulator.clearRequests();
    args = { endpoint: emulator.url };
    config = {};
  });

  const setEnv = (values: Record<string, string>) => Object.assign(process.env, values);
  const keysInEnv = (keys: { secretId: string; secretKey: string; token?: string } = owner) =>
    setEnv({
      TENCENTCLOUD_SECRET_ID: keys.secretId,
      TENCENTCLOUD_SECRET_KEY: keys.secretKey,
      ...(keys.token !== undefined && { TENCENTCLOUD_TOKEN: keys.token }),
    });

  /**
   * The error of a request under the settings of the test. It must be an error of the package and show no
   * secret.
   */
  async function failure(...more: string[]): Promise<CwpError> {
    const request = async () => {
      const connection = resolveConnection(
        args,
        pulumiSettings((name) => config[name]),
        process.env,
      );
      return connect(connection).syncMachines(false, LONG_MS);
    };
    const error = await refusal(request(), ...secrets, ...more);
    assert.ok(error instanceof CwpError, `${error} is not of the package`);
    return error;
  }

  /** The message of a refusal over a setting, for which nothing is sent to CWP. */
  async function refusalText(...more: string[]): Promise<string> {
    const error = await failure(...more);
    assert.ok(error instanceof SettingsError, error.message);
    assert.equal(error.retry, "never");
    assert.equal(emulator.requests.length, 0);
    return error.message;
  }

  describe("because there are none", () => {
    it("name every searched place, in order, and the way to set credentials", async () => {
      const message = await refusalText();
      assert.match(message, /^No Tencent Cloud credentials were found\. Looked in /);
      const places = [
        "tencentcloud:secretId and tencentcloud:secretKey",
        "TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY",
        `the profile "default" of ${home.folder}/.tccli`,
        `the section [default] of ${home.folder}/.tencentcloud/credentials or /etc/tencentcloud/credentials`,
        "CVM role",
        "TKE",
        'Set them with "pulumi config set tencentcloud:secretId" and "pulumi config set --secret tencentcloud:secretKey"',
      ];
      const at = places.map((place) => message.indexOf(place));
      assert.ok(!at.includes(-1), message);
      assert.deepEqual(
        at,
        [...at].sort((a, b) => a - b),
        message,
      );
    });

    it("say so even if there are files without credentials", async () => {
      home.write(".tencentcloud/credentials", "# nothing yet\n[other]\nsecret_id = AKIDother\n");
      home.write(".tccli/other.credential", owner);
      assert.match(await refusalText(), /^No Tencent Cloud credentials were found/);
    });

    it("say within two seconds that a metadata service takes requests and never answers, which may pass", async () => {
      const silent = await StandIn.start(() => new Promise<never>(() => {}));
      try {
        setEnv({ TENCENTCLOUD_METADATA_URL: silent.url });
        const started = performance.now();
        const error = await failure();
        assert.match(
          error.message,
          /^The metadata service did not answer within 1\.5 s\. .*set other credentials/,
        );
        assert.deepEqual([error.retry, error.sent], ["yes", false]);
        assert.ok(performance.now() - started < 2_000);
        assert.equal(silent.asked.length, 1);
      } finally {
        await silent.stop();
      }
    });

    it("say so at once if no metadata service listens", async () => {
      const started = performance.now();
      await refusalText();
      assert.ok(performance.now() - started < 1_000);
    });
  });

  describe("for want of half a pair", () => {
    const halves: readonly [there: string, missing: string][] = [
      ["secretId", "secretKey"],
      ["secretKey", "secretId"],
    ];
    for (const [there, missing] of halves) {
      it(`name the ${missing} that a profile of tccli lacks, and the file`, async () => {
        const file = home.write(".tccli/default.credential", { [there]: "half-of-a-pair" });
        const message = await refusalText("half-of-a-pair");
        assert.ok(message.includes(`no ${missing} in ${file}`), message);
        assert.match(message, /set both secretId and secretKey/);
      });
    }

    it("name the missing half of a section, and the section", async () => {
      const file = home.write(".tencentcloud/credentials", "[mine]\nsecret_key = half-of-a-pair\n");
      args = { ...args, profile: "mine" };
      const message = await refusalText("half-of-a-pair");
      assert.ok(message.includes(`no secret_id in [mine] of ${file}`), message);
    });

    it("name it in the environment, though a profile has a pair", async () => {
      home.write(".tccli/default.credential", owner);
      setEnv({ TENCENTCLOUD_SECRET_KEY: "half-of-a-pair" });
      assert.match(
        await refusalText("half-of-a-pair"),
        /^TENCENTCLOUD_SECRET_KEY is set, but neither tencentcloud:secretId nor TENCENTCLOUD_SECRET_ID is: set one of them/,
      );
    });
  });

  describe("because of a file", () => {
    for (const file of [
      ".tccli/default.credential",
      ".tencentcloud/credentials",
      ".tccli/default.configure",
    ]) {
      it(`${file} that cannot be read name it and the reason`, async () => {
        const full = path.join(home.folder, file);
        fs.mkdirSync(full, { recursive: true });
        const message = await refusalText();
        assert.ok(message.startsWith(`${full} cannot be read (EISDIR)`), message);
      });
    }

    it("that is not JSON name it and the line, and quote nothing of it", async () => {
      const text = `{\n  "secretId": "AKIDowner",\n  "secretKey": "${owner.secretKey}" "token": "${owner.token}"\n}\n`;
      const file = home.write(".tccli/default.credential", text);
      const message = await refusalText("AKIDowner");
      assert.ok(message.startsWith(`${file}, line 3 is not valid JSON`), message);
      assert.match(message, /tccli configure/);
    });

    const broken: readonly [title: string, text: string][] = [
      ["ends too early", `{"secretId": "AKIDowner", "secretKey": "${owner.secretKey}`],
      ["is empty", ""],
      ["is a bare key", owner.secretKey],
      ["is a text", `"${owner.secretKey}"`],
      ["is a list", `["${owner.secretKey}"]`],
      ["is null", "null"],
    ];
    for (const [title, text] of broken) {
      it(`that ${title} name it and the correction, and quote nothing of it`, async () => {
        const file = home.write(".tccli/default.credential", text);
        const message = await refusalText(owner.secretKey.slice(0, 8));
        assert.ok(message.startsWith(file), message);
        assert.match(message, /JSON.*tccli configure/);
      });
    }

    it("whose login has ended say to log in again", async () => {
      const file = home.write(".tccli/default.credential", {
        type: "oauth",
        ...owner,
        expiresAt: Math.floor(Date.now() / 1000) - 1,
      });
      const message = await refusalText();
      assert.ok(message.includes(file), message);
      assert.match(message, /has ended: run "tccli auth login" again/);
    });

    it("whose key holds a character that no request can carry name the place, not the key", async () => {
      const file = home.write(".tccli/default.credential", {
        ...owner,
        secretKey: "typographic–dash-inside",
      });
      const message = await refusalText("-inside");
      assert.ok(message.includes(`secretKey in ${file}`), message);
    });
  });

  describe("from a profile that does not exist", () => {
    const settings: readonly [name: string, set: () => void][] = [
      ["argument profile", () => (args = { ...args, profile: "absent" })],
      ["tencentcloud:profile", () => (config["tencentcloud:profile"] = "absent")],
      ["TENCENTCLOUD_PROFILE", () => setEnv({ TENCENTCLOUD_PROFILE: "absent" })],
      [
        "TCCLI_PROFILE",
        () => {
          home.write(".tccli/default.credential", {});
          setEnv({ TCCLI_PROFILE: "absent" });
        },
      ],
    ];
    for (const [name, set] of settings) {
      it(`name it, the setting (${name}), the places, and the existing profiles`, async () => {
        home.write(".tccli/default.credential", owner);
        home.write(".tccli/default.configure", { region: "ap-guangzhou" });
        home.write(".tccli/ci.credential", owner);
        home.write(".tencentcloud/credentials", "[default]\n[my.team]\nsecret_id = AKIDteam\n");
        set();
        const message = await refusalText("AKIDteam");
        assert.ok(message.startsWith('There is no profile "absent"'), message);
        assert.ok(message.includes(`(${name})`) || message.includes(`(the ${name})`), message);
        assert.ok(
          message.includes(`${home.folder}/.tccli or ${home.folder}/.tencentcloud/credentials or /etc`),
        );
        const [, listed = ""] = /There are (.*)\.$/.exec(message) ?? [];
        assert.deepEqual(listed.split(", ").sort(), ['"ci"', '"default"', '"my.team"']);
      });
    }

    it("say how to make a profile if there is none at all", async () => {
      args = { ...args, profile: "absent" };
      assert.match(await refusalText(), /none at all: make one with "tccli configure"/);
    });

    it("say that it must be a name when it is a path, and read no such file", async () => {
      home.write(".tccli/default.credential", owner);
      home.write("elsewhere.credential", owner);
      for (const profile of ["../elsewhere", "/etc/passwd", "..\\elsewhere", `${home.folder}/elsewhere`]) {
        args = { ...args, profile };
        const message = await refusalText();
        assert.ok(message.includes(`"${profile}"`), message);
        assert.match(message, /must be a name, not a path/);
      }
    });
  });

  describe("from the CVM role", () => {
    const named = /^The CVM role "sync" gave no credentials: .*Bind the role to the instance/;

    for (const setting of ["tencentcloud:camRoleName", "TENCENTCLOUD_CAM_ROLE_NAME"]) {
      it(`name the role of ${setting} if there is no metadata service`, async () => {
        config["tencentcloud:camRoleName"] = setting.startsWith("tencentcloud:") ? "sync" : "";
        setEnv({ TENCENTCLOUD_CAM_ROLE_NAME: "sync" });
        const message = await refusalText();
        assert.match(message, named);
        assert.ok(message.includes(setting), message);
      });
    }

    it("name the role if another role is bound, or none", async () => {
      config["tencentcloud:camRoleName"] = "sync";
      for (const camRole of [undefined, { name: "other" }]) {
        const cvm = await startEmulator(camRole && { camRole });
        try {
          setEnv({ TENCENTCLOUD_METADATA_URL: cvm.url });
          assert.match(await refusalText(), named);
        } finally {
          await cvm.stop();
        }
      }
    });

    it("say so if a profile asks for it, and do not mention settings that are not set", async () => {
      home.write(".tccli/default.credential", { type: "cvm-role" });
      const message = await refusalText();
      assert.match(message, /^The CVM role gave no credentials/);
      assert.doesNotMatch(message, /camRoleName|TENCENTCLOUD_CAM_ROLE_NAME/);
    });

    it("leave the search to the next place if no role is bound to the machine", async () => {
      const cvm = await startEmulator();
      try {
        setEnv({ TENCENTCLOUD_METADATA_URL: cvm.url });
        assert.match(await refusalText(), /^No Tencent Cloud credentials were found/);
      } finally {
        await cvm.stop();
      }
    });

    const { secretId: TmpSecretId, secretKey: TmpSecretKey, token: Token } = owner;
    const badAnswers: readonly [title: string, answer: string | object][] = [
      ["a failure", { Code: "Failed", TmpSecretId, TmpSecretKey, Token }],
      ["no keys", { Code: "Success" }],
      ["no token", { Code: "Success", TmpSecretId, TmpSecretKey }],
      ["a key that is no text", { Code: "Success", TmpSecretId, TmpSecretKey: [TmpSecretKey], Token }],
      ["no JSON", `<html>${TmpSecretKey}</html>`],
      ["half of a JSON text", `{"TmpSecretKey": "${TmpSecretKey}`],
      ["null", "null"],
    ];
    for (const [title, answer] of badAnswers) {
      it(`name the role when the metadata service answers with ${title}, and quote nothing of it`, async () => {
        const metadata = await StandIn.start(({ path: asked }) => (asked === ROLE_PATH ? "sync" : answer));
        try {
          setEnv({ TENCENTCLOUD_METADATA_URL: metadata.url });
          assert.match(await refusalText(), /gave no credentials for the CVM role "sync"/);
        } finally {
          await metadata.stop();
        }
      });
    }

    it("are requested without a proxy, which could not reach the metadata service", async () => {
      const other = await StandIn.start(() => "sync");
      const metadata = await StandIn.start(() => undefined);
      try {
        setEnv({ TENCENTCLOUD_METADATA_URL: metadata.url, HTTP_PROXY: other.url, http_proxy: other.url });
        await refusalText();
        assert.equal(other.asked.length, 0, "a proxy was asked");
        assert.equal(metadata.asked.length, 1);
      } finally {
        await other.stop();
        await metadata.stop();
      }
    });
  });

  describe("from TKE's pod identity", () => {
    const pod = () => ({
      TKE_REGION: "ap-guangzhou",
      TKE_PROVIDER_ID: "cls-1",
      TKE_ROLE_ARN: podArn,
      TKE_WEB_IDENTITY_TOKEN_FILE: home.write("token", webToken),
    });

    for (const missing of ["TKE_REGION", "TKE_PROVIDER_ID", "TKE_ROLE_ARN", "TKE_WEB_IDENTITY_TOKEN_FILE"]) {
      it(`name ${missing} when only that is missing`, async () => {
        setEnv({ ...pod(), [missing]: "" });
        assert.match(await refusalText(), new RegExp(`set only in part\\. Missing: ${missing}\\.$`));
      });
    }

    it("name all that is missing", async () => {
      setEnv({ TKE_ROLE_ARN: podArn });
      assert.match(await refusalText(), /TKE_REGION, TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE/);
    });

    it("name TKE_REGION when no header can carry it", async () => {
      for (const end of ["\n", " ", "–"]) {
        setEnv({ ...pod(), TKE_REGION: `ap-guangzhou${end}` });
        assert.match(
          await refusalText(),
          /^TKE_REGION holds a character that cannot be right, such as a space/,
        );
      }
    });

    it("name the token's file when it cannot be read", async () => {
      setEnv({ ...pod(), TKE_WEB_IDENTITY_TOKEN_FILE: path.join(home.folder, "none") });
      assert.match(await refusalText(), /none \(TKE_WEB_IDENTITY_TOKEN_FILE\) cannot be read \(ENOENT\)/);
    });

    it("pass on STS's reason for refusing the token, and do not show it", async () => {
      setEnv(pod());
      home.write("token", "a-token-of-another-pod");
      const error = await failure("a-token-of-another-pod");
      assert.ok(error instanceof ApiError);
      assert.match(error.message, /^InvalidParameter\.WebIdentityTokenError: .*RequestId [0-9a-f-]{36}\)/);
      assert.equal(error.retry, "never");
    });

    it("name the action when the role does not trust the pod", async () => {
      setEnv({ ...pod(), TKE_ROLE_ARN: roleArn });
      const { message } = await failure();
      assert.match(message, /^UnauthorizedOperation: .*sts:AssumeRoleWithWebIdentity/);
    });
  });

  describe("from STS", () => {
    beforeEach(() => keysInEnv());

    it("name the CAM action and a policy to paste when it refuses", async () => {
      args = { ...args, assumeRole: { roleArn, externalId: "a-wrong-external-id" } };
      const error = await failure("a-wrong-external-id");
      assert.ok(error instanceof ApiError);
      assert.equal(error.retry, "never");
      assert.equal(error.requestId, emulator.requests.at(-1)?.requestId);
      const [, policy = ""] = /sts:AssumeRole, as by the policy (\{.*\})\.$/.exec(error.message) ?? [];
      assert.deepEqual(JSON.parse(policy), {
        version: "2.0",
        statement: [{ effect: "allow", action: ["sts:AssumeRole"], resource: ["*"] }],
      });
    });

    it("say to check the ARN when there is no such role, after one request", async () => {
      args = { ...args, assumeRole: { roleArn: "qcs::cam::uin/100000000001:roleName/absent" } };
      const error = await failure();
      assert.equal(error.retry, "never");
      assert.match(error.message, /role not exist.*Check the role's ARN \(the argument assumeRole\)\.$/);
      assert.equal(emulator.requests.length, 1);
    });

    it("say to check the keys if they are wrong", async () => {
      keysInEnv({ ...owner, secretKey: "a-wrong-secret-key" });
      args = { ...args, assumeRole: { roleArn, externalId } };
      const { message } = await failure("a-wrong-secret-key");
      assert.match(
        message,
        /^AuthFailure\.SignatureFailure: .*Check the SecretId and SecretKey \(TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY of the environment/,
      );
    });

    it("pass on the problem of the session's name", async () => {
      args = { ...args, assumeRole: { roleArn, externalId, sessionName: "two words" } };
      assert.match((await failure()).message, /RoleSessionName/);
    });

    const passing: readonly [title: string, fault: Parameters<Emulator["inject"]>[0], says: RegExp][] = [
      ["breaks off", { reset: true }, /^No connection to 127\.0\.0\.1:\d+: .*ECONNRESET/],
      ["is overloaded", { http: 503 }, /HTTP status 503/],
      ["answers with a web page", { html: true }, /no answer of the API/],
      ["answers without keys", { body: '{"Response":{"RequestId":"id"}}' }, /AssumeRole gave no credentials/],
      [
        "answers with a key that is no text",
        {
          body: '{"Response":{"Credentials":{"TmpSecretId":1,"TmpSecretKey":2,"Token":3},"RequestId":"id"}}',
        },
        /AssumeRole gave no credentials/,
      ],
    ];
    for (const [title, fault, says] of passing) {
      it(`say that it ${title}, which may pass`, async () => {
        args = { ...args, assumeRole: { roleArn, externalId } };
        emulator.inject(fault, { on: "sts" });
        const error = await failure();
        assert.equal(error.retry, "yes");
        assert.match(error.message, says);
        assert.doesNotMatch(error.message, /SyncMachines/);
        assert.equal(emulator.requests.length, 1, "CWP was asked");
      });
    }
  });

  describe("to assume, as the config and the environment name it,", () => {
    beforeEach(() => keysInEnv());

    const inConfig: readonly [title: string, value: string, says: RegExp][] = [
      ["is no JSON", "qcs::cam::uin/1:roleName/the-external-id", /it must be an object with a roleArn/],
      ["is a list of two", '[{"roleArn":"a"},{"roleArn":"b"}]', /it must be an object with a roleArn/],
      ["is a list of something else", '["the-external-id"]', /it must be an object with a roleArn/],
      ["is null", "null", /it must be an object with a roleArn/],
      ["has no roleArn", `{"externalId":"${externalId}"}`, /roleArn must be a role such as qcs::cam::uin/],
      ["has a roleArn that is no text", '{"roleArn":["the-external-id"]}', /roleArn must be a text/],
      [
        "has a property that there is not",
        '{"roleArn":"arn","secret":"the-external-id"}',
        /no property secret/,
      ],
      [
        "has a duration beyond twelve hours",
        '{"roleArn":"arn","sessionDuration":43201}',
        /sessionDuration must be a whole number of seconds up to 43200/,
      ],
      [
        "has a duration that is no number",
        '{"roleArn":"arn","sessionDuration":"soon"}',
        /sessionDuration must be a whole number/,
      ],
      [
        "has a policy that is no text",
        '{"roleArn":"arn","policy":{"version":"the-external-id"}}',
        /policy must be a text/,
      ],
      [
        "has an externalId that is no text",
        '{"roleArn":"arn","externalId":["the-external-id"]}',
        /externalId must be a text/,
      ],
    ];
    for (const [title, value, says] of inConfig) {
      it(`name the problem if tencentcloud:assumeRole ${title}, and quote nothing of it`, async () => {
        config["tencentcloud:assumeRole"] = value;
        const message = await refusalText();
        assert.match(message, /^tencentcloud:assumeRole cannot be used: /);
        assert.match(message, says);
        assert.match(message, /pulumi config set --path tencentcloud:assumeRole\.roleArn/);
      });
    }

    for (const seconds of ["soon", "-1", "43201", "1.5"]) {
      it(`name the variable that lets a session last ${seconds} seconds`, async () => {
        setEnv({
          TENCENTCLOUD_ASSUME_ROLE_ARN: roleArn,
          TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME: "ci",
          TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION: seconds,
        });
        const message = await refusalText();
        assert.match(message, /TENCENTCLOUD_ASSUME_ROLE_.*sessionDuration must be a whole number of seconds/);
      });
    }
  });

  describe("that CWP refuses", () => {
    beforeEach(() => keysInEnv());

    for (const code of ["UnauthorizedOperation", "AuthFailure.UnauthorizedOperation"]) {
      it(`name the CAM action and a policy to paste with ${code}`, async () => {
        emulator.inject({ error: code, message: "you are not authorized to perform operation" });
        const error = await failure();
        assert.equal(error.retry, "never");
        const [, policy = ""] = /cwp:SyncMachines, as by the policy (\{.*\})\.$/.exec(error.message) ?? [];
        assert.deepEqual(JSON.parse(policy), {
          version: "2.0",
          statement: [{ effect: "allow", action: ["cwp:SyncMachines"], resource: ["*"] }],
        });
      });
    }

    it("say that the clock is off, and what to do", async () => {
      emulator.inject({ error: "AuthFailure.SignatureExpire", message: "Signature is expired." });
      const error = await failure();
      assert.equal(error.retry, "never");
      assert.match(error.message, /clock of this machine is off by more than five minutes.*NTP/);
    });

    it("say that temporary credentials have ended or do not fit together", async () => {
      keysInEnv({ ...owner, token: "a-wrong-token" });
      const error = await failure("a-wrong-token");
      assert.match(
        error.message,
        /^AuthFailure\.TokenFailure: .*have ended or do not fit together: get new ones.*\(TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY of the environment, with TENCENTCLOUD_TOKEN of the environment\)\.$/,
      );
      assert.equal(emulator.requests.length, 1);
    });
  });

  describe("through a proxy", () => {
    it("ask it for a connection to STS, even at the provider's domain, and not yet to CWP", async () => {
      const targets: (string | undefined)[] = [];
      const proxy = createServer().on("connect", ({ url }, socket) => {
        targets.push(url);
        socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      });
      proxy.listen(0, "127.0.0.1");
      await once(proxy, "listening");
      const address = proxy.address();
      assert.ok(typeof address === "object" && address !== null);
      try {
        keysInEnv();
        setEnv({ HTTPS_PROXY: `http://127.0.0.1:${address.port}` });
        args = { endpoint: "cwp.intl.tencentcloudapi.com", assumeRole: { roleArn, externalId } };
        assert.match(
          (await failure()).message,
          /^The proxy on the way to sts\.intl\.tencentcloudapi\.com answered with HTTP status 403/,
        );
        assert.deepEqual(targets, ["sts.intl.tencentcloudapi.com:443"]);
        args = { assumeRole: { roleArn, externalId } };
        config["tencentcloud:domain"] = "example.com";
        await failure();
        args = {};
        await failure();
        assert.deepEqual(targets.slice(1), ["sts.example.com:443", "cwp.example.com:443"]);
      } finally {
        proxy.close();
      }
    });

    it("say so if the proxy is not there, for STS as for CWP", async () => {
      keysInEnv();
      setEnv({ HTTPS_PROXY: "http://alice:opensesame@127.0.0.1:2" });
      args = { endpoint: "cwp.intl.tencentcloudapi.com", assumeRole: { roleArn, externalId } };
      const error = await failure("opensesame");
      assert.ok(error instanceof NoAnswer);
      assert.match(
        error.message,
        /^No connection to sts\.intl\.tencentcloudapi\.com: .*ECONNREFUSED.*HTTPS_PROXY/,
      );
    });
  });
});
