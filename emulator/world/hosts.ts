import { createHash } from "node:crypto";

/** A host to add to an account. */
export interface NewHost {
  /** The instance id. A host added under a known id is a new host: CWP lists it only after the next sync. */
  readonly id: string;
  /** The name to show. Default: the id. */
  readonly name?: string;
  /** The private address. Default: an address in 10.0.0.0/8. */
  readonly ip?: string;
  /** The public address. Default: none, "". */
  readonly publicIp?: string;
  /** Its region. Default `ap-guangzhou`. */
  readonly region?: string;
  /** Its type: CVM, BM, ECM, LH or Other. Default CVM. */
  readonly machineType?: string;
  /**
   * The uuid of the machine, by which CWP's other actions name it. Default: made from the id, always the
   * same.
   */
  readonly quuid?: string;
  /** The uuid of the agent. Default: made from the id if an agent is installed, else "". */
  readonly uuid?: string;
  /**
   * The agent's state: ONLINE, OFFLINE or UNINSTALLED. Default UNINSTALLED, since a sync installs no agent.
   */
  readonly agentStatus?: string;
  /** The machine's state in CWP: ONLINE, OFFLINE, SHUTDOWN or UNINSTALLED. Default: the agent's state. */
  readonly machineStatus?: string;
  /** The machine's state in CVM: RUNNING, STOPPED or EXPIRED. Default RUNNING. */
  readonly instanceStatus?: string;
  /**
   * CWP's protection of it: BASIC_VERSION, PRO_VERSION, Flagship or GENERAL_DISCOUNT. Default BASIC_VERSION.
   */
  readonly protectType?: string;
  /** Its network. Default `vpc-emulator`. */
  readonly vpcId?: string;
  /** The number of syncs that must start after it was added, and finish, before CWP lists it. Default 1. */
  readonly syncsNeeded?: number;
  /** True if CWP never lists it, like a host of another account. Default: false. */
  readonly neverListed?: boolean;
}

/** A host of an account, with the defaults filled in. */
export type Host = Required<NewHost>;

/** A host as CWP lists it or not. */
export interface HostView {
  /** The host. */
  readonly host: Host;
  /** True if CWP lists it. */
  readonly visible: boolean;
}

/** The hosts of an account, in the order of their addition. */
export class Hosts {
  private readonly known = new Map<string, { host: Host; syncsBefore: number }>();

  /** Adds a host after so many syncs have started. */
  add(host: NewHost, syncsBefore: number): void {
    this.known.set(host.id, { host: withDefaults(host, this.known.size + 1), syncsBefore });
  }

  /** Every host, after so many syncs have finished. */
  views(finishedSyncs: number): HostView[] {
    return [...this.known.values()].map(({ host, syncsBefore }) => ({
      host,
      visible: !host.neverListed && finishedSyncs - syncsBefore >= host.syncsNeeded,
    }));
  }
}

function withDefaults(host: NewHost, number: number): Host {
  const { id, agentStatus = "UNINSTALLED" } = host;
  return {
    id,
    name: host.name ?? id,
    ip: host.ip ?? `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`,
    publicIp: host.publicIp ?? "",
    region: host.region ?? "ap-guangzhou",
    machineType: host.machineType ?? "CVM",
    quuid: host.quuid ?? uuidFrom(`machine ${id}`),
    uuid: host.uuid ?? (agentStatus === "UNINSTALLED" ? "" : uuidFrom(`agent ${id}`)),
    agentStatus,
    machineStatus: host.machineStatus ?? agentStatus,
    instanceStatus: host.instanceStatus ?? "RUNNING",
    protectType: host.protectType ?? "BASIC_VERSION",
    vpcId: host.vpcId ?? "vpc-emulator",
    syncsNeeded: host.syncsNeeded ?? 1,
    neverListed: host.neverListed ?? false,
  };
}

/** A uuid that is always the same for the same text. */
function uuidFrom(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
