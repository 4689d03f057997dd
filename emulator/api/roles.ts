/** The roles that the emulator knows. */
import type { Keys } from "./keys";

/** The default lifetime of temporary credentials of a role. */
export const DEFAULT_SECONDS = 7200;

/** A role that a client can assume by STS. */
export interface Role {
  /** The role's name in full, such as `qcs::cam::uin/100000000001:roleName/sync`. */
  readonly arn: string;
  /**
   * The account (its name, its accountId or a secretId of it) that the role's credentials work on. Default:
   * the account whose accountId is in the ARN, or else the first account.
   */
  readonly account?: string;
  /** The ExternalId that AssumeRole must give. Default: none. */
  readonly externalId?: string;
  /**
   * The WebIdentityToken that AssumeRoleWithWebIdentity must give. Default: the role takes no web identity.
   */
  readonly webIdentityToken?: string;
  /** The SAMLAssertion that AssumeRoleWithSAML must give. Default: the role takes no SAML assertion. */
  readonly samlAssertion?: string;
  /**
   * The lifetime of its credentials, in real seconds; may be fractional. Default: the request's
   * DurationSeconds.
   */
  readonly seconds?: number;
}

/** The role bound to the machine, whose credentials the metadata service gives. */
export interface CamRole {
  /** The role's name, such as `sync-machines`. */
  readonly name: string;
  /**
   * The account (its name, its accountId or a secretId of it) that the role's credentials work on. Default:
   * the first account.
   */
  readonly account?: string;
  /** The lifetime of its credentials, in real seconds; may be fractional. Default 7200. */
  readonly seconds?: number;
}

/**
 * The name of the account that a role's credentials work on. Throws an Error if the role names an unknown
 * account.
 */
export function roleAccount({ arn, account }: Partial<Role>, keys: Keys): string {
  const [, uin = ""] = /:uin\/(\d+):/.exec(arn ?? "") ?? [];
  const name =
    account === undefined ? (keys.findAccount(uin) ?? keys.first.account) : keys.findAccount(account);
  if (name === undefined) {
    throw new Error(
      `A role of the emulator names the account ${account}: expected one of ${keys.accountNames.join(", ")}.`,
    );
  }
  return name;
}
