/** The GetCallerIdentity action of STS: the identity of the key that signed the request. */
import { type Action, signedBy } from "./action";
import { Fields } from "./fields";

export const getCallerIdentity: Action = {
  name: "GetCallerIdentity",
  requestsPerSecond: 20,
  carryOut(call) {
    new Fields(call.parameters, []);
    const { identity } = signedBy(call);
    call.note(identity.Arn);
    return identity;
  },
};
