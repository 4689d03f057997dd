import * as fs from "node:fs";
import { type CredentialSource, refuseIllegal, type Signer } from "../../api/credentials";
import { SettingsError } from "../../api/errors";
import type { StsConnection } from "../../api/sts";
import type { Environment, Settings } from "../config";
import type { Given } from "./given";
import { keysOfRole } from "./keysOfRole";
import { SESSION_NAME } from "./role";

/** The variables that TKE always sets together in a pod that has an identity. */
export const podVariables = [
  "TKE_REGION",
  "TKE_PROVIDER_ID",
  "TKE_WEB_IDENTITY_TOKEN_FILE",
  "TKE_ROLE_ARN",
] as const;

/**
 * Reads the temporary credentials of the role that TKE gives a pod by OIDC; undefined outside such a pod. It
 * does not use the SDK's OIDCRoleArnCredential, which keeps a failed search for ever and drops the service's
 * error code.
 */
export async function readPodIdentity(
  env: Environment,
  sts: StsConnection,
  signal?: AbortSignal,
): Promise<Signer | undefined> {
  const missing = podVariables.filter((name) => !env[name]);
  if (missing.length === podVariables.length) {
    return undefined;
  }
  const { TKE_REGION, TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE: file, TKE_ROLE_ARN } = env;
  if (!TKE_REGION || !TKE_PROVIDER_ID || !file || !TKE_ROLE_ARN) {
    throw new SettingsError(`TKE's pod identity is set only in part. Missing: ${missing.join(", ")}.`);
  }
  refuseIllegal("TKE_REGION", TKE_REGION);
  let token: string;
  try {
    token = fs.readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new SettingsError(
      `The pod's token file ${file} (TKE_WEB_IDENTITY_TOKEN_FILE) cannot be read (${Reflect.get(Object(error), "code")}): check that it is mounted in this container.`,
    );
  }
  const params = {
    ProviderId: TKE_PROVIDER_ID,
    WebIdentityToken: token,
    RoleSessionName: SESSION_NAME,
  };
  const role = {
    action: "AssumeRoleWithWebIdentity",
    roleArn: TKE_ROLE_ARN,
    params,
    setting: "TKE_ROLE_ARN",
    by: " of TKE's pod identity (TKE_ROLE_ARN)",
  } as const;
  return keysOfRole({ ...sts, region: TKE_REGION }, role, signal);
}

/** Returns TKE's pod identity, if the setting enablePodOidc asks for it. Throws SettingsError. */
export function podInSettings({ settings, env, sts }: Given): CredentialSource | undefined {
  if (!isPodAsked(settings)) {
    return undefined;
  }
  const name = settings.nameOf("enablePodOidc");
  return {
    identity: JSON.stringify(["pod", podVariables.map((variable) => env[variable]), sts.host]),
    async find(signal) {
      const found = await readPodIdentity(env, sts, signal);
      if (!found) {
        throw new SettingsError(
          `${name} is true, but this is no pod with an identity: TKE sets ${podVariables.join(", ")} there. Give the pod a service account with a role, or set ${name} to false.`,
        );
      }
      return found;
    },
  };
}

function isPodAsked(settings: Settings): boolean {
  const enabled = settings.read("enablePodOidc")?.trim() || "false";
  if (enabled !== "true" && enabled !== "false") {
    throw new SettingsError(`${settings.nameOf("enablePodOidc")} must be true or false.`);
  }
  return enabled === "true";
}
