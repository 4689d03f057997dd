/** Key pairs and roles, as JSON describes them. */
import { type Fields, wrongType } from "../api/fields";
import type { Account } from "../api/keys";
import { number, readObject, requiredText, text } from "../api/readObject";
import type { CamRole, Role } from "../api/roles";

/** Reads a key pair. Throws a WrongField. */
export function readAccount(value: unknown): Account {
  return readObject(value, {
    secretId: requiredText,
    secretKey: requiredText,
    token: text,
    account: text,
    accountId: digits,
    tokenCode: text,
  });
}

/** Reads a role. Throws a WrongField. */
export function readRole(value: unknown): Role {
  return readObject(value, {
    arn: requiredText,
    account: text,
    externalId: text,
    webIdentityToken: text,
    samlAssertion: text,
    seconds: number,
  });
}

/** Reads the role bound to the machine. Throws a WrongField. */
export function readCamRole(value: unknown): CamRole {
  return readObject(value, { name: requiredText, account: text, seconds: number });
}

function digits(fields: Fields, name: string): string | undefined {
  const value = fields.string(name);
  if (value !== undefined && !/^\d+$/.test(value)) {
    throw wrongType(name, "a string of digits");
  }
  return value;
}
