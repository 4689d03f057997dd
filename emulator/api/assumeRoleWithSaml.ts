/**
 * The AssumeRoleWithSAML action of STS: temporary credentials of a role, for a client with a SAML assertion.
 */
import type { Action } from "./action";
import { Fields, wrongParameter } from "./fields";
import { refuseUntrusted, roleCredentials, roleFields } from "./roleCredentials";

export const assumeRoleWithSaml: Action = {
  name: "AssumeRoleWithSAML",
  requestsPerSecond: 200,
  unsigned: true,
  carryOut({ parameters, signer }, services) {
    const fields = new Fields(parameters, [...roleFields, "SAMLAssertion", "PrincipalArn"]);
    fields.requiredString("PrincipalArn");
    const assertion = fields.requiredString("SAMLAssertion");
    return roleCredentials(fields, signer, services, (role) => {
      if (role.samlAssertion === undefined) {
        throw refuseUntrusted("AssumeRoleWithSAML", role);
      }
      if (role.samlAssertion !== assertion) {
        throw wrongParameter("SAMLAssertion", "an assertion that the role trusts");
      }
    });
  },
};
