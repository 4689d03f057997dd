/** The GetSessionToken action of STS: temporary credentials for the user of an MFA device. */
import { Failure } from "../world/failure";
import { type Action, signedBy } from "./action";
import { Fields } from "./fields";
import { checkMfa } from "./mfa";
import { credentialsAnswer, durationSeconds } from "./roleCredentials";

const DEFAULT_SECONDS = 1800;
const MAXIMUM_SECONDS = 129_600;

export const getSessionToken: Action = {
  name: "GetSessionToken",
  requestsPerSecond: 20,
  carryOut(call, { keys }) {
    const fields = new Fields(call.parameters, ["SerialNumber", "TokenCode", "DurationSeconds"]);
    const signer = signedBy(call);
    if (signer.token !== undefined) {
      throw new Failure("UnauthorizedOperation", "GetSessionToken must be signed with a permanent key.");
    }
    checkMfa(fields.requiredString("SerialNumber"), fields.requiredString("TokenCode"), signer);
    const seconds = durationSeconds(fields, DEFAULT_SECONDS, MAXIMUM_SECONDS);
    return credentialsAnswer(keys.issue({ account: signer.account, identity: signer.identity, seconds }));
  },
};
