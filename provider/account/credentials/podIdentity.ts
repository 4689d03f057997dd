/** Credentials of a pod in TKE. */
import * as fs from "node:fs";
import { type Signer, whoOf } from "../../api/credentials";
import { SettingsError } from "../../api/errors";
import { askForKeys, type StsConnection } from "../../api/sts";
import type { Environment } from "../config";
import { SESSION_NAME } from "./role";

/** The variables that TKE sets, all of them, in a pod that has an identity. */
export const podVariables = [
  "TKE_REGION",
  "TKE_PROVIDER_ID",
  "TKE_WEB_IDENTITY_TOKEN_FILE",
  "TKE_ROLE_ARN",
] as const;

/**
 * The temporary credentials of the role that TKE gives a pod by OIDC; undefined outside such a pod. Not by
 * the SDK's OIDCRoleArnCredential: it keeps a failed search for ever and drops the service's error code.
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
    RoleArn: TKE_ROLE_ARN,
    RoleSessionName: SESSION_NAME,
  };
  const inPodsRegion = { ...sts, region: TKE_REGION };
  return {
    ...(await askForKeys(inPodsRegion, "AssumeRoleWithWebIdentity", params, undefined, signal)),
    who: whoOf("role", TKE_ROLE_ARN),
    source: `the role ${TKE_ROLE_ARN} of TKE's pod identity (TKE_ROLE_ARN)`,
  };
}
