import { ApiService } from "./apiService";
import type { Endpoint } from "./connection";
import { type Credentials, type Signer, temporaryKeys } from "./credentials";
import { BadAnswer } from "./errors";

/** The address of Tencent Cloud's Security Token Service beside the CWP endpoint in use. */
export interface StsConnection extends Endpoint {
  /** STS, unlike CWP, needs a region; any works. */
  readonly region: string;
}

/** The time limit of STS, in milliseconds: less than that of the request that waits for it. */
const STS_MS = 8_000;

/** Temporary keys, and their end. */
export type TemporaryKeys = Credentials & Pick<Signer, "expiresAt">;

/**
 * Sends an action of STS that gives temporary keys. It does not use the SDK's own credential classes, which
 * keep a failed search for ever and drop the service's error code and RequestId. AssumeRoleWithWebIdentity
 * and AssumeRoleWithSAML have no signer: the token or the assertion in them is the proof.
 */
export async function askForKeys(
  sts: StsConnection,
  action: "AssumeRole" | "AssumeRoleWithWebIdentity" | "AssumeRoleWithSAML",
  params: object,
  signer: Signer | undefined,
  signal?: AbortSignal,
): Promise<TemporaryKeys> {
  const answer = await ask(sts, action, params, signer, signal);
  const { Credentials: keys, ExpiredTime } = Object(answer);
  const found = temporaryKeys(keys, ExpiredTime);
  if (!found) {
    throw new BadAnswer(`${action} gave no credentials`);
  }
  return found;
}

/** Sends GetCallerIdentity: returns the id (uin) of the signer's account. */
export async function accountIdOf(sts: StsConnection, signer: Signer, signal?: AbortSignal): Promise<string> {
  const answer = await ask(sts, "GetCallerIdentity", {}, signer, signal);
  const { AccountId } = Object(answer);
  if (typeof AccountId !== "string" || AccountId === "") {
    throw new BadAnswer("GetCallerIdentity gave no AccountId");
  }
  return AccountId;
}

function ask(
  { protocol, host, region }: StsConnection,
  action: string,
  params: object,
  signer: Signer | undefined,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const service = new ApiService({ name: "sts", version: "2018-08-13", protocol, host, region });
  return service.request(action, params, async () => signer, STS_MS, signal);
}
