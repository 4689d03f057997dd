/** The action SyncMachines. */
import type { SignedCalls } from "./signedCalls";
import { parseStatus, type SyncStatus } from "./status";

/** The action SyncMachines of CWP's API 2018-02-28. */
export async function syncMachines(
  calls: SignedCalls,
  sync: boolean,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<SyncStatus> {
  return parseStatus(await calls.send("SyncMachines", { Sync: sync }, timeoutMs, signal));
}
