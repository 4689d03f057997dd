import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../../../emulator";
import { type AccountArgs, resolveConnection } from "../../../../provider/account/settings";
import { connect } from "../../../../provider/cwp/client";
import { ownHome } from "./home";
import { ROLE_PATH, roleCredentials, StandIn } from "./standIn";

/** How long a request may take, in milliseconds. */
const LONG_MS = 5_000;
const IN_AN_HOUR = Math.floor(Date.now() / 1000) + 3600;

const keysOf = (name: string) => ({ secretId: `AKID${name}`, secretKey: `the-secret-key-of-${name}` });
const tokenOf = (name: string) => `the-token-of-${name}`;
const arnOf = (name: string) => `qcs::cam::uin/100000000001:roleName/${name}`;

/** Accounts that are reached with keys of their own, those of a CVM role, and those of a role to assume. */
const plain = ["argument", "config", "configProfile", "env", "envProfile", "tccliProfile", "tccli", "ini"];
const bound = ["configRole", "envRole", "boundRole"];
const assumed = ["pod", "assumedByArgument", "assumedByConfig", "assumedByEnv", "assumedByProfile"];
const temporary = "temporary";

describe("Credentials", () => {
  const home = ownHome();

  let emulator: Emulator;
  let metadata: StandIn;
  let args: AccountArgs;
  let config: Record<string, string>;

  before(async () => {
    emulator = await startEmulator({
      accounts: [
        ...[...plain, ...assumed].map(keysOf),
        ...[...bound, temporary].map((name) => ({ ...keysOf(name), token: tokenOf(name) })),
      ],
      roles: assumed.map((name) => ({
        arn: arnOf(name),
        account: keysOf(name).secretId,
        webIdentityToken: tokenOf(name),
      })),
    });
    metadata = await StandIn.start(({ path }) => {
      const name = path.slice(ROLE_PATH.length);
      return name === "" ? "boundRole" : roleCredentials({ ...keysOf(name), token: tokenOf(name) });
    });
    await connect(resolveConnection({ endpoint: emulator.url }, inConfig(keysOf("config")), {})).syncMachines(
      false,
      // The first request of all loads the Tencent SDK.
      2 * LONG_MS,
    );
  });
  after(async () => {
    await metadata.stop();
    await emulator.stop();
  });
  beforeEach(() => {
    args = { endpoint: emulator.url };
    config = {};
  });

  const inConfig =
    ({ secretId, secretKey }: { secretId: string; secretKey: string }) =>
    (name: string) =>
      name === "tencentcloud:secretId" ? secretId : name === "tencentcloud:secretKey" ? secretKey : undefined;

  const setEnv = (values: Record<string, string>) => Object.assign(process.env, values);
  const tccli = (name: string, more: object = {}) =>
    home.write(`.tccli/${name}.credential`, { ...keysOf(name), ...more });
  const ini = (section: string, name: string) =>
    home.write(
      ".tencentcloud/credentials",
      `[${section}]\nsecret_id = ${keysOf(name).secretId}\nsecret_key = ${keysOf(name).secretKey}\n`,
    );
  const onCvm = () => setEnv({ TENCENTCLOUD_METADATA_URL: metadata.url });

  /** The account that a request reaches under the settings of the test. */
  async function account(): Promise<string | undefined> {
    const connection = resolveConnection(args, (name) => config[name], process.env);
    await connect(connection).syncMachines(false, LONG_MS);
    const world = emulator.world(emulator.requests.at(-1)?.secretId);
    return [...plain, ...bound, ...assumed, temporary].find(
      (name) => emulator.world(keysOf(name).secretId) === world,
    );
  }

  /** All places of credentials, highest first. Each sets what leads to the account of its name. */
  const places: readonly [title: string, account: string, set: () => void][] = [
    [
      "the profile of the argument",
      "argument",
      () => {
        tccli("argument");
        args = { ...args, profile: "argument" };
      },
    ],
    [
      "the keys of the config",
      "config",
      () => {
        const { secretId, secretKey } = keysOf("config");
        Object.assign(config, { "tencentcloud:secretId": secretId, "tencentcloud:secretKey": secretKey });
      },
    ],
    [
      "the profile of the config",
      "configProfile",
      () => {
        tccli("configProfile");
        config["tencentcloud:profile"] = "configProfile";
      },
    ],
    [
      "the CVM role of the config",
      "configRole",
      () => {
        onCvm();
        config["tencentcloud:camRoleName"] = "configRole";
      },
    ],
    [
      "the keys of the environment",
      "env",
      () => {
        const { secretId, secretKey } = keysOf("env");
        setEnv({ TENCENTCLOUD_SECRET_ID: secretId, TENCENTCLOUD_SECRET_KEY: secretKey });
      },
    ],
    [
      "the profile of TENCENTCLOUD_PROFILE",
      "envProfile",
      () => {
        tccli("envProfile");
        setEnv({ TENCENTCLOUD_PROFILE: "envProfile" });
      },
    ],
    [
      "the profile of TCCLI_PROFILE",
      "tccliProfile",
      () => {
        tccli("tccliProfile");
        setEnv({ TCCLI_PROFILE: "tccliProfile" });
      },
    ],
    [
      "the CVM role of the environment",
      "envRole",
      () => {
        onCvm();
        setEnv({ TENCENTCLOUD_CAM_ROLE_NAME: "envRole" });
      },
    ],
    ["the default profile of tccli", "tccli", () => home.write(".tccli/default.credential", keysOf("tccli"))],
    ["the default section of ~/.tencentcloud/credentials", "ini", () => ini("default", "ini")],
    ["the CVM role bound to the machine", "boundRole", onCvm],
    [
      "TKE's pod identity",
      "pod",
      () =>
        setEnv({
          TKE_REGION: "ap-guangzhou",
          TKE_PROVIDER_ID: "cls-1",
          TKE_ROLE_ARN: arnOf("pod"),
          TKE_WEB_IDENTITY_TOKEN_FILE: home.write("token", `${tokenOf("pod")}\n`),
        }),
    ],
  ];

  for (const [title, name, set] of places) {
    it(`are found in ${title}`, async () => {
      set();
      assert.equal(await account(), name);
    });
  }

  places.slice(1).forEach(([lowerTitle, , setLower], index) => {
    const [title, name, set] = places[index] ?? assert.fail();
    it(`of ${title} come before ${lowerTitle}`, async () => {
      set();
      setLower();
      assert.equal(await account(), name);
    });
  });

  it("of each place come before all that stand below it", async () => {
    for (const [, name, set] of [...places].reverse()) {
      set();
      assert.equal(await account(), name);
    }
  });

  it("of the environment may have a token, in each of its spellings", async () => {
    const { secretId, secretKey } = keysOf(temporary);
    setEnv({ TENCENTCLOUD_SECRET_ID: secretId, TENCENTCLOUD_SECRET_KEY: secretKey });
    for (const name of ["TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"]) {
      setEnv({ [name]: tokenOf(temporary) });
      assert.equal(await account(), temporary, name);
      delete process.env[name];
    }
  });

  it("of the config may have a token", async () => {
    const { secretId, secretKey } = keysOf(temporary);
    config["tencentcloud:secretId"] = secretId;
    config["tencentcloud:secretKey"] = secretKey;
    config["tencentcloud:securityToken"] = tokenOf(temporary);
    assert.equal(await account(), temporary);
  });

  describe("in a profile of tccli", () => {
    beforeEach(() => {
      args = { ...args, profile: "mine" };
    });
    const mine = (content: string | object) => home.write(".tccli/mine.credential", content);

    it("may have a token", async () => {
      mine({ ...keysOf(temporary), token: tokenOf(temporary) });
      assert.equal(await account(), temporary);
    });

    it("may stand behind a byte order mark", async () => {
      mine(`\uFEFF${JSON.stringify({ ...keysOf(temporary), token: tokenOf(temporary) })}`);
      assert.equal(await account(), temporary);
    });

    it("may be those of a login that has not ended", async () => {
      mine({ type: "oauth", ...keysOf(temporary), token: tokenOf(temporary), expiresAt: IN_AN_HOUR });
      assert.equal(await account(), temporary);
      const { credentials } = resolveConnection(args, () => undefined, process.env);
      assert.equal((await credentials.find()).expiresAt, IN_AN_HOUR * 1000);
    });

    it("may be those of the CVM role", async () => {
      onCvm();
      mine({ type: "cvm-role" });
      assert.equal(await account(), "boundRole");
    });

    it("may be those of a role that it names, got with its keys", async () => {
      mine({
        ...keysOf("tccli"),
        "role-arn": arnOf("assumedByProfile"),
        "role-session-name": "from-the-profile",
      });
      assert.equal(await account(), "assumedByProfile");
    });

    it("may be those of a role that it names, got with the CVM role", async () => {
      onCvm();
      mine({ type: "cvm-role", "role-arn": arnOf("assumedByProfile") });
      assert.equal(await account(), "assumedByProfile");
    });

    it("are read anew with each look-up, since a login writes them anew", async () => {
      mine(keysOf("tccli"));
      const { credentials } = resolveConnection(args, () => undefined, process.env);
      assert.deepEqual(await credentials.find(), keysOf("tccli"));
      mine(keysOf("ini"));
      assert.deepEqual(await credentials.find(), keysOf("ini"));
    });

    it("come before a section of the same name", async () => {
      ini("mine", "ini");
      assert.equal(await account(), "ini");
      mine(keysOf("tccli"));
      assert.equal(await account(), "tccli");
    });

    const folders: readonly [title: string, set: (folder: string) => void][] = [
      [
        "the config",
        (folder) => {
          setEnv({ TENCENTCLOUD_SHARED_CREDENTIALS_DIR: home.folder });
          config["tencentcloud:sharedCredentialsDir"] = folder;
        },
      ],
      ["the environment", (folder) => setEnv({ TENCENTCLOUD_SHARED_CREDENTIALS_DIR: folder })],
    ];
    for (const [title, set] of folders) {
      it(`are looked for in the folder that ${title} names, and no longer in ~/.tccli`, async () => {
        mine(keysOf("tccli"));
        home.write("shared/mine.credential", keysOf("ini"));
        set(`${home.folder}/shared`);
        assert.equal(await account(), "ini");
      });
    }

    it("are looked for in ~/.tccli where the folder is set but empty", async () => {
      mine(keysOf("tccli"));
      setEnv({ TENCENTCLOUD_SHARED_CREDENTIALS_DIR: "" });
      assert.equal(await account(), "tccli");
    });

    it("are looked for in the home folder where the folder begins with ~", async () => {
      home.write("shared/mine.credential", keysOf("ini"));
      config["tencentcloud:sharedCredentialsDir"] = "~/shared";
      assert.equal(await account(), "ini");
    });
  });

  describe("in ~/.tencentcloud/credentials", () => {
    const file = (text: string) => home.write(".tencentcloud/credentials", text);
    const { secretId, secretKey } = keysOf(temporary);

    it("stand in a section named like the profile", async () => {
      file(
        `# keys\n[default]\nsecret_id=${keysOf("ini").secretId}\nsecret_key=${keysOf("ini").secretKey}\n\n` +
          `[mine]\r\n  secret_id = "${secretId}"\r\n  secret_key = ${secretKey}\r\n  token = ${tokenOf(temporary)}\r\n`,
      );
      args = { ...args, profile: "mine" };
      assert.equal(await account(), temporary);
      args = { ...args, profile: "default" };
      assert.equal(await account(), "ini");
    });

    it("may stand in a section with dots in its name", async () => {
      ini("my.own.profile", "ini");
      args = { ...args, profile: "my.own.profile" };
      assert.equal(await account(), "ini");
    });
  });

  describe("of a CVM role", () => {
    let cvm: Emulator;
    before(async () => {
      cvm = await startEmulator({
        accounts: [keysOf("owner")],
        camRole: { name: "sync/machines?all", seconds: 600 },
      });
    });
    after(() => cvm.stop());
    beforeEach(() => {
      args = { endpoint: cvm.url };
      setEnv({ TENCENTCLOUD_METADATA_URL: cvm.url });
      cvm.clearRequests();
    });

    const signer = async () => {
      const connection = resolveConnection(args, (name) => config[name], process.env);
      await connect(connection).syncMachines(false, LONG_MS);
      return cvm.world(cvm.requests.at(-1)?.secretId);
    };

    it("are found by discovery", async () => {
      assert.equal(await signer(), cvm.world(keysOf("owner").secretId));
    });

    it("are found by name, whatever the name", async () => {
      config["tencentcloud:camRoleName"] = "sync/machines?all";
      assert.equal(await signer(), cvm.world(keysOf("owner").secretId));
    });

    it("say when they end", async () => {
      const { credentials } = resolveConnection(args, () => undefined, process.env);
      const { expiresAt = 0 } = await credentials.find();
      assert.ok(Math.abs(expiresAt - Date.now() - 600_000) < 5_000, `${expiresAt}`);
    });
  });

  describe("of a role to assume", () => {
    const placesOfRole: readonly [title: string, account: string, set: () => void][] = [
      [
        "the argument",
        "assumedByArgument",
        () => {
          args = { ...args, assumeRole: { roleArn: arnOf("assumedByArgument") } };
        },
      ],
      [
        "the config",
        "assumedByConfig",
        () => {
          config["tencentcloud:assumeRole"] = JSON.stringify({ roleArn: arnOf("assumedByConfig") });
        },
      ],
      [
        "the environment",
        "assumedByEnv",
        () => setEnv({ TENCENTCLOUD_ASSUME_ROLE_ARN: arnOf("assumedByEnv") }),
      ],
    ];

    it("may be named in the argument, then the config, then the environment", async () => {
      setEnv({ TENCENTCLOUD_SECRET_ID: keysOf("env").secretId });
      setEnv({ TENCENTCLOUD_SECRET_KEY: keysOf("env").secretKey });
      for (const [title, name, set] of [...placesOfRole].reverse()) {
        set();
        assert.equal(await account(), name, title);
      }
    });

    for (const [place, , setPlace] of places) {
      it(`are got with those of ${place}`, async () => {
        setPlace();
        for (const [title, name, set] of [...placesOfRole].reverse()) {
          set();
          assert.equal(await account(), name, title);
        }
      });
    }

    it("are got with those of a role that the profile itself names", async () => {
      tccli("tccli", { "role-arn": arnOf("assumedByProfile") });
      args = { ...args, profile: "tccli", assumeRole: { roleArn: arnOf("assumedByArgument") } };
      emulator.clearRequests();
      assert.equal(await account(), "assumedByArgument");
      assert.deepEqual(
        emulator.requests.map(({ action }) => action),
        ["AssumeRole", "AssumeRole", "SyncMachines"],
      );
    });
  });

  describe("that STS gives", () => {
    let sts: StandIn;
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
      sts.asked.length = 0;
      setEnv({ TENCENTCLOUD_SECRET_ID: keysOf("env").secretId });
      setEnv({ TENCENTCLOUD_SECRET_KEY: keysOf("env").secretKey });
    });

    /** Looks the credentials up, and gives the one request that STS got. */
    async function request() {
      const { credentials } = resolveConnection(args, (name) => config[name], process.env);
      assert.deepEqual(await credentials.find(), {
        ...keysOf("role"),
        token: tokenOf("role"),
        expiresAt: IN_AN_HOUR * 1000,
      });
      const [asked, ...more] = sts.asked;
      assert.ok(asked && more.length === 0);
      return { ...asked, params: JSON.parse(asked.body) };
    }

    it("for a role are asked for in its own terms", async () => {
      const roleArn = arnOf("deploy");
      args = { ...args, region: "ap-shanghai" };
      args = {
        ...args,
        assumeRole: { roleArn, sessionName: "ci", sessionDuration: 900, externalId: "the-external-id" },
      };
      const { headers, params } = await request();
      assert.deepEqual(params, {
        RoleArn: roleArn,
        RoleSessionName: "ci",
        DurationSeconds: 900,
        ExternalId: "the-external-id",
      });
      assert.equal(headers["x-tc-action"], "AssumeRole");
      assert.equal(headers["x-tc-version"], "2018-08-13");
      assert.equal(headers["x-tc-region"], "ap-shanghai");
      assert.match(headers.authorization ?? "", /Credential=AKIDenv\//);
    });

    it("for a role live two hours by default, and name this package in the audit log", async () => {
      args = { ...args, assumeRole: { roleArn: arnOf("deploy") } };
      const { headers, params } = await request();
      assert.deepEqual(params, {
        RoleArn: arnOf("deploy"),
        RoleSessionName: "pulumi-tencentcloud-cwp",
        DurationSeconds: 7200,
      });
      assert.equal(headers["x-tc-region"], "ap-guangzhou", "STS insists on a region");
    });

    const roleOfEnvironment = {
      TENCENTCLOUD_ASSUME_ROLE_ARN: arnOf("deploy"),
      TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME: "ci",
      TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION: "900",
      TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID: "the-external-id",
    };
    const asConfigHasIt = {
      roleArn: arnOf("deploy"),
      sessionName: "ci",
      sessionDuration: 900,
      externalId: "the-external-id",
    };
    for (const place of ["environment", "config"]) {
      it(`for a role are asked for as the ${place} says`, async () => {
        if (place === "config") {
          config["tencentcloud:assumeRole"] = JSON.stringify(asConfigHasIt);
        } else {
          setEnv(roleOfEnvironment);
        }
        const { params } = await request();
        assert.deepEqual(params, {
          RoleArn: arnOf("deploy"),
          RoleSessionName: "ci",
          DurationSeconds: 900,
          ExternalId: "the-external-id",
        });
      });
    }

    it("for a pod are asked for in TKE's terms, in the pod's region and unsigned", async () => {
      delete process.env.TENCENTCLOUD_SECRET_ID;
      delete process.env.TENCENTCLOUD_SECRET_KEY;
      setEnv({
        TKE_REGION: "ap-beijing",
        TKE_PROVIDER_ID: "cls-1",
        TKE_ROLE_ARN: arnOf("pod"),
        TKE_WEB_IDENTITY_TOKEN_FILE: home.write("token", "the-web-identity-token\n"),
      });
      args = { ...args, region: "ap-shanghai" };
      const { headers, params } = await request();
      const { RoleSessionName, ...others } = params;
      assert.deepEqual(others, {
        ProviderId: "cls-1",
        WebIdentityToken: "the-web-identity-token",
        RoleArn: arnOf("pod"),
      });
      assert.equal(RoleSessionName, "pulumi-tencentcloud-cwp");
      assert.equal(headers["x-tc-action"], "AssumeRoleWithWebIdentity");
      assert.equal(headers["x-tc-region"], "ap-beijing");
      assert.equal(headers.authorization, "SKIP");
    });
  });

  describe("of two accounts", () => {
    const identity = (more: AccountArgs = {}) =>
      resolveConnection({ ...args, ...more }, (name) => config[name], process.env).credentials.identity;

    it("have identities that differ, and the same settings have the same one", () => {
      const seen = new Map<string, string>();
      for (const [title, , set] of [...places].reverse()) {
        set();
        const one = identity();
        assert.equal(identity(), one);
        // The last three are looked for in order, with nothing in the settings that chooses among them.
        if (!/default|bound|pod/.test(title)) {
          assert.ok(!seen.has(one), `${title} and ${seen.get(one)}`);
        }
        seen.set(one, title);
      }
    });

    it("are told apart by any part of a role, whichever place names it", () => {
      const role = { roleArn: "arn", sessionName: "ci", sessionDuration: 900, externalId: "id" };
      const one = identity({ assumeRole: role });
      assert.equal(identity({ assumeRole: { ...role } }), one);
      const inAnotherOrder = Object.fromEntries(Object.entries(role).reverse());
      config["tencentcloud:assumeRole"] = JSON.stringify(inAnotherOrder);
      assert.equal(identity(), one);
      for (const part of ["roleArn", "externalId"]) {
        assert.notEqual(identity({ assumeRole: { ...role, [part]: "another" } }), one, part);
      }
      assert.notEqual(identity({ assumeRole: role, profile: "another" }), one);
    });
  });
});
