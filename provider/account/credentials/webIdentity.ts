import type { CredentialSource } from "../../api/credentials";
import { SettingsError } from "../../api/errors";
import type { StsConnection } from "../../api/sts";
import type { Environment, Settings } from "../config";
import { readBlock, readFields } from "./block";
import { readJsonObject, text } from "./files";
import { keysOfRole } from "./keysOfRole";
import { durationOf, SESSION_NAME, wrongInDuration } from "./role";

/** A role that is assumed with a token of an OIDC identity provider. A field counts before its file. */
interface WebIdentity {
  readonly setting: string;
  readonly providerId: string;
  readonly webIdentityToken?: string | undefined;
  readonly webIdentityTokenFile?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly roleArnFile?: string | undefined;
  readonly sessionName?: string | undefined;
  readonly sessionDuration?: string | undefined;
}

/** The identity provider of the Tencent Cloud provider if no setting names another. */
const PROVIDER_ID = "OIDC";

/**
 * Returns the web identity of the config. As in the provider, fields that it leaves out default to the
 * environment.
 */
export function webIdentityOfConfig(
  settings: Settings,
  env: Environment,
  sts: StsConnection,
): CredentialSource | undefined {
  const names = ["assumeRoleWithWebIdentity", "assumeRoleWithWebIdentities"];
  const block = readBlock(names, "roleArn", settings);
  if (!block) {
    return undefined;
  }
  const { setting } = block;
  const fields = readFields(block, {
    providerId: env.TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID,
    webIdentityToken: env.TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN,
    webIdentityTokenFile: env.TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE,
    roleArn: env.TENCENTCLOUD_ASSUME_ROLE_ARN,
    roleArnFile: undefined,
    sessionName: env.TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME,
    sessionDuration: env.TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION,
  });
  const missing = !(fields.roleArn || fields.roleArnFile)
    ? "roleArn"
    : !(fields.webIdentityToken || fields.webIdentityTokenFile)
      ? "webIdentityToken"
      : undefined;
  if (missing) {
    throw new SettingsError(`${setting} cannot be used: it needs ${missing} or ${missing}File.`);
  }
  return withWebIdentity({ ...fields, setting, providerId: fields.providerId ?? PROVIDER_ID }, sts);
}

/**
 * Returns the web identity of the environment: only its token counts, and only beside a role with a session
 * name.
 */
export function webIdentityOfEnvironment(env: Environment, sts: StsConnection): CredentialSource | undefined {
  const webIdentityToken = env.TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN;
  return webIdentityToken
    ? withWebIdentity(
        {
          setting: "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN",
          providerId: env.TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID || PROVIDER_ID,
          webIdentityToken,
          roleArn: env.TENCENTCLOUD_ASSUME_ROLE_ARN,
          sessionName: env.TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME,
          sessionDuration: env.TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION || undefined,
        },
        sts,
      )
    : undefined;
}

function withWebIdentity(identity: WebIdentity, sts: StsConnection): CredentialSource {
  const { setting, providerId, sessionName, sessionDuration } = identity;
  const wrong = wrongInDuration(sessionDuration);
  if (wrong) {
    throw new SettingsError(`${setting} cannot be used: ${wrong}.`);
  }
  return {
    identity: JSON.stringify(["web identity", identity, sts.host]),
    async find(signal) {
      const roleArn = identity.roleArn ?? inFile(identity.roleArnFile, "role_arn", setting);
      const token =
        identity.webIdentityToken ?? inFile(identity.webIdentityTokenFile, "web_identity_token", setting);
      const params = {
        ProviderId: providerId,
        WebIdentityToken: token,
        RoleSessionName: sessionName ?? SESSION_NAME,
        DurationSeconds: durationOf(sessionDuration),
      };
      const by = `, assumed with the web identity of ${setting}`;
      return keysOfRole(sts, { action: "AssumeRoleWithWebIdentity", roleArn, params, setting, by }, signal);
    },
  };
}

/** Reads a value in a file, each time, since the token in it is replaced before it ends. */
function inFile(file: string | undefined, name: string, setting: string): string {
  const form = `write {"${name}": "…"} into it`;
  const value = file && text(readJsonObject(file, form)?.[name]);
  if (!value) {
    throw new SettingsError(`There is no ${name} in ${file} (${setting}): ${form}.`);
  }
  return value;
}
