/** The action SyncMachines. */
import type { SignedCalls } from "../api/signedCalls";
import { parseStatus, type SyncStatus } from "./status";

/** The status, and the account whose it is: see SignedResponse. */
export interface AccountStatus {
  readonly status: SyncStatus;
  readonly account: string;
}

/** The action SyncMachines of CWP's API 2018-02-28. */
export async function syncMachines(
  calls: SignedCalls,
  sync: boolean,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<AccountStatus> {
  const { response, account } = await calls.send("SyncMachines", { Sync: sync }, timeoutMs, signal);
  return { status: parseStatus(response), account };
}
