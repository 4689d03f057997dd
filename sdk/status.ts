import * as pulumi from "@pulumi/pulumi";
import type { AssumeRole, MachineSyncArgs } from "./machineSync";

/** Which account to ask. */
export interface GetMachineSyncStatusArgs {
  /** As in MachineSyncArgs. */
  region?: string;
  /** As in MachineSyncArgs. */
  endpoint?: string;
  /** As in MachineSyncArgs. */
  profile?: string;
  /** As in MachineSyncArgs. */
  assumeRole?: pulumi.Unwrap<AssumeRole>;
}

/** The account's latest machine sync, whoever started it. */
export interface MachineSyncStatus {
  /** SYNCING while a sync goes, FINISHED once the latest has ended, NOTASK when there has never been one. */
  readonly state: "NOTASK" | "SYNCING" | "FINISHED";
  /** As CWP writes it (`2020-11-11 12:01:00`, with no time zone); "" where there is none. */
  readonly latestStartTime: string;
  /** As latestStartTime. */
  readonly latestEndTime: string;
  /** How long the latest sync took; undefined while one goes, and where the times do not tell. */
  readonly durationSeconds?: number;
  /** The RequestId of the answer. */
  readonly requestId: string;
}

/**
 * Reads the present status of the account's machine sync. Never triggers one. It asks at once, also in a preview, from the
 * program's own process and with the program's config and environment. Rejects with an error that says what to do when there
 * are no credentials, when CWP refuses, and when it does not answer within a minute.
 */
export async function getMachineSyncStatus(args: GetMachineSyncStatusArgs = {}): Promise<MachineSyncStatus> {
  // Loaded only by a program that asks: importing this package must not cost the Tencent SDK.
  const { readStatus } = await import("../provider");
  return readStatus(args, pulumi.runtime.getConfig);
}

/** The same for arguments that may be outputs. */
export function getMachineSyncStatusOutput(
  args: Pick<MachineSyncArgs, keyof GetMachineSyncStatusArgs> = {},
): pulumi.Output<MachineSyncStatus> {
  return pulumi.output(args).apply((known) => getMachineSyncStatus(known));
}
