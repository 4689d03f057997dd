import assert from "node:assert/strict";
import { order } from "../../../../provider/account/credentials/choose";
import { SettingsError } from "../../../../provider/api/errors";
import { refusal } from "../../../refusal";
import { type Accounts, arnOf, keysOf, ownWorld, tokenOf, type World } from "./world";

/** A source of credentials: `set` makes the settings that lead to the account of its name. */
interface Source {
  readonly name: string;
  readonly words: string;
  readonly set: (world: World) => void;
}

const session = { TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME: "ci" };
const podVariables = (world: World, name: string) =>
  world.setEnv({
    TKE_REGION: "ap-guangzhou",
    TKE_PROVIDER_ID: "cls-1",
    TKE_ROLE_ARN: arnOf(name),
    TKE_WEB_IDENTITY_TOKEN_FILE: world.home.write("token", `${tokenOf(name)}\n`),
  });
const iniOf = (name: string) =>
  `[default]\nsecret_id = ${keysOf(name).secretId}\nsecret_key = ${keysOf(name).secretKey}\n`;

/**
 * All sources, in the Tencent Cloud provider's order: the first signs before the others.
 */
const sources: readonly Source[] = [
  {
    name: "argumentRole",
    words: "the argument assumeRole",
    set: (world) => {
      world.tccli("default", {}, "unused");
      world.args = { ...world.args, assumeRole: { roleArn: arnOf("argumentRole") } };
    },
  },
  {
    name: "podByName",
    words: "enablePodOidc",
    set: (world) => {
      podVariables(world, "podByName");
      world.setConfig({ enablePodOidc: "true" });
    },
  },
  {
    name: "configWebIdentity",
    words: "a web identity of the config",
    set: (world) =>
      world.setConfig({
        assumeRoleWithWebIdentity: {
          roleArn: arnOf("configWebIdentity"),
          sessionName: "ci",
          webIdentityToken: tokenOf("configWebIdentity"),
        },
      }),
  },
  {
    name: "configSaml",
    words: "a SAML assertion of the config",
    set: (world) =>
      world.setConfig({
        assumeRoleWithSaml: {
          roleArn: arnOf("configSaml"),
          sessionName: "ci",
          samlAssertion: tokenOf("configSaml"),
          principalArn: "qcs::cam::uin/100000000001:saml-provider/idp",
        },
      }),
  },
  {
    name: "configRole",
    words: "the role of the config",
    set: (world) => {
      world.tccli("default", {}, "unused");
      world.setConfig({ assumeRole: { roleArn: arnOf("configRole"), sessionName: "ci" } });
    },
  },
  {
    name: "envWebIdentity",
    words: "a web identity of the environment",
    set: (world) =>
      world.setEnv({
        ...session,
        TENCENTCLOUD_ASSUME_ROLE_ARN: arnOf("envWebIdentity"),
        TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN: tokenOf("envWebIdentity"),
      }),
  },
  {
    name: "envSaml",
    words: "a SAML assertion of the environment",
    set: (world) =>
      world.setEnv({
        ...session,
        TENCENTCLOUD_ASSUME_ROLE_ARN: arnOf("envSaml"),
        TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION: tokenOf("envSaml"),
        TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN: "qcs::cam::uin/100000000001:saml-provider/idp",
      }),
  },
  {
    name: "envRole",
    words: "the role of the environment",
    set: (world) => {
      world.tccli("default", {}, "unused");
      world.setEnv({ ...session, TENCENTCLOUD_ASSUME_ROLE_ARN: arnOf("envRole") });
    },
  },
  {
    name: "argumentProfile",
    words: "the argument profile",
    set: (world) => {
      world.tccli("argumentProfile");
      world.args = { ...world.args, profile: "argumentProfile" };
    },
  },
  {
    name: "configCamRole",
    words: "camRoleName",
    set: (world) => {
      world.onCvm();
      world.setConfig({ camRoleName: "configCamRole" });
    },
  },
  {
    name: "envCamRole",
    words: "TENCENTCLOUD_CAM_ROLE_NAME",
    set: (world) => {
      world.onCvm();
      world.setEnv({ TENCENTCLOUD_CAM_ROLE_NAME: "envCamRole" });
    },
  },
  {
    name: "configKeys",
    words: "the keys of the config",
    set: (world) => world.setConfig(keysOf("configKeys")),
  },
  {
    name: "envKeys",
    words: "the keys of the environment",
    set: (world) =>
      world.setEnv({
        TENCENTCLOUD_SECRET_ID: keysOf("envKeys").secretId,
        TENCENTCLOUD_SECRET_KEY: keysOf("envKeys").secretKey,
      }),
  },
  {
    name: "configProfile",
    words: "the profile of the config",
    set: (world) => {
      world.tccli("configProfile");
      world.setConfig({ profile: "configProfile" });
    },
  },
  {
    name: "envProfile",
    words: "TENCENTCLOUD_PROFILE",
    set: (world) => {
      world.tccli("envProfile");
      world.setEnv({ TENCENTCLOUD_PROFILE: "envProfile" });
    },
  },
  {
    name: "tccli",
    words: "the default profile of tccli",
    set: (world) => world.tccli("default", {}, "tccli"),
  },
  {
    name: "tccliProfile",
    words: "TCCLI_PROFILE",
    set: (world) => {
      world.tccli("tccliProfile");
      world.setEnv({ TCCLI_PROFILE: "tccliProfile" });
    },
  },
  {
    name: "namedIni",
    words: "TENCENTCLOUD_CREDENTIALS_FILE",
    set: (world) =>
      world.setEnv({ TENCENTCLOUD_CREDENTIALS_FILE: world.home.write("keys.ini", iniOf("namedIni")) }),
  },
  {
    name: "ini",
    words: "~/.tencentcloud/credentials",
    set: (world) => world.home.write(".tencentcloud/credentials", iniOf("ini")),
  },
  { name: "boundRole", words: "the CVM role bound to the machine", set: (world) => world.onCvm() },
  { name: "pod", words: "TKE's pod identity", set: (world) => podVariables(world, "pod") },
];

const accounts: Accounts = {
  plain: [
    ...["argumentProfile", "configKeys", "envKeys", "configProfile", "envProfile"],
    ...["tccli", "tccliProfile", "namedIni", "ini", "unused"],
  ],
  temporary: ["configCamRole", "envCamRole", "boundRole"],
  assumed: [
    ...["argumentRole", "podByName", "configWebIdentity", "configSaml", "configRole"],
    ...["envWebIdentity", "envSaml", "envRole", "pod"],
  ],
};

const ofEnvironment = ["envWebIdentity", "envSaml", "envRole"];
/** The sources that the argument profile replaces, though they precede keys and profiles. */
const replacedByProfile = ["podByName", "configWebIdentity", "configSaml", "envWebIdentity", "envSaml"];

/** Pairs that are refused, or that are set by one and the same variable. */
function canBothBeSet(one: Source, other: Source): boolean {
  const names = [one.name, other.name];
  return !(
    names.every((name) => ofEnvironment.includes(name)) ||
    names.every((name) => ["podByName", "pod"].includes(name)) ||
    names.every((name) => ["configWebIdentity", "configSaml"].includes(name))
  );
}

/**
 * The source that signs. Roles are assumed with the default profile: beside a role, it is not a source of its
 * own.
 */
function winnerOf(one: Source, other: Source): Source {
  return other.name === "argumentProfile" && replacedByProfile.includes(one.name) ? other : one;
}

/** The names of the sources in the provider's list; the search follows. */
const ways: Readonly<Record<string, string>> = {
  argumentRole: "assumeRole argument",
  podByName: "enablePodOidc",
  configWebIdentity: "config identity",
  configSaml: "config identity",
  configRole: "config role",
  envWebIdentity: "environment identity",
  envSaml: "environment identity",
  envRole: "environment role",
  argumentProfile: "profile argument",
  configCamRole: "camRoleName",
  envCamRole: "camRoleName",
  configKeys: "keys",
  envKeys: "keys",
  configProfile: "profile",
  envProfile: "profile",
};

describe("The signer", () => {
  const world = ownWorld(accounts);

  it("is decided by a list in the order of these sources", () => {
    const named = sources.flatMap(({ name }) => ways[name] ?? []);
    assert.deepEqual(
      order.map(({ name }) => name),
      [...new Set(named)],
    );
  });

  for (const { name, words, set } of sources) {
    it(`is ${words}, if only that is set`, async () => {
      set(world());
      assert.equal(await world().signer(), name);
    });
  }

  sources.forEach((one, index) => {
    for (const other of sources.slice(index + 1).filter((source) => canBothBeSet(one, source))) {
      const winner = winnerOf(one, other);
      const loser = winner === one ? other : one;
      it(`is ${winner.words}, not ${loser.words}`, async () => {
        // The weaker source last, so that its settings are certainly there.
        one.set(world());
        other.set(world());
        assert.equal(await world().signer(), winner.name);
      });
    }
  });

  it("is the strongest of all set sources, one after the other", async () => {
    for (const source of [...sources].reverse()) {
      if (source.name === "configSaml" || source.name === "envSaml" || source.name === "argumentProfile") {
        continue;
      }
      source.set(world());
      assert.equal(await world().signer(), source.name);
    }
  });

  it("is a role of the config, assumed with a role of the environment, assumed with a role of the profile", async () => {
    world().tccli("default", { "role-arn": arnOf("pod"), "role-session-name": "ci" }, "tccli");
    sources.find(({ name }) => name === "envRole")?.set(world());
    world().tccli("default", { "role-arn": arnOf("pod"), "role-session-name": "ci" }, "tccli");
    sources.find(({ name }) => name === "configRole")?.set(world());
    world().tccli("default", { "role-arn": arnOf("pod"), "role-session-name": "ci" }, "tccli");
    assert.equal(await world().signer(), "configRole");
    assert.deepEqual(world().actions(), ["AssumeRole", "AssumeRole", "AssumeRole", "SyncMachines"]);
  });

  it("is the role of a profile on top of the CVM role that camRoleName names", async () => {
    world().onCvm();
    world().setConfig({ camRoleName: "configCamRole" });
    world().tccli("default", { "role-arn": arnOf("pod"), "role-session-name": "ci" }, "tccli");
    assert.equal(await world().signer(), "pod");
    assert.equal(world().emulator.requests[0]?.secretId, keysOf("configCamRole").secretId);
  });

  it("is not the role of a profile if keys are set, since no profile is read then", async () => {
    world().tccli("default", { "role-arn": arnOf("pod"), "role-session-name": "ci" }, "tccli");
    world().setConfig(keysOf("configKeys"));
    assert.equal(await world().signer(), "configKeys");
  });

  it("is the role of the profile that is named, got with the CVM role: the config's name first", async () => {
    world().onCvm();
    world().setConfig({ camRoleName: "configCamRole" });
    world().tccli("mine", { "role-arn": arnOf("pod"), "role-session-name": "ci" }, "tccli");
    world().tccli("other", { "role-arn": arnOf("envRole"), "role-session-name": "ci" }, "tccli");
    world().setEnv({ TENCENTCLOUD_PROFILE: "other" });
    assert.equal(await world().signer(), "envRole");
    world().setConfig({ profile: "mine" });
    assert.equal(await world().signer(), "pod");
  });

  it("may be a profile that the resource names, beside an MFA device that is not supported", async () => {
    world().setConfig({ mfaCertification: { serialNumber: "x", tokenCode: "123456" } });
    world().tccli("mine", {}, "tccli");
    world().args = { profile: "mine" };
    assert.equal(await world().signer(), "tccli");
  });

  it("is the identity that would assume a role of profile or environment, if no session name is set", async () => {
    world().tccli("default", { "role-arn": arnOf("pod") }, "tccli");
    world().setEnv({ TENCENTCLOUD_ASSUME_ROLE_ARN: arnOf("envRole") });
    assert.equal(await world().signer(), "tccli");
    const { warnings } = world().connection();
    assert.equal(warnings?.length, 1);
    assert.match(warnings[0] ?? "", /^TENCENTCLOUD_ASSUME_ROLE_ARN is ignored.*_SESSION_NAME\.$/);
  });

  it("is not the web identity of the environment if only its file is set", async () => {
    world().tccli("default", {}, "tccli");
    world().setEnv({
      ...session,
      TENCENTCLOUD_ASSUME_ROLE_ARN: arnOf("envRole"),
      TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE: "/no/such/file",
    });
    assert.equal(await world().signer(), "envRole");
    assert.deepEqual(world().actions(), ["AssumeRole", "SyncMachines"]);
  });

  const mixtures: readonly [title: string, config: string[], env: string[]][] = [
    ["an id of the config with a key of the environment", ["secretId"], ["SECRET_KEY"]],
    ["a key of the config with an id of the environment", ["secretKey"], ["SECRET_ID"]],
    [
      "a pair of the config, with its token in the environment",
      ["secretId", "secretKey"],
      ["SECURITY_TOKEN"],
    ],
    [
      "a pair of the environment, with its token in the config",
      ["securityToken"],
      ["SECRET_ID", "SECRET_KEY"],
    ],
  ];
  for (const [title, config, env] of mixtures) {
    it(`is ${title}`, async () => {
      const parts: Record<string, string> = {
        ...keysOf("boundRole"),
        securityToken: tokenOf("boundRole"),
        SECRET_ID: keysOf("boundRole").secretId,
        SECRET_KEY: keysOf("boundRole").secretKey,
        SECURITY_TOKEN: tokenOf("boundRole"),
      };
      world().setConfig(Object.fromEntries(config.map((name) => [name, parts[name] ?? ""])));
      world().setEnv(Object.fromEntries(env.map((name) => [`TENCENTCLOUD_${name}`, parts[name] ?? ""])));
      const whole = config.includes("securityToken") || env.includes("SECURITY_TOKEN");
      if (!whole) {
        world().setEnv({ TENCENTCLOUD_SECURITY_TOKEN: tokenOf("boundRole") });
      }
      assert.equal(await world().signer(), "boundRole");
    });
  }

  describe("is missing, and nothing is sent,", () => {
    const source = (name: string) => sources.find((one) => one.name === name)?.set(world());
    const refusals: readonly [title: string, set: () => void, says: RegExp][] = [
      [
        "if a web identity and a SAML assertion are both in the config",
        () => {
          source("configWebIdentity");
          source("configSaml");
        },
        /^tencentcloud:assumeRoleWithWebIdentity and tencentcloud:assumeRoleWithSaml are both set/,
      ],
      [
        "if both are in the environment",
        () => {
          source("envSaml");
          source("envWebIdentity");
        },
        /^TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION and TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN are both/,
      ],
      [
        "if mfaCertification is in the config",
        () => {
          source("configKeys");
          world().setConfig({
            mfaCertification: { serialNumber: "qcs::cam:uin/1::mfa/softToken", tokenCode: "123456" },
          });
        },
        /^tencentcloud:mfaCertification cannot be used here: a code serves once/,
      ],
      [
        "if mfaCertifications is in the config",
        () => {
          source("configKeys");
          world().setConfig({ mfaCertifications: [{ serialNumber: "x", tokenCode: "123456" }] });
        },
        /^tencentcloud:mfaCertifications cannot be used here/,
      ],
      [
        "if an MFA device and its code are in the environment",
        () => {
          source("configKeys");
          world().setEnv({
            TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER: "qcs::cam:uin/1::mfa/softToken",
            TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE: "123456",
          });
        },
        /^TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER cannot be used here/,
      ],
      [
        "if enablePodOidc is true outside a pod",
        () => {
          source("configKeys");
          world().setConfig({ enablePodOidc: "true" });
        },
        /^tencentcloud:enablePodOidc is true, but this is no pod with an identity: TKE sets TKE_REGION/,
      ],
      [
        "if enablePodOidc is neither true nor false",
        () => {
          source("configKeys");
          world().setConfig({ enablePodOidc: "perhaps" });
        },
        /^tencentcloud:enablePodOidc must be true or false/,
      ],
      [
        "if a token is all there is, though a profile has keys",
        () => {
          source("tccli");
          world().setEnv({ TENCENTCLOUD_SECURITY_TOKEN: "a-token" });
        },
        /^TENCENTCLOUD_SECURITY_TOKEN is set, but neither tencentcloud:secretId nor TENCENTCLOUD_SECRET_ID is/,
      ],
    ];
    for (const [title, set, says] of refusals) {
      it(title, async () => {
        set();
        const error = await refusal(world().signer(), "a-token", "123456");
        assert.ok(error instanceof SettingsError, error.message);
        assert.match(error.message, says);
        assert.deepEqual(world().emulator.requests, []);
      });
    }

    it("unless enablePodOidc is false, which is the same as unset", async () => {
      source("configKeys");
      world().setConfig({ enablePodOidc: "false" });
      assert.equal(await world().signer(), "configKeys");
    });
  });

  describe("may have half of a pair", () => {
    for (const name of ["configCamRole", "configWebIdentity", "envSaml", "podByName", "argumentProfile"]) {
      it(`if ${sources.find((one) => one.name === name)?.words} takes its place`, async () => {
        sources.find((one) => one.name === name)?.set(world());
        world().setConfig({ secretId: "AKIDhalf" });
        assert.equal(await world().signer(), name);
      });
    }
  });
});
