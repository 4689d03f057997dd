import * as pulumi from "@pulumi/pulumi";
import { provider } from "./shim";

/** A CAM role to assume. */
export interface AssumeRole {
  /** `qcs::cam::uin/100000000001:roleName/deploy`. */
  roleArn: pulumi.Input<string>;
  /** Shown in the account's audit log. Default: `pulumi-tencentcloud-cwp`. */
  sessionName?: pulumi.Input<string>;
  /** How long its temporary credentials live, in seconds, up to 43200. They are renewed in time. Default: 7200. */
  sessionDuration?: pulumi.Input<number>;
  /** What the role's trust policy may ask for. */
  externalId?: pulumi.Input<string>;
}

/** The arguments of a MachineSync. None of them takes a secret: credentials come from the Pulumi config or the environment. */
export interface MachineSyncArgs {
  /**
   * Values whose change syncs again, such as the ids of the hosts that must be known to CWP. They are compared deeply and mean
   * nothing else. Default: none, so that only the creation syncs.
   */
  triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
  /**
   * Trigger a sync but do not wait for its end. A sync that was going before is still waited for, since CWP starts none beside
   * it. Default: false.
   */
  skipAwait?: pulumi.Input<boolean>;
  /** The region to name in requests, such as `ap-guangzhou`. CWP needs none. A change replaces the resource. */
  region?: pulumi.Input<string>;
  /**
   * The CWP endpoint: a host, or a URL. `http://` only for a loopback address. Default: `tencentcloud-cwp:endpoint`, then
   * TENCENTCLOUD_CWP_ENDPOINT, then `cwp.tencentcloudapi.com`. A change replaces the resource.
   */
  endpoint?: pulumi.Input<string>;
  /**
   * The profile in `~/.tccli` or `~/.tencentcloud/credentials` whose credentials to use, before all other settings. A change
   * replaces the resource. Default: as the settings say (see docs/settings.md).
   */
  profile?: pulumi.Input<string>;
  /**
   * A role to assume with those credentials. A change replaces the resource. Default: `tencentcloud:assumeRole`, then
   * TENCENTCLOUD_ASSUME_ROLE_ARN, then none.
   */
  assumeRole?: pulumi.Input<AssumeRole>;
}

/**
 * A machine sync of Tencent Cloud CWP (action SyncMachines). When Pulumi reports it as created or updated, a sync that started
 * after these arguments were first applied has finished. Order it after the hosts with `dependsOn`, or by naming them in
 * `triggers`.
 *
 * Preview, refresh and delete never start a sync. `customTimeouts.create` and `.update` bound the wait; the default is 30
 * minutes. A wait that ends early leaves the resource in the state, and the next `pulumi up` goes on waiting for the same sync.
 */
export class MachineSync extends pulumi.dynamic.Resource {
  /** SYNCING while a sync goes, FINISHED once the account's latest has ended, NOTASK when there has never been one. */
  declare readonly state: pulumi.Output<"NOTASK" | "SYNCING" | "FINISHED">;
  /** When the account's latest sync started, as CWP writes it: `2020-11-11 12:01:00`, with no time zone. */
  declare readonly latestStartTime: pulumi.Output<string>;
  /** When it ended, in the same form. */
  declare readonly latestEndTime: pulumi.Output<string>;
  /** How long it took, in seconds; undefined where the times do not tell, as while a sync goes. */
  declare readonly durationSeconds: pulumi.Output<number | undefined>;
  /** The RequestId of the answer that these values come from, which Tencent Cloud's support asks for. */
  declare readonly requestId: pulumi.Output<string>;

  declare readonly triggers: pulumi.Output<unknown[] | undefined>;
  declare readonly skipAwait: pulumi.Output<boolean | undefined>;
  declare readonly region: pulumi.Output<string | undefined>;
  declare readonly endpoint: pulumi.Output<string | undefined>;
  declare readonly profile: pulumi.Output<string | undefined>;
  declare readonly assumeRole: pulumi.Output<pulumi.Unwrap<AssumeRole> | undefined>;

  constructor(name: string, args: MachineSyncArgs = {}, opts: pulumi.CustomResourceOptions = {}) {
    const { create, update } = opts.customTimeouts ?? {};
    const timeouts = { ...(create && { create }), ...(update && { update }) };
    super(
      provider,
      name,
      {
        // An output exists only where a property of its name is given, be it undefined.
        state: undefined,
        latestStartTime: undefined,
        latestEndTime: undefined,
        durationSeconds: undefined,
        requestId: undefined,
        triggers: undefined,
        skipAwait: undefined,
        region: undefined,
        endpoint: undefined,
        profile: undefined,
        assumeRole: undefined,
        ...args,
        ...((create || update) && { timeouts }),
      },
      opts,
      "tencentcloud-cwp",
      "MachineSync",
    );
  }
}
