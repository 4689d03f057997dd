import { Fields } from "../api/fields";
import type { Account } from "../api/keys";
import type { Role } from "../api/roles";

/** Reads a key pair. Throws a WrongField. */
export function readAccount(value: unknown): Account {
  const fields = new Fields(value, ["secretId", "secretKey", "token", "account"]);
  const token = fields.string("token");
  const account = fields.string("account");
  return {
    secretId: fields.requiredString("secretId"),
    secretKey: fields.requiredString("secretKey"),
    ...(token !== undefined && { token }),
    ...(account !== undefined && { account }),
  };
}

/** Reads a role. Throws a WrongField. */
export function readRole(value: unknown): Role {
  const fields = new Fields(value, ["arn", "account", "externalId", "webIdentityToken", "seconds"]);
  const account = fields.string("account");
  const externalId = fields.string("externalId");
  const webIdentityToken = fields.string("webIdentityToken");
  const seconds = fields.number("seconds");
  return {
    arn: fields.requiredString("arn"),
    ...(account !== undefined && { account }),
    ...(externalId !== undefined && { externalId }),
    ...(webIdentityToken !== undefined && { webIdentityToken }),
    ...(seconds !== undefined && { seconds }),
  };
}
