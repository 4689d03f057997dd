import { ApiError, BadAnswer, type CwpError } from "../api/errors";
import { isObject } from "../api/isObject";
import type { SignedCalls } from "../api/signedCalls";

/** The types of machine in CWP. It lists the machines of one type at a time. */
export type MachineType = "CVM" | "LH" | "BM" | "ECM" | "Other";

/** The name for all regions. */
export const ALL_REGIONS = "all-regions";
/** The most machines in an answer. */
export const PAGE_SIZE = 100;

/** A machine in CWP's list. A field is "" if CWP does not give it. */
export interface Machine {
  /** The id of the instance, such as `ins-1a2b3c4d`. */
  readonly instanceId: string;
  /** The uuid of the machine, by which CWP's other actions name it. */
  readonly quuid: string;
  /** The uuid of its agent; "" if none is installed, or it was offline for long. */
  readonly uuid: string;
  readonly name: string;
  readonly privateIp: string;
  readonly publicIp: string;
  /** ONLINE, OFFLINE or UNINSTALLED. */
  readonly agentStatus: string;
  /** ONLINE, OFFLINE, SHUTDOWN or UNINSTALLED. */
  readonly machineStatus: string;
  /** CWP's protection of it: BASIC_VERSION, PRO_VERSION, Flagship and others. */
  readonly protectType: string;
}

/** The part of the list to show. */
export interface MachineQuery {
  readonly type: MachineType;
  readonly region: string;
  /**
   * Only the machine with this id. The service may show others too: no documentation says that it compares
   * whole ids.
   */
  readonly id?: string | undefined;
  readonly offset: number;
}

/** A page of the list. */
export interface MachinePage {
  readonly machines: readonly Machine[];
  /** The number of machines in the whole list; undefined if the service gives none. */
  readonly total: number | undefined;
  /** The account of the list: see SignedResponse. */
  readonly account: string;
}

/**
 * Sends the action DescribeMachines of CWP's API 2018-02-28, for a page of the machine list. Throws a
 * CwpError.
 */
export async function describeMachines(
  calls: SignedCalls,
  { type, region, id, offset }: MachineQuery,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<MachinePage> {
  const params = {
    MachineType: type,
    MachineRegion: region,
    Limit: PAGE_SIZE,
    Offset: offset,
    ...(id !== undefined && { Filters: [{ Name: "InstanceIds", Values: [id] }] }),
  };
  try {
    const { response, account } = await calls.send("DescribeMachines", params, timeoutMs, signal);
    return { ...parseMachines(response), account };
  } catch (error) {
    throw error instanceof ApiError && isDenied(error) ? withPurpose(error) : error;
  }
}

/** Reads the `Response` object of a DescribeMachines answer. Throws BadAnswer. */
function parseMachines(response: unknown): Omit<MachinePage, "account"> {
  const { Machines, TotalCount, RequestId } = Object(response);
  const list: unknown = Machines ?? [];
  const requestId = typeof RequestId === "string" ? RequestId : "";
  if (!Array.isArray(list) || (Machines == null && typeof TotalCount !== "number")) {
    throw new BadAnswer("Machines is not a list", requestId);
  }
  return {
    machines: list.filter(isObject).map(readMachine),
    total: typeof TotalCount === "number" ? TotalCount : undefined,
  };
}

function readMachine(fields: object): Machine {
  const text = (name: string, from: object = fields): string => {
    const value: unknown = Reflect.get(from, name);
    return typeof value === "string" ? value : "";
  };
  const extra: unknown = Reflect.get(fields, "MachineExtraInfo");
  return {
    instanceId: text("InstanceId") || (isObject(extra) ? text("InstanceID", extra) : ""),
    quuid: text("Quuid"),
    uuid: text("Uuid"),
    name: text("MachineName"),
    privateIp: text("MachineIp"),
    publicIp: text("MachineWanIp"),
    agentStatus: text("AgentStatus"),
    machineStatus: text("MachineStatus"),
    protectType: text("ProtectType"),
  };
}

function isDenied({ code }: CwpError): boolean {
  return code === "AuthFailure.UnauthorizedOperation" || code.split(".")[0] === "UnauthorizedOperation";
}

function withPurpose(error: ApiError): CwpError {
  return error.withMessage(
    `${error.message} The argument hosts needs it; without hosts, cwp:SyncMachines is enough.`,
  );
}
