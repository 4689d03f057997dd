/** Key pairs and roles, as JSON describes them. */
import { Fields, wrongType } from "../api/fields";
import { given } from "../api/given";
import type { Account } from "../api/keys";
import type { CamRole, Role } from "../api/roles";

/** Reads a key pair. Throws a WrongField. */
export function readAccount(value: unknown): Account {
  const fields = new Fields(value, ["secretId", "secretKey", "token", "account", "accountId", "tokenCode"]);
  return given({
    secretId: fields.requiredString("secretId"),
    secretKey: fields.requiredString("secretKey"),
    token: fields.string("token"),
    account: fields.string("account"),
    accountId: readAccountId(fields),
    tokenCode: fields.string("tokenCode"),
  });
}

/** Reads a role. Throws a WrongField. */
export function readRole(value: unknown): Role {
  const fields = new Fields(value, [
    "arn",
    "account",
    "externalId",
    "webIdentityToken",
    "samlAssertion",
    "seconds",
  ]);
  return given({
    arn: fields.requiredString("arn"),
    account: fields.string("account"),
    externalId: fields.string("externalId"),
    webIdentityToken: fields.string("webIdentityToken"),
    samlAssertion: fields.string("samlAssertion"),
    seconds: fields.number("seconds"),
  });
}

/** Reads the role bound to the machine. Throws a WrongField. */
export function readCamRole(value: unknown): CamRole {
  const fields = new Fields(value, ["name", "account", "seconds"]);
  return given({
    name: fields.requiredString("name"),
    account: fields.string("account"),
    seconds: fields.number("seconds"),
  });
}

function readAccountId(fields: Fields): string | undefined {
  const accountId = fields.string("accountId");
  if (accountId !== undefined && !/^\d+$/.test(accountId)) {
    throw wrongType("accountId", "a string of digits");
  }
  return accountId;
}
