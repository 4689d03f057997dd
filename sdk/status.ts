import * as pulumi from "@pulumi/pulumi";
import type { SyncState } from "../provider/cwp/status";
import type { AssumeRole, MachineSyncArgs } from "./machineSync";

/**
 * The account and the endpoint to ask. Default: the account that a MachineSync with the same arguments syncs.
 */
export interface GetMachineSyncStatusArgs {
  /**
   * The region for STS, such as `ap-guangzhou`; requests to CWP name none. Default: `tencentcloud-cwp:region`, then
   * TENCENTCLOUD_CWP_REGION, then `tencentcloud:region`, then TENCENTCLOUD_REGION, then the profile's.
   */
  region?: string;
  /**
   * The CWP endpoint: a host, or a URL. `http://` only for a loopback address. Default:
   * `tencentcloud-cwp:endpoint`, then TENCENTCLOUD_CWP_ENDPOINT, then `cwp.` before the domain, which is
   * `tencentcloud:domain`, then TENCENTCLOUD_DOMAIN, then `tencentcloudapi.com`.
   */
  endpoint?: string;
  /**
   * The profile in `~/.tccli` or `~/.tencentcloud/credentials` whose credentials to use, before all other
   * settings. Default: the credentials that the Tencent Cloud provider uses with the same settings; if it
   * finds none, the credentials of the SDKs' file, the machine's CVM role or TKE's pod identity.
   */
  profile?: string;
  /**
   * A role to assume with the credentials found, in place of the roles of config and environment. Default: the
   * role of TENCENTCLOUD_ASSUME_ROLE_ARN, and `tencentcloud:assumeRole` on top of it, if they are set.
   */
  assumeRole?: pulumi.Unwrap<AssumeRole>;
}

/**
 * The arguments of {@link getMachineSyncStatusOutput}: the account and the endpoint to ask. Each may be an
 * output.
 */
export type GetMachineSyncStatusOutputArgs = Pick<MachineSyncArgs, keyof GetMachineSyncStatusArgs>;

/** The account's latest machine sync, even if another pipeline started it. */
export interface MachineSyncStatus {
  /**
   * SYNCING while a sync is in progress, FINISHED once the latest has ended, NOTASK if there has never been a
   * sync.
   */
  readonly state: SyncState;
  /** Its start, as CWP writes it: `2020-11-11 12:01:00`, with no time zone. Empty if CWP gives none. */
  readonly latestStartTime: string;
  /**
   * The end of the latest sync that has ended, as CWP writes it: `2020-11-11 12:05:00`, with no time zone.
   * Empty if CWP gives none.
   */
  readonly latestEndTime: string;
  /** Its length, in seconds. Absent while a sync is in progress, and if the times do not show it. */
  readonly durationSeconds?: number;
  /** The RequestId of the answer, which Tencent Cloud's support asks for. */
  readonly requestId: string;
}

/**
 * Reads the present status of the account's machine sync. Never starts a sync. It asks at once, also in a
 * preview and under Pulumi's mocks, from the program's own process and with the program's config and
 * environment. Rejects with an error that says what to do if there are no credentials, if CWP refuses, and if
 * it does not answer within a minute. Beside its message, the error has `code` (Tencent Cloud's error code,
 * or a code of this package), `requestId` ("" if there is none) and `retry` (the retries that may help:
 * `yes`, `few` or `never`).
 */
export async function getMachineSyncStatus(args: GetMachineSyncStatusArgs = {}): Promise<MachineSyncStatus> {
  // Loaded only by a program that asks: importing this package must not load the Tencent SDK.
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
 * Hides the fields of an error, which Node would print after the message of an uncaught error. They stay
 * readable by name.
 */
function withoutFields(error: unknown): unknown {
  for (const field of error instanceof Error ? Object.keys(error) : []) {
    Object.defineProperty(error, field, { enumerable: false });
  }
  return error;
}

/**
 * Reads the present status of the account's machine sync once its arguments, which may be outputs, are known.
 * Never starts a sync. Asks and fails as {@link getMachineSyncStatus}, and gives an output.
 */
export function getMachineSyncStatusOutput(
  args: GetMachineSyncStatusOutputArgs = {},
): pulumi.Output<MachineSyncStatus> {
  return pulumi.output(args).apply((known) => getMachineSyncStatus(known));
}
