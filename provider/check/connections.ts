import type { Connection } from "../api/connection";
import type { RenewedCredentials } from "../api/renewedCredentials";
import type { SignedCalls } from "../api/signedCalls";
import { signedCalls } from "../cwp/client";
import type { Observation } from "./observe";

/** Asks by connections, each with an agent of its own. A connection opens at the first use of its number. */
export function askBy(connection: Connection, credentials: RenewedCredentials): Observation["ask"] {
  const opened = new Map<number, SignedCalls>();
  return async (number, sync, timeoutMs, signal) => {
    const calls = opened.get(number) ?? signedCalls(connection, credentials);
    opened.set(number, calls);
    return (await calls.send("SyncMachines", { Sync: sync }, timeoutMs, signal)).response;
  };
}
