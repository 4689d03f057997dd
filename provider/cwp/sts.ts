import { type Credentials, type Found, temporaryKeys } from "./credentials";
import { BadAnswer } from "./errors";
import { type Endpoint, httpProfile, send } from "./request";

/** Tencent Cloud's Security Token Service, as seen from the CWP endpoint in use. */
export interface StsConnection extends Endpoint {
  /** STS, unlike CWP, must be told a region; any will do. */
  readonly region: string;
}

/** How long STS may take, in milliseconds: less than the request that waits for it. */
const STS_MS = 8_000;

/**
 * The action AssumeRole. Not by the SDK's STSCredential, which keeps a failed lookup for ever and drops the service's error
 * code and RequestId; the request itself is the SDK's.
 */
export function assumeRole(
  sts: StsConnection,
  signer: Credentials,
  params: object,
  signal?: AbortSignal,
): Promise<Found> {
  return ask(sts, "AssumeRole", signer, params, signal);
}

/** The action AssumeRoleWithWebIdentity, which is not signed: the token in it is the proof. */
export function assumeRoleWithWebIdentity(
  sts: StsConnection,
  params: object,
  signal?: AbortSignal,
): Promise<Found> {
  return ask(sts, "AssumeRoleWithWebIdentity", undefined, params, signal);
}

async function ask(
  sts: StsConnection,
  action: string,
  signer: Credentials | undefined,
  params: object,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const { CommonClient } = await import("tencentcloud-sdk-nodejs-cwp/tencentcloud/common/common_client");
  const client = new CommonClient(sts.host, "2018-08-13", {
    credential: { secretId: "", secretKey: "", ...signer },
    region: sts.region,
    profile: { httpProfile: await httpProfile(sts) },
  });
  const answer: unknown = await send(sts, `sts:${action}`, STS_MS, signal, (limit) =>
    client.request(action, params, { signal: limit, skipSign: signer === undefined }),
  );
  const { Credentials: keys, ExpiredTime } = Object(answer);
  const found = temporaryKeys(keys, ExpiredTime);
  if (!found) {
    throw new BadAnswer(`${action} gave no credentials`);
  }
  return found;
}
