import { expiry, type Keys } from "./keys";
import { type CamRole, defaultSeconds } from "./roles";

/** Where the metadata service of a CVM instance has the instance's role; what follows is the role's name. */
export const camRolePath = "/latest/meta-data/cam/security-credentials/";

/**
 * What the metadata service answers to a GET of `camRolePath` (the role's name, as text) and of the name under it (new
 * credentials, as an object); undefined, for a 404, when there is no such role.
 */
export function readMetadata(
  path: string,
  role: CamRole | undefined,
  keys: Keys,
): string | object | undefined {
  if (role === undefined || path === camRolePath) {
    return role?.name;
  }
  if (path !== `${camRolePath}${encodeURIComponent(role.name)}`) {
    return undefined;
  }
  const key = keys.issue(role.seconds ?? defaultSeconds, role.account);
  return {
    TmpSecretId: key.secretId,
    TmpSecretKey: key.secretKey,
    ...expiry(key),
    Token: key.token,
    Code: "Success",
  };
}
