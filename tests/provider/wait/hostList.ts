import { ApiError, NoAnswer } from "../../../provider/api/errors";
import type { MachineClient } from "../../../provider/cwp/client";
import type { Machine, MachinePage, MachineQuery, MachineType } from "../../../provider/cwp/describeMachines";
import type { VirtualClock } from "../../virtualClock";
import type { Account } from "./account";

/** A host of an account in virtual time. */
export interface ListedHost {
  readonly id: string;
  readonly type?: MachineType;
  /** When it was made. Default: at the beginning. */
  readonly at?: number;
  /** The later syncs that must have ended before CWP lists it. 0: CWP lists it from the start. Default 1. */
  readonly syncsNeeded?: number;
  /** The name of the account that it belongs to. Default: every account. */
  readonly on?: string;
}

/** The failure of one request for the list. */
export type ListTrouble = { readonly code: string } | "drop" | "hang";

interface Options {
  readonly clock: VirtualClock;
  /** The account whose syncs list the hosts. */
  readonly account: () => Account;
  readonly hosts: readonly ListedHost[];
  /**
   * The time from a sync's end until its hosts are listed, at most. Each answer is at most this old.
   */
  readonly lagMs?: () => number;
  readonly latencyMs?: number;
  /** The failures of the next requests; undefined for a request that does not fail. */
  readonly troubles?: readonly (ListTrouble | undefined)[];
}

/** CWP's list of machines in virtual time. */
export class HostList implements MachineClient {
  readonly queries: (MachineQuery & { readonly at: number })[] = [];
  readonly hosts: ListedHost[];
  private troubles: (ListTrouble | undefined)[];

  constructor(private readonly options: Options) {
    this.hosts = [...options.hosts];
    this.troubles = [...(options.troubles ?? [])];
  }

  async describeMachines(query: MachineQuery, timeoutMs: number, signal?: AbortSignal): Promise<MachinePage> {
    const { clock, account, latencyMs = 40, lagMs = () => 0 } = this.options;
    const sentAt = clock.now();
    this.queries.push({ ...query, at: sentAt });
    const trouble = this.troubles.shift();
    const asked = account();
    const page = this.page(query, sentAt - lagMs(), asked);
    await clock.sleep(trouble === "hang" ? timeoutMs : Math.min(latencyMs, timeoutMs), signal);
    if (signal?.aborted || trouble === "hang" || latencyMs > timeoutMs) {
      throw new NoAnswer("RequestTimeout", "CWP did not answer.");
    }
    if (trouble === "drop") {
      throw new NoAnswer("NetworkFailure", "No connection to CWP.");
    }
    if (trouble) {
      throw new ApiError(trouble.code, "The request was refused", "request-list", "cwp:DescribeMachines");
    }
    return { ...page, account: asked.name };
  }

  /** Returns true if CWP listed the host at this moment. */
  isListedAt(id: string, moment: number, account = this.options.account()): boolean {
    const host = this.hosts.find((one) => one.id === id);
    return host !== undefined && this.isListed(host, moment, account);
  }

  private isListed(host: ListedHost, moment: number, account: Account): boolean {
    const { at = 0, syncsNeeded = 1, on = account.name } = host;
    const ended = account.runs.filter(({ startMs, endMs }) => startMs >= at && endMs <= moment);
    return on === account.name && at <= moment && ended.length >= syncsNeeded;
  }

  private page({ type, id, offset }: MachineQuery, moment: number, account: Account) {
    const all = this.hosts.filter(
      (host) =>
        (host.type ?? "CVM") === type &&
        (id === undefined || host.id === id) &&
        this.isListed(host, moment, account),
    );
    return { machines: all.slice(offset, offset + 100).map((host) => machineOf(host.id)), total: all.length };
  }
}

function machineOf(id: string): Machine {
  return {
    instanceId: id,
    quuid: `quuid of ${id}`,
    uuid: "",
    name: id,
    privateIp: "10.0.0.1",
    publicIp: "",
    agentStatus: "UNINSTALLED",
    machineStatus: "UNINSTALLED",
    protectType: "BASIC_VERSION",
  };
}
