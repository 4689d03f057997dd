/** The status functions, which read without a resource. */
import * as pulumi from "@pulumi/pulumi";
import type { SyncState } from "../provider/cwp/status";
import type { AssumeRole, MachineSyncArgs } from "./machineSync";

/** Which account to ask, and where. Default: the one that a MachineSync with the same arguments syncs. */
export interface GetMachineSyncStatusArgs {
  /** As {@link MachineSyncArgs.region}. */
  region?: string;
  /** As {@link MachineSyncArgs.endpoint}. */
  endpoint?: string;
  /** As {@link MachineSyncArgs.profile}. */
  profile?: string;
  /** As {@link MachineSyncArgs.assumeRole}. */
  assumeRole?: pulumi.Unwrap<AssumeRole>;
}

/** The same, where each may be an output. */
export type GetMachineSyncStatusOutputArgs = Pick<MachineSyncArgs, keyof GetMachineSyncStatusArgs>;

/** The account's latest machine sync, whoever started it. */
export interface MachineSyncStatus {
  /**
   * SYNCING while a sync is in progress, FINISHED once the latest has ended, NOTASK when there has never been
   * one.
   */
  readonly state: SyncState;
  /**
   * When it started, as CWP writes it: `2020-11-11 12:01:00`, with no time zone. Empty when CWP gives none.
   */
  readonly latestStartTime: string;
  /** When the latest sync that has ended did so, in the same form. Empty when CWP gives none. */
  readonly latestEndTime: string;
  /** How long it took, in seconds. Absent while a sync is in progress, and where the times do not tell. */
  readonly durationSeconds?: number;
  /** The RequestId of the answer, which Tencent Cloud's support asks for. */
  readonly requestId: string;
}

/**
 * Reads the present status of the account's machine sync. Never starts one. It asks at once, also in a
 * preview and under Pulumi's mocks, from the program's own process and with the program's config and
 * environment. Rejects with an error that says what to do when there are no credentials, when CWP refuses,
 * and when it does not answer within a minute. Beside its message, the error has `code` (Tencent Cloud's
 * error code, or one of this package's own), `requestId` ("" where there is none) and `retry` (`yes`, `few`
 * or `never`: whether a retry may help).
 */
export async function getMachineSyncStatus(args: GetMachineSyncStatusArgs = {}): Promise<MachineSyncStatus> {
  // Loaded only by a program that asks: importing this package must not cost the Tencent SDK.
  const { readStatus } = await import("../provider/machineSync/operations");
  const { pulumiSettings } = await import("../provider/account/config");
  const { errorWithHeading } = await import("../provider/machineSync/readMore");
  try {
    return await readStatus(args, { config: pulumiSettings(pulumi.runtime.getConfig), env: process.env });
  } catch (error) {
    throw withoutFields(errorWithHeading(error));
  }
}

/**
 * Node prints the enumerable fields of an error that nobody catches, after its message. They stay readable by
 * name.
 */
function withoutFields(error: unknown): unknown {
  for (const field of error instanceof Error ? Object.keys(error) : []) {
    Object.defineProperty(error, field, { enumerable: false });
  }
  return error;
}

/**
 * As {@link getMachineSyncStatus}, for arguments that may be outputs: it asks once they are known, and gives
 * an output.
 */
export function getMachineSyncStatusOutput(
  args: GetMachineSyncStatusOutputArgs = {},
): pulumi.Output<MachineSyncStatus> {
  return pulumi.output(args).apply((known) => getMachineSyncStatus(known));
}
