import * as fs from "node:fs";
import type { Found } from "../../cwp/credentials";
import { SettingsError } from "../../cwp/errors";
import { assumeRoleWithWebIdentity, type StsConnection } from "../../cwp/sts";
import type { Environment } from "../config";

const names = ["TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN"] as const;

/**
 * The temporary credentials of the role that TKE gives a pod by OIDC; undefined outside such a pod. TKE sets all four variables.
 * Not by the SDK's OIDCRoleArnCredential: it keeps a failed lookup for ever and drops the service's error code.
 */
export async function readPodIdentity(
  env: Environment,
  sts: StsConnection,
  signal?: AbortSignal,
): Promise<Found | undefined> {
  const missing = names.filter((name) => !env[name]);
  if (missing.length === names.length) {
    return undefined;
  }
  const { TKE_REGION, TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE: file, TKE_ROLE_ARN } = env;
  if (!TKE_REGION || !TKE_PROVIDER_ID || !file || !TKE_ROLE_ARN) {
    throw new SettingsError(`TKE's pod identity is set only in part. Missing: ${missing.join(", ")}.`);
  }
  let token: string;
  try {
    token = fs.readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new SettingsError(
      `The pod's token file ${file} (TKE_WEB_IDENTITY_TOKEN_FILE) cannot be read (${Reflect.get(Object(error), "code")}): check that it is mounted in this container.`,
    );
  }
  return assumeRoleWithWebIdentity(
    { ...sts, region: TKE_REGION },
    {
      ProviderId: TKE_PROVIDER_ID,
      WebIdentityToken: token,
      RoleArn: TKE_ROLE_ARN,
      RoleSessionName: "pulumi-tencentcloud-cwp",
    },
    signal,
  );
}
