/** The roles that the emulator knows. */
import type { Keys } from "./keys";

/** How long temporary credentials of a role live when nobody says otherwise. */
export const DEFAULT_SECONDS = 7200;

/** A role that STS lets one assume. */
export interface Role {
  /** The role's name in full, such as `qcs::cam::uin/100000000001:roleName/sync`. */
  readonly arn: string;
  /**
   * The account (its name, its accountId or a secretId of it) that the role's credentials work on. Default:
   * the account whose accountId the ARN has; when there is none, the first account.
   */
  readonly account?: string;
  /** What AssumeRole must give as ExternalId. Default: none is asked for. */
  readonly externalId?: string;
  /**
   * What AssumeRoleWithWebIdentity must give as WebIdentityToken. Default: the role takes no web identity.
   */
  readonly webIdentityToken?: string;
  /** What AssumeRoleWithSAML must give as SAMLAssertion. Default: the role takes no SAML assertion. */
  readonly samlAssertion?: string;
  /**
   * How long its credentials live, in real seconds; may be fractional. Default: what DurationSeconds asks
   * for.
   */
  readonly seconds?: number;
}

/** The role bound to the machine, whose credentials the metadata service gives. */
export interface CamRole {
  /** The role's name, such as `sync-machines`. */
  readonly name: string;
  /**
   * The account (its name, its accountId or a secretId of it) that the role's credentials work on. Default:
   * the first one's.
   */
  readonly account?: string;
  /** How long its credentials live, in real seconds; may be fractional. Default 7200. */
  readonly seconds?: number;
}

/**
 * The name of the account that a role's credentials work on. Throws an Error when the role names one that
 * there is not.
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
