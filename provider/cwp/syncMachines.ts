import type { SignedCalls } from "../api/signedCalls";
import { parseStatus, type SyncStatus } from "./status";

/** The status, and its account: see SignedResponse. */
export interface AccountStatus {
  readonly status: SyncStatus;
  readonly account: string;
}

/** Sends the action SyncMachines of CWP's API 2018-02-28. */
export async function syncMachines(
  calls: SignedCalls,
  sync: boolean,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<AccountStatus> {
  const { response, account } = await calls.send("SyncMachines", { Sync: sync }, timeoutMs, signal);
  return { status: parseStatus(response), account };
}
