import { Failure } from "../world/failure";
import { wrongParameter } from "./fields";
import type { Key } from "./keys";

/**
 * Checks the serial number and the code of an MFA device. Throws a Failure: InvalidParameter.ParamError for
 * an impossible device, AuthFailure.MFAFailure for a wrong code.
 */
export function checkMfa(serialNumber: string, tokenCode: string, signer: Key): void {
  if (!/^qcs::cam:uin\/\d+::mfa\/\w+$/.test(serialNumber)) {
    throw wrongParameter("SerialNumber", "the form qcs::cam:uin/UIN::mfa/softToken");
  }
  const isRight = signer.tokenCode === undefined ? /^\d{6}$/.test(tokenCode) : tokenCode === signer.tokenCode;
  if (!isRight) {
    throw new Failure("AuthFailure.MFAFailure", "MFA failed.");
  }
}
