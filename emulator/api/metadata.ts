/** The metadata service of a CVM instance. */
import { expiry, type Keys, roleIdentity } from "./keys";
import { type CamRole, DEFAULT_SECONDS, roleAccount } from "./roles";

/** The beginning of all its paths. */
export const METADATA_PATH = "/latest/meta-data/";

/** The path of the instance's role; the role's name follows it. */
const CAM_ROLE_PATH = "cam/security-credentials/";

/** Its answers about the instance, as in https://cloud.tencent.com/document/product/213/4934. */
const instance: ReadonlyMap<string, string> = new Map([
  ["instance-id", "ins-emulator"],
  ["instance-name", "emulator"],
  ["uuid", "00000000-0000-4000-8000-000000000001"],
  ["local-ipv4", "10.0.0.1"],
  ["placement/region", "ap-guangzhou"],
  ["placement/zone", "ap-guangzhou-3"],
  ["app-id", "1250000000"],
]);

/**
 * The answer to a GET of a path: a text, an object as JSON, or undefined for a 404. On a machine without a
 * role, every path is a 404.
 */
export function readMetadata(
  path: string,
  role: CamRole | undefined,
  keys: Keys,
): string | object | undefined {
  const name = path.slice(METADATA_PATH.length);
  if (role === undefined) {
    return undefined;
  }
  if (name === CAM_ROLE_PATH) {
    return role.name;
  }
  if (name !== `${CAM_ROLE_PATH}${encodeURIComponent(role.name)}`) {
    return instance.get(name);
  }
  const account = roleAccount(role, keys);
  const accountId = keys.accountId(account);
  const arn = `qcs::cam::uin/${accountId}:roleName/${role.name}`;
  const identity = roleIdentity(arn, instance.get("instance-id") ?? "", accountId, accountId);
  const key = keys.issue({ account, identity, seconds: role.seconds ?? DEFAULT_SECONDS });
  return {
    TmpSecretId: key.secretId,
    TmpSecretKey: key.secretKey,
    ...expiry(key),
    Token: key.token,
    Code: "Success",
  };
}
