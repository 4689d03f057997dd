/** How long temporary credentials live when nobody says otherwise. */
export const defaultSeconds = 7200;

/** A role that STS lets one assume. */
export interface Role {
  /** The role's name in full, such as `qcs::cam::uin/100000000001:roleName/sync`. */
  readonly arn: string;
  /** The account (its name, or its only secretId) that the role's credentials work on. Default: the first one's. */
  readonly account?: string;
  /** What AssumeRole must give as ExternalId. Default: none is asked for. */
  readonly externalId?: string;
  /** What AssumeRoleWithWebIdentity must give as WebIdentityToken. Default: the role takes no web identity. */
  readonly webIdentityToken?: string;
  /** How long its credentials live, in real seconds; may be fractional. Default: what DurationSeconds asks for. */
  readonly seconds?: number;
}

/** The role bound to the machine, whose credentials the metadata service gives. */
export interface CamRole {
  /** The role's name, such as `sync-machines`. */
  readonly name: string;
  /** The account (its name, or its only secretId) that the role's credentials work on. Default: the first one's. */
  readonly account?: string;
  /** How long its credentials live, in real seconds; may be fractional. Default 7200. */
  readonly seconds?: number;
}
