/** The common part of the three AssumeRole actions: their fields, and the credentials that they answer. */
import { Failure } from "../world/failure";
import type { Services } from "./action";
import { type Fields, wrongParameter } from "./fields";
import { expiry, type Key, roleIdentity, type TemporaryKey } from "./keys";
import { DEFAULT_SECONDS, type Role, roleAccount } from "./roles";

const MAXIMUM_SECONDS = 43_200;

/** The fields that each AssumeRole action has. */
export const roleFields = ["RoleArn", "RoleSessionName", "DurationSeconds"];

/**
 * Answers credentials of the role that the fields name, unless `checkTrust` throws. An unknown role is
 * InternalError.GetRoleError, as in the guides and SDKs of the real service, though
 * ResourceNotFound.RoleNotFound is documented too. DurationSeconds 0 means the default.
 */
export function roleCredentials(
  fields: Fields,
  signer: Key | undefined,
  { keys, roles }: Services,
  checkTrust: (role: Role) => void,
): object {
  const arn = fields.requiredString("RoleArn");
  const sessionName = fields.requiredString("RoleSessionName");
  if (!/^[\w+=,.@-]{2,128}$/.test(sessionName)) {
    throw wrongParameter("RoleSessionName", "2 to 128 letters, digits and any of _+=,.@-");
  }
  const seconds = durationSeconds(fields, DEFAULT_SECONDS, MAXIMUM_SECONDS);
  const role = roles.find((candidate) => candidate.arn === arn);
  if (role === undefined) {
    throw new Failure("InternalError.GetRoleError", "role not exist");
  }
  checkTrust(role);
  const account = roleAccount(role, keys);
  const accountId = keys.accountId(account);
  const principalId = signer?.identity.AccountId ?? accountId;
  const identity = roleIdentity(arn, sessionName, accountId, principalId);
  return credentialsAnswer(keys.issue({ account, identity, seconds: role.seconds ?? seconds }));
}

/** Throws the Failure InvalidParameter.OverTimeError beyond the maximum. */
export function durationSeconds(fields: Fields, byDefault: number, maximum: number): number {
  const seconds = fields.integer("DurationSeconds") || byDefault;
  if (seconds > maximum) {
    throw new Failure(
      "InvalidParameter.OverTimeError",
      `The DurationSeconds is not valid: expected at most ${maximum}.`,
    );
  }
  return seconds;
}

/** A temporary key, as STS answers it. */
export function credentialsAnswer(key: TemporaryKey): object {
  return {
    Credentials: { Token: key.token, TmpSecretId: key.secretId, TmpSecretKey: key.secretKey },
    ...expiry(key),
  };
}

/** The refusal of a role that does not trust the client. */
export function refuseUntrusted(action: string, { arn }: Role): Failure {
  return new Failure(
    "UnauthorizedOperation",
    `you are not authorized to perform operation (sts:${action}), resource (${arn}) has no permission`,
  );
}
