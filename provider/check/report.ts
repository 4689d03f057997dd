import type { Connection } from "../api/connection";
import type { CwpError } from "../api/errors";
import type { SyncState } from "../cwp/status";
import type { Probed } from "./probe";

export interface Report {
  /** True if both actions are allowed. */
  readonly ok: boolean;
  readonly account: Account;
  readonly endpoint: CheckedEndpoint;
  /** By their CAM names. Polls and starts are one action. */
  readonly actions: {
    readonly "cwp:SyncMachines": SyncAction;
    readonly "cwp:DescribeMachines": ListAction;
  };
}

interface Account {
  /** The account's number (uin); left out if STS does not give it. */
  readonly accountId?: string;
  /** The SecretId that signs, shortened; null if there is none. */
  readonly secretId: string | null;
  /** The place of the keys; null if there are none. */
  readonly source: string | null;
}

interface CheckedEndpoint {
  readonly url: string | null;
  /** The proxy on the way, without its password. */
  readonly proxy?: string;
  /** Null if the endpoint does not answer. */
  readonly roundTripMs: number | null;
  /** The lead of this machine's clock, in seconds; left out if no answer has a Date. */
  readonly clockSkewSeconds?: number;
}

interface Action {
  /** False if the service refuses it; null if no answer shows which. */
  readonly allowed: boolean | null;
  /** The reason if it is not allowed: Tencent Cloud's error code, or a code of this package. */
  readonly code?: string;
  readonly requestId?: string;
}

interface SyncAction extends Action {
  readonly state?: SyncState;
  readonly latestStartTime?: string;
  readonly latestEndTime?: string;
}

interface ListAction extends Action {
  /** The number of CVM instances that CWP lists, in all regions. */
  readonly total?: number;
}

/** Returns the report of settings that name no account, or no endpoint. */
export function unusable({ code }: Pick<CwpError, "code">): Report {
  const action = { allowed: null, code };
  return {
    ok: false,
    account: { secretId: null, source: null },
    endpoint: { url: null, roundTripMs: null },
    actions: { "cwp:SyncMachines": action, "cwp:DescribeMachines": action },
  };
}

export function endpointOf(
  { protocol, host }: Connection,
  proxy: URL | undefined,
  probed: Probed | undefined,
): CheckedEndpoint {
  const { roundTripMs = null, clockSkewSeconds } = probed ?? {};
  return {
    url: `${protocol}//${host}`,
    ...(proxy && { proxy: withoutPassword(proxy) }),
    roundTripMs,
    ...(clockSkewSeconds !== undefined && { clockSkewSeconds }),
  };
}

/** A name without a password may itself be the secret, such as a token. */
function withoutPassword({ protocol, username, password, host }: URL): string {
  return `${protocol}//${username && password ? `${username}@` : ""}${host}`;
}

/** Returns the first four characters and the last four, which would be all of a short SecretId. */
export function shorten(secretId: string): string {
  return `${secretId.slice(0, 4)}…${secretId.length > 12 ? secretId.slice(-4) : ""}`;
}
