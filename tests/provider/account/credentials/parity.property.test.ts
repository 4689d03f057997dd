import assert from "node:assert/strict";
import fc from "fast-check";
import { pulumiSettings } from "../../../../provider/account/config";
import { resolveConnection } from "../../../../provider/account/settings";
import { CwpError } from "../../../../provider/api/errors";
import { ownHome } from "./home";
import { ROLE_PATH, roleCredentials, StandIn } from "./standIn";

/** Settings in any combination. */
const anySettings = fc.record({
  config: fc.record(
    {
      secretId: fc.constant("configId"),
      secretKey: fc.constant("configKey"),
      securityToken: fc.constant("configToken"),
    },
    { requiredKeys: [] },
  ),
  env: fc.record(
    {
      secretId: fc.constant("envId"),
      secretKey: fc.constant("envKey"),
      securityToken: fc.constant("envToken"),
    },
    { requiredKeys: [] },
  ),
  profile: fc.constantFrom("none", "config", "env"),
  files: fc.record({ default: anyFile(), config: anyFile(), env: anyFile() }),
  camRole: fc.constantFrom("none", "none", "config", "env"),
  envRole: fc.constantFrom("none", "none", "arn", "session", "both"),
  envProof: fc.constantFrom("none", "none", "webIdentity", "saml", "webIdentityFile"),
  configRole: fc.boolean(),
  configProof: fc.constantFrom("none", "none", "none", "webIdentity", "saml"),
  pod: fc.constantFrom("none", "none", "variables", "enabled"),
});
type Settings = typeof anySettings extends fc.Arbitrary<infer T> ? T : never;
type File = "none" | "empty" | "keys" | "role" | "roleWithoutSession";

function anyFile(): fc.Arbitrary<File> {
  return fc.constantFrom("none", "empty", "keys", "role", "roleWithoutSession");
}

const arnOf = (name: string) => `qcs::cam::uin/100000000001:roleName/${name}`;
const byRole = (name: string, signer: string) => `${arnOf(name)} by ${signer}`;

/**
 * The signer of the Tencent Cloud provider, step by step as in its source; undefined if it refuses to work.
 */
function signerOfProvider(settings: Settings): string | undefined {
  const { config, env, files } = settings;
  let id = config.secretId ?? env.secretId ?? "";
  let key = config.secretKey ?? env.secretKey ?? "";
  const token = config.securityToken ?? env.securityToken ?? "";
  let file: File = "none";
  if (id === "" && key === "" && token === "") {
    const name = settings.profile === "none" ? "default" : settings.profile;
    file = files[name as keyof typeof files];
    if (["keys", "role", "roleWithoutSession"].includes(file)) {
      [id, key] = [`${name}Id`, `${name}Key`];
    }
  }
  let needsKeys = true;
  let signer = `${id} ${key} ${token}`;
  if (settings.camRole !== "none") {
    signer = `cam ${settings.camRole}`;
    needsKeys = false;
  }
  if (file === "role") {
    signer = byRole("profile", signer);
  }
  if (settings.envRole === "both") {
    if (settings.envProof === "webIdentity" || settings.envProof === "saml") {
      signer = byRole("env", settings.envProof);
      needsKeys = false;
    } else {
      signer = byRole("env", signer);
    }
  }
  if (settings.configRole) {
    signer = byRole("config", signer);
    needsKeys = settings.camRole === "none";
  }
  if (settings.configProof !== "none") {
    signer = byRole("configProof", settings.configProof);
    needsKeys = false;
  }
  if (settings.pod === "enabled") {
    signer = byRole("pod", "webIdentity");
    needsKeys = false;
  }
  return needsKeys && (id === "" || key === "") ? undefined : signer;
}

describe("The signer, under any settings,", () => {
  const home = ownHome();
  let sts: StandIn;

  /** STS, whose keys name the assumed role and the asking key; and a metadata service with any role. */
  before(async () => {
    sts = await StandIn.start(({ path, headers, body }) => {
      if (path.startsWith(ROLE_PATH)) {
        return roleCredentials(known(`cam ${path.slice(ROLE_PATH.length)}`));
      }
      if (!headers["x-tc-action"]) {
        return undefined;
      }
      const { RoleArn, WebIdentityToken, SAMLAssertion } = JSON.parse(body);
      const [, id = ""] = /Credential=([^/]+)\//.exec(headers.authorization ?? "") ?? [];
      const by = WebIdentityToken ? "webIdentity" : SAMLAssertion ? "saml" : signers.get(id);
      const { secretId: TmpSecretId, secretKey: TmpSecretKey, token: Token } = known(`${RoleArn} by ${by}`);
      return { Response: { Credentials: { TmpSecretId, TmpSecretKey, Token }, ExpiredTime: 4e9 } };
    });
  });
  after(() => sts.stop());

  /** The signer of a SecretId, which is all that STS sees. */
  const signers = new Map<string, string>();
  function known(signer: string) {
    const secretId = `AKID${Buffer.from(signer).toString("hex")}`;
    signers.set(secretId, signer);
    return { secretId, secretKey: "key", token: "token" };
  }

  function apply({ config, env, profile, files, ...others }: Settings): Record<string, string> {
    const variables = { secretId: "SECRET_ID", secretKey: "SECRET_KEY", securityToken: "SECURITY_TOKEN" };
    const values: Record<string, string> = {};
    const set = (name: string, value: unknown) => {
      values[`tencentcloud:${name}`] = typeof value === "string" ? value : JSON.stringify(value);
    };
    for (const [name, value] of Object.entries(config)) {
      set(name, value);
    }
    for (const [name, value] of Object.entries(env)) {
      process.env[`TENCENTCLOUD_${variables[name as keyof typeof variables]}`] = value;
    }
    for (const [name, file] of Object.entries(files)) {
      const keys = { secretId: `${name}Id`, secretKey: `${name}Key` };
      signers.set(keys.secretId, `${name}Id ${name}Key `);
      const content = {
        none: undefined,
        empty: { secretId: "None", secretKey: "None" },
        keys,
        role: { ...keys, "role-arn": arnOf("profile"), "role-session-name": "ci" },
        roleWithoutSession: { ...keys, "role-arn": arnOf("profile") },
      }[file];
      if (content) {
        home.write(`.tccli/${name}.credential`, content);
      }
    }
    if (profile === "config") {
      set("profile", "config");
    } else if (profile === "env") {
      process.env.TENCENTCLOUD_PROFILE = "env";
    }
    const { camRole, envRole, envProof, configRole, configProof, pod } = others;
    if (camRole === "config") {
      set("camRoleName", "config");
    } else if (camRole === "env") {
      process.env.TENCENTCLOUD_CAM_ROLE_NAME = "env";
    }
    const variable = (name: string, value: string) => {
      process.env[`TENCENTCLOUD_ASSUME_ROLE_${name}`] = value;
    };
    if (envRole === "arn" || envRole === "both") {
      variable("ARN", arnOf("env"));
    }
    if (envRole === "session" || envRole === "both") {
      variable("SESSION_NAME", "ci");
    }
    if (envProof === "webIdentity") {
      variable("WEB_IDENTITY_TOKEN", "a-token");
    } else if (envProof === "webIdentityFile") {
      variable("WEB_IDENTITY_TOKEN_FILE", "/no/such/file");
    } else if (envProof === "saml") {
      variable("SAML_ASSERTION", "an-assertion");
      variable("PRINCIPAL_ARN", "a-principal");
    }
    if (configRole) {
      set("assumeRoles", [{ roleArn: arnOf("config"), sessionName: "ci" }]);
    }
    const proof = { roleArn: arnOf("configProof"), sessionName: "ci" };
    if (configProof === "webIdentity") {
      set("assumeRoleWithWebIdentity", { ...proof, webIdentityToken: "a-token" });
    } else if (configProof === "saml") {
      set("assumeRoleWithSaml", { ...proof, samlAssertion: "an-assertion", principalArn: "a-principal" });
    }
    if (pod !== "none") {
      process.env.TKE_REGION = "ap-guangzhou";
      process.env.TKE_PROVIDER_ID = "cls-1";
      process.env.TKE_ROLE_ARN = arnOf("pod");
      process.env.TKE_WEB_IDENTITY_TOKEN_FILE = home.write("token", "a-token");
      set("enablePodOidc", String(pod === "enabled"));
    }
    return values;
  }

  async function signer(values: Record<string, string>): Promise<string> {
    const settings = pulumiSettings((name) => values[name]);
    const { credentials } = resolveConnection({ endpoint: sts.url }, settings, process.env);
    const { secretId, secretKey, token } = await credentials.find();
    return secretId.startsWith("AKID")
      ? (signers.get(secretId) ?? "absent")
      : `${secretId} ${secretKey} ${token ?? ""}`;
  }

  it("is the signer of the Tencent Cloud provider, whenever that provider works", async () => {
    let worked = 0;
    const before = { ...process.env };
    await fc.assert(
      fc.asyncProperty(anySettings, async (settings) => {
        const expected = signerOfProvider(settings);
        if (expected === undefined) {
          return;
        }
        worked += 1;
        process.env.TENCENTCLOUD_METADATA_URL = sts.url;
        try {
          const values = apply(settings);
          const own = `${values["tencentcloud:secretId"] ?? process.env.TENCENTCLOUD_SECRET_ID ?? ""}`;
          const key = values["tencentcloud:secretKey"] ?? process.env.TENCENTCLOUD_SECRET_KEY ?? "";
          const token = values["tencentcloud:securityToken"] ?? process.env.TENCENTCLOUD_SECURITY_TOKEN ?? "";
          signers.set(own, `${own} ${key} ${token}`);
          assert.equal(await signer(values), expected);
        } catch (error) {
          assert.ok(!(error instanceof CwpError), `it should not refuse: ${error}`);
          throw error;
        } finally {
          for (const name of Object.keys(process.env).filter((one) => !(one in before))) {
            delete process.env[name];
          }
          Object.assign(process.env, before);
          home.clear();
        }
      }),
      { numRuns: Number(process.env.FC_RUNS ?? 100) },
    );
    assert.ok(worked > 50, `only ${worked}`);
  }).timeout(60_000);
});
