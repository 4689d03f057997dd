import type { Connection } from "../api/connection";
import { RenewedCredentials } from "../api/renewedCredentials";
import { SignedCalls } from "../api/signedCalls";
import { describeMachines, type MachinePage, type MachineQuery } from "./describeMachines";
import { type AccountStatus, syncMachines } from "./syncMachines";

/** A CWP account at an endpoint. */
export interface CwpClient {
  /**
   * Sends SyncMachines once. `sync: true` asks the service to start a sync, `false` only reads. Throws a
   * CwpError, also if there is no whole answer within `timeoutMs`.
   */
  syncMachines(sync: boolean, timeoutMs: number, signal?: AbortSignal): Promise<AccountStatus>;
}

/** The list of machines of a CWP account at an endpoint. */
export interface MachineClient {
  /** Sends DescribeMachines once. Throws a CwpError, also if there is no whole answer within `timeoutMs`. */
  describeMachines(query: MachineQuery, timeoutMs: number, signal?: AbortSignal): Promise<MachinePage>;
}

/**
 * Makes a client of CWP's API, which needs no region. Nothing is loaded or sent before the first request.
 * `credentials` belong to the connection, if another client uses them too.
 */
export function connect(connection: Connection, credentials?: RenewedCredentials): CwpClient & MachineClient {
  const calls = signedCalls(connection, credentials);
  return {
    syncMachines: (sync, timeoutMs, signal) => syncMachines(calls, sync, timeoutMs, signal),
    describeMachines: (query, timeoutMs, signal) => describeMachines(calls, query, timeoutMs, signal),
  };
}

/** Makes a client that returns the answers unread. */
export function signedCalls(
  { protocol, host, credentials: source }: Connection,
  credentials = new RenewedCredentials(source),
): SignedCalls {
  return new SignedCalls({ name: "cwp", version: "2018-02-28", protocol, host }, credentials);
}
