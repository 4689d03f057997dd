/** How long temporary credentials live when nobody says otherwise. */
export const defaultSeconds = 7200;

/** A role that STS lets one assume. */
export interface Role {
  /** E.g. `qcs::cam::uin/100000000001:roleName/sync`. */
  readonly arn: string;
  /** The account (its name, or its only secretId) that the role's credentials work on. Default: the first one's. */
  readonly account?: string;
  /** What AssumeRole must give as ExternalId. Default: none is asked for. */
  readonly externalId?: string;
  /** What AssumeRoleWithWebIdentity must give as WebIdentityToken. Default: the role takes no web identity. */
  readonly webIdentityToken?: string;
  /** How long its credentials live, in place of what DurationSeconds asks for; may be fractional. Real time. */
  readonly seconds?: number;
}

/** The role bound to the machine. */
export interface CamRole {
  /** E.g. `sync-machines`. */
  readonly name: string;
  /** The account (its name, or its only secretId) that the role's credentials work on. Default: the first one's. */
  readonly account?: string;
  /** How long its credentials live; may be fractional. Real time. Default 7200. */
  readonly seconds?: number;
}
