import { type Signer, whoOf } from "../../api/credentials";
import { ApiError } from "../../api/errors";
import { askForKeys, type StsConnection } from "../../api/sts";

/** A request for a role to STS, and the proof for it. */
interface RoleRequest {
  readonly action: "AssumeRole" | "AssumeRoleWithWebIdentity" | "AssumeRoleWithSAML";
  readonly roleArn: string;
  readonly params: object;
  /** The credentials that assume the role. A web identity and a SAML assertion need none. */
  readonly signer?: Signer;
  /** The setting that names the role: `tencentcloud:assumeRole`. */
  readonly setting: string;
  /** The way in which the role is assumed: `with the web identity of NAME`. */
  readonly by: string;
}

/** Asks STS for the temporary credentials of a role. Throws a CwpError, which names the setting. */
export async function keysOfRole(
  sts: StsConnection,
  { action, roleArn, params, signer, setting, by }: RoleRequest,
  signal?: AbortSignal,
): Promise<Signer> {
  try {
    const keys = await askForKeys(sts, action, { RoleArn: roleArn, ...params }, signer, signal);
    return { ...keys, who: whoOf("role", roleArn), source: `the role ${roleArn}${by}` };
  } catch (error) {
    throw error instanceof ApiError ? error.withNames({ role: setting }) : error;
  }
}
