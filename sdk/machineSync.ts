import * as pulumi from "@pulumi/pulumi";
import type { SyncState } from "../provider/cwp/status";
import { argumentNames, outputNames } from "../provider/machineSync/names";
import { refuseBundled } from "./bundled";
import { checkOptions } from "./options";
import { provider } from "./shim";
import { keepTriggers } from "./triggers";

/** A CAM role to assume. */
export interface AssumeRole {
  /** The role's name in full, such as `qcs::cam::uin/100000000001:roleName/deploy`. */
  roleArn: pulumi.Input<string>;
  /** Shown in the account's audit log. Default: `pulumi-tencentcloud-cwp`. */
  sessionName?: pulumi.Input<string>;
  /**
   * The life of its temporary credentials, in seconds, up to 43200. They are renewed in time. Default, also
   * for 0: 7200.
   */
  sessionDuration?: pulumi.Input<number>;
  /** The ExternalId that the role's trust policy asks for. Default: none. */
  externalId?: pulumi.Input<string>;
  /**
   * A policy, as JSON text, that narrows what the role may do here. It must allow cwp:SyncMachines, and
   * cwp:DescribeMachines if `hosts` are named. Default: none.
   */
  policy?: pulumi.Input<string>;
  /** The uin of the calling user, for the account's audit log. Default: none. */
  sourceIdentity?: pulumi.Input<string>;
  /**
   * The MFA device of the calling user, such as `qcs::cam:uin/100000000001::mfa/softToken`. Default: none.
   */
  serialNumber?: pulumi.Input<string>;
  /**
   * The code that the MFA device shows. It works once, so the role cannot be assumed again: let
   * `sessionDuration` cover the whole `pulumi up`. Default: none.
   */
  tokenCode?: pulumi.Input<string>;
}

/**
 * The arguments of a MachineSync. None of them takes a secret: set credentials in the Pulumi config or the
 * environment.
 */
export interface MachineSyncArgs {
  /**
   * The instance ids of hosts, such as `ins-1a2b3c4d`, that CWP must list when the sync has finished. A host
   * that it does not list is looked up again for 5 seconds, then after another sync, up to three syncs. Then
   * the operation fails and names it. An added host syncs again unless CWP lists it already. For a removed
   * host or another order nothing is sent. Needs the CAM action cwp:DescribeMachines. Not together with
   * `skipAwait`. Default: none, so that nothing is looked up.
   */
  hosts?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Values whose change syncs again, such as a release or a date. For the ids of hosts there is `hosts`. They
   * are compared deeply and mean nothing else. Texts, numbers, booleans, lists and plain objects of them; a
   * resource counts as its id. Other values, such as a Date or a Map, are refused, since the state cannot
   * hold them. Default: none, so that only the creation syncs.
   */
  triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
  /**
   * Start a sync but do not wait for its end. Not together with `hosts`. A sync that was in progress before
   * is still waited for, since CWP starts none beside it. Default: false.
   */
  skipAwait?: pulumi.Input<boolean>;
  /**
   * The region of the hosts, such as `ap-guangzhou`. Used only if CWP refuses to list the machines of all
   * regions, and for STS. A change does not sync. Default: `tencentcloud-cwp:region`, then
   * TENCENTCLOUD_CWP_REGION, then `tencentcloud:region`, then TENCENTCLOUD_REGION, then the profile's.
   */
  region?: pulumi.Input<string>;
  /**
   * The CWP endpoint: a host, or a URL. `http://` only for a loopback address. A change replaces the resource.
   * Default: `tencentcloud-cwp:endpoint`, then TENCENTCLOUD_CWP_ENDPOINT, then `cwp.` before the domain, which is
   * `tencentcloud:domain`, then TENCENTCLOUD_DOMAIN, then `tencentcloudapi.com`.
   */
  endpoint?: pulumi.Input<string>;
  /**
   * The profile in `~/.tccli` or `~/.tencentcloud/credentials` whose credentials to use, before all other
   * settings. A change replaces the resource. Default: the credentials that the Tencent Cloud provider uses
   * with the same settings; if it finds none, the credentials of the SDKs' file, the machine's CVM role or
   * TKE's pod identity.
   */
  profile?: pulumi.Input<string>;
  /**
   * A role to assume with the credentials found, in place of the roles of config and environment. Another
   * `roleArn` replaces the resource; a change of its other fields sends nothing. Default: the role of
   * TENCENTCLOUD_ASSUME_ROLE_ARN, and `tencentcloud:assumeRole` on top of it, if they are set.
   */
  assumeRole?: pulumi.Input<AssumeRole>;
}

/** A machine in CWP's list. A text is empty if CWP does not give it. */
export interface Machine {
  /** The instance id, as in {@link MachineSyncArgs.hosts}. */
  instanceId: string;
  /**
   * The uuid of the machine, by which CWP's other resources and actions name it, such as the binding of a
   * licence.
   */
  quuid: string;
  /** The uuid of the agent on it. Empty if there is none, or it has been offline for long. */
  uuid: string;
  /** Its name. */
  name: string;
  /** Its address in the private network. */
  privateIp: string;
  /** Its address on the internet. */
  publicIp: string;
  /** The agent's state: ONLINE, OFFLINE or UNINSTALLED. */
  agentStatus: string;
  /** The machine's state: ONLINE, OFFLINE, SHUTDOWN or UNINSTALLED. */
  machineStatus: string;
  /** CWP's protection of it, such as BASIC_VERSION, PRO_VERSION or Flagship. */
  protectType: string;
}

/**
 * A machine sync of Tencent Cloud CWP (action SyncMachines). When Pulumi reports it as created or updated, a
 * sync that began after Pulumi asked for that create or update has ended, on the account that the settings
 * name now, and CWP lists each of the `hosts`. Naming them orders it after them; for other resources, use
 * `dependsOn`.
 *
 * No sync is needed for an update that only removes hosts, or only adds hosts which CWP lists already.
 *
 * Preview, refresh and delete never start a sync. `customTimeouts.create` and `.update` bound the wait; the
 * default is 30 minutes. A wait that ends early leaves the resource in the state, and the next `pulumi up`
 * waits for the same sync.
 */
export class MachineSync extends pulumi.dynamic.Resource {
  /** @internal Pulumi's policies identify the class by it. */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/tencentcloud-cwp:MachineSync";

  /** Returns true if a value is a MachineSync, even of another copy of this package. */
  static override isInstance(value: unknown): value is MachineSync {
    return (
      typeof value === "object" &&
      value !== null &&
      Reflect.get(value, "__pulumiType") === MachineSync.__pulumiType
    );
  }

  /**
   * FINISHED once the account's latest sync has ended: always so after a create or update that waited.
   * SYNCING while a sync is in progress and NOTASK if there has never been a sync, which only a refresh or
   * `skipAwait` can show.
   */
  declare readonly state: pulumi.Output<SyncState>;
  /**
   * The start of the account's latest sync, as CWP writes it: `2020-11-11 12:01:00`, with no time zone. Empty
   * if CWP gives none.
   */
  declare readonly latestStartTime: pulumi.Output<string>;
  /**
   * The end of the account's latest sync that has ended, as CWP writes it: `2020-11-11 12:05:00`, with no
   * time zone. Empty if CWP gives none.
   */
  declare readonly latestEndTime: pulumi.Output<string>;
  /**
   * The length of the latest sync, in seconds. Undefined if the times do not show it, and while a sync is in
   * progress.
   */
  declare readonly durationSeconds: pulumi.Output<number | undefined>;
  /** The RequestId of the answer with these values, which Tencent Cloud's support asks for. */
  declare readonly requestId: pulumi.Output<string>;

  /**
   * The machines of the hosts that CWP lists, in the order of `hosts`: after a create or update that
   * succeeded, `machines[i]` is `hosts[i]`. After a refresh, hosts that CWP no longer lists are left out.
   * Empty without hosts.
   */
  declare readonly machines: pulumi.Output<Machine[]>;

  /** The instance ids that CWP must list: the argument {@link MachineSyncArgs.hosts}. */
  declare readonly hosts: pulumi.Output<string[] | undefined>;
  /** The values whose change syncs again: the argument {@link MachineSyncArgs.triggers}. */
  declare readonly triggers: pulumi.Output<unknown[] | undefined>;
  /** True if nothing waits for the end of a sync: the argument {@link MachineSyncArgs.skipAwait}. */
  declare readonly skipAwait: pulumi.Output<boolean | undefined>;
  /** The region of the hosts: the argument {@link MachineSyncArgs.region}. */
  declare readonly region: pulumi.Output<string | undefined>;
  /** The CWP endpoint: the argument {@link MachineSyncArgs.endpoint}. */
  declare readonly endpoint: pulumi.Output<string | undefined>;
  /** The profile whose credentials sign: the argument {@link MachineSyncArgs.profile}. */
  declare readonly profile: pulumi.Output<string | undefined>;
  /** The role that is assumed: the argument {@link MachineSyncArgs.assumeRole}. */
  declare readonly assumeRole: pulumi.Output<pulumi.Unwrap<AssumeRole> | undefined>;

  /**
   * Adds a machine sync to the stack. Pulumi starts it when it creates the resource, syncs again when `triggers`
   * change or a host is added, and waits for the end.
   *
   * @param name Its name in the stack.
   * @param args The hosts and triggers to sync on, and the account.
   * @param opts Pulumi's options, such as `dependsOn` and `customTimeouts` (`create` and `update`: `"20m"`).
   *   `provider` is refused.
   * @throws RunError for triggers, options or a bundle that Pulumi would get wrong without a word.
   */
  constructor(name: string, args: MachineSyncArgs = {}, opts: pulumi.CustomResourceOptions = {}) {
    refuseBundled(provider);
    checkOptions(name, opts);
    const { create, update } = opts.customTimeouts ?? {};
    const timeouts = { ...(create && { create }), ...(update && { update }) };
    const { __pulumiType: type } = MachineSync;
    super(
      provider,
      name,
      {
        // An output exists only if a property of its name is given, even as undefined.
        ...Object.fromEntries([...outputNames, ...argumentNames].map((name) => [name, undefined])),
        ...args,
        ...(args.triggers !== undefined && { triggers: keepTriggers(name, args.triggers) }),
        ...((create || update) && { timeouts }),
        // So that the provider can show on the resource's own row the steps of the wait.
        __urn: new Promise<string>((resolve) => pulumi.createUrn(name, type, opts.parent).apply(resolve)),
      },
      opts,
      "tencentcloud-cwp",
      "MachineSync",
    );
    // A state of 0.1.0 has none.
    this.machines = this.machines.apply((machines: Machine[] | undefined) => machines ?? []);
  }
}
