/**
 * The AssumeRoleWithWebIdentity action of STS: temporary credentials of a role, for a client with an OIDC
 * token.
 */
import { Failure } from "../world/failure";
import type { Action } from "./action";
import { Fields } from "./fields";
import { refuseUntrusted, roleCredentials, roleFields } from "./roleCredentials";

export const assumeRoleWithWebIdentity: Action = {
  name: "AssumeRoleWithWebIdentity",
  requestsPerSecond: 20,
  unsigned: true,
  carryOut({ parameters, signer }, services) {
    const fields = new Fields(parameters, [...roleFields, "ProviderId", "WebIdentityToken"]);
    fields.requiredString("ProviderId");
    const token = fields.requiredString("WebIdentityToken");
    return roleCredentials(fields, signer, services, (role) => {
      if (role.webIdentityToken === undefined) {
        throw refuseUntrusted("AssumeRoleWithWebIdentity", role);
      }
      if (role.webIdentityToken !== token) {
        throw new Failure("InvalidParameter.WebIdentityTokenError", "The WebIdentityToken is not valid.");
      }
    });
  },
};
