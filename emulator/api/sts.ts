import { Failure } from "../world/failure";
import { Fields } from "./fields";
import { expiry, type Keys } from "./keys";
import { defaultSeconds, type Role } from "./roles";

const maximumSeconds = 43_200;

/**
 * The actions of STS's API 2018-08-13 that the emulator knows, by which a caller gets temporary credentials of a role.
 *
 * Both throw a Failure with the code that the real service has: InternalError.GetRoleError for a role that does not
 * exist (so in its SDK's tests and its guides, though ResourceNotFound.RoleNotFound is documented too),
 * UnauthorizedOperation for a caller that the role does not trust, InvalidParameter.WebIdentityTokenError,
 * InvalidParameter.OverTimeError and InvalidParameter.ParamError.
 */
export class Sts {
  readonly #roles: readonly Role[];
  readonly #keys: Keys;

  constructor(roles: readonly Role[], keys: Keys) {
    this.#roles = roles;
    this.#keys = keys;
  }

  assumeRole(parameters: unknown): object {
    const fields = new Fields(parameters, [
      "RoleArn",
      "RoleSessionName",
      "DurationSeconds",
      "Policy",
      "ExternalId",
      "Tags",
      "SourceIdentity",
      "SerialNumber",
      "TokenCode",
    ]);
    // The emulator grants everything to everybody: what would narrow that is checked and changes nothing.
    for (const name of ["Policy", "SourceIdentity", "SerialNumber", "TokenCode"]) {
      fields.string(name);
    }
    fields.list("Tags");
    const externalId = fields.string("ExternalId");
    return this.#credentials(fields, (role) => {
      if (role.externalId !== undefined && role.externalId !== externalId) {
        throw notTrusted("AssumeRole", role);
      }
    });
  }

  assumeRoleWithWebIdentity(parameters: unknown): object {
    const fields = new Fields(parameters, [
      "ProviderId",
      "WebIdentityToken",
      "RoleArn",
      "RoleSessionName",
      "DurationSeconds",
    ]);
    fields.requiredString("ProviderId");
    const token = fields.requiredString("WebIdentityToken");
    return this.#credentials(fields, (role) => {
      if (role.webIdentityToken === undefined) {
        throw notTrusted("AssumeRoleWithWebIdentity", role);
      }
      if (role.webIdentityToken !== token) {
        throw new Failure("InvalidParameter.WebIdentityTokenError", "The WebIdentityToken is not valid.");
      }
    });
  }

  /** Answers credentials of the role that the fields name, unless `checkTrust` throws. */
  #credentials(fields: Fields, checkTrust: (role: Role) => void): object {
    const arn = fields.requiredString("RoleArn");
    if (!/^[\w+=,.@-]{2,128}$/.test(fields.requiredString("RoleSessionName"))) {
      throw new Failure(
        "InvalidParameter.ParamError",
        "The RoleSessionName is not valid: expected 2 to 128 letters, digits and any of _+=,.@-.",
      );
    }
    const seconds = fields.integer("DurationSeconds") ?? defaultSeconds;
    if (seconds > maximumSeconds) {
      throw new Failure(
        "InvalidParameter.OverTimeError",
        `The DurationSeconds is not valid: expected at most ${maximumSeconds}.`,
      );
    }
    const role = this.#roles.find((candidate) => candidate.arn === arn);
    if (role === undefined) {
      throw new Failure("InternalError.GetRoleError", "role not exist");
    }
    checkTrust(role);
    const key = this.#keys.issue(role.seconds ?? seconds, role.account);
    return {
      Credentials: { Token: key.token, TmpSecretId: key.secretId, TmpSecretKey: key.secretKey },
      ...expiry(key),
    };
  }
}

function notTrusted(action: string, { arn }: Role): Failure {
  return new Failure(
    "UnauthorizedOperation",
    `you are not authorized to perform operation (sts:${action}), resource (${arn}) has no permission`,
  );
}
