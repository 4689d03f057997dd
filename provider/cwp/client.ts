/** The client of CWP that the waits use. */
import type { CredentialSource } from "./credentials";
import { describeMachines, type MachinePage, type MachineQuery } from "./describeMachines";
import type { Endpoint } from "./request";
import { SignedCalls } from "./signedCalls";
import type { SyncStatus } from "./status";
import { syncMachines } from "./syncMachines";

/** Where requests go and who signs them. */
export interface Connection extends Endpoint {
  readonly region?: string | undefined;
  readonly credentials: CredentialSource;
  /** What the user should know of settings that change nothing here: a sentence each. */
  readonly warnings?: readonly string[];
}

/** One CWP account at one endpoint. */
export interface CwpClient {
  /**
   * A fingerprint of the endpoint's host and of the identity that signed the last answered request: 32 hex
   * digits, the same for the same account in every process. "" before the first answer.
   */
  readonly account: string;
  /**
   * Sends SyncMachines once. `sync: true` asks the service to start a sync, `false` only reads.
   * Throws a CwpError, also when there is no whole answer within `timeoutMs`.
   */
  syncMachines(sync: boolean, timeoutMs: number, signal?: AbortSignal): Promise<SyncStatus>;
}

/** The list of machines of one CWP account at one endpoint. */
export interface MachineClient extends Pick<CwpClient, "account"> {
  /**
   * Sends DescribeMachines once. Throws a CwpError, also when there is no whole answer within `timeoutMs`.
   */
  describeMachines(query: MachineQuery, timeoutMs: number, signal?: AbortSignal): Promise<MachinePage>;
}

/** A client of CWP's API. Nothing is loaded or sent before the first request. */
export function connect({ protocol, host, region, credentials }: Connection): CwpClient & MachineClient {
  const calls = new SignedCalls({ name: "cwp", version: "2018-02-28", protocol, host, region }, credentials);
  return {
    get account() {
      return calls.account;
    },
    syncMachines: (sync, timeoutMs, signal) => syncMachines(calls, sync, timeoutMs, signal),
    describeMachines: (query, timeoutMs, signal) => describeMachines(calls, query, timeoutMs, signal),
  };
}
