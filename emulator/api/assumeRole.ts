/**
 * The AssumeRole action of STS: temporary credentials of a role, for a client that signs with another key.
 */
import { Failure } from "../world/failure";
import { type Action, signedBy } from "./action";
import { Fields, wrongParameter } from "./fields";
import { checkMfa } from "./mfa";
import { refuseUntrusted, roleCredentials, roleFields } from "./roleCredentials";

const MOST_TAGS = 50;

export const assumeRole: Action = {
  name: "AssumeRole",
  requestsPerSecond: 600,
  carryOut(call, services) {
    const fields = new Fields(call.parameters, [
      ...roleFields,
      "Policy",
      "ExternalId",
      "Tags",
      "SourceIdentity",
      "SerialNumber",
      "TokenCode",
    ]);
    const signer = signedBy(call);
    // The emulator grants every permission: a policy or a tag is checked and narrows nothing.
    checkPolicy(fields.string("Policy"));
    checkTags(fields.list("Tags") ?? []);
    fields.string("SourceIdentity");
    const serialNumber = fields.string("SerialNumber");
    const tokenCode = fields.string("TokenCode");
    if (serialNumber !== undefined || tokenCode !== undefined) {
      checkMfa(fields.requiredString("SerialNumber"), fields.requiredString("TokenCode"), signer);
    }
    const externalId = fields.string("ExternalId");
    if (externalId !== undefined && !/^[\w+=,.@:/-]{2,128}$/.test(externalId)) {
      throw wrongParameter("ExternalId", "2 to 128 letters, digits and any of _+=,.@:/-");
    }
    return roleCredentials(fields, signer, services, (role) => {
      if (role.externalId !== undefined && role.externalId !== externalId) {
        throw refuseUntrusted("AssumeRole", role);
      }
    });
  },
};

/** The policy is JSON, URL-encoded. */
function checkPolicy(policy: string | undefined): void {
  try {
    JSON.parse(decodeURIComponent(policy ?? "{}"));
  } catch {
    throw new Failure(
      "InvalidParameter.StrategyFormatError",
      "The Policy is not valid: expected a policy in JSON, URL-encoded.",
    );
  }
}

function checkTags(tags: readonly unknown[]): void {
  const names = tags.map((tag) => {
    const fields = new Fields(tag, ["Key", "Value"]);
    fields.requiredString("Value");
    return fields.requiredString("Key");
  });
  if (names.length > MOST_TAGS || new Set(names).size < names.length) {
    throw wrongParameter("Tags", `at most ${MOST_TAGS} tags with different keys`);
  }
}
