import type { Connection } from "../api/connection";
import { RenewedCredentials } from "../api/renewedCredentials";
import { type CwpClient, connect, type MachineClient } from "../cwp/client";
import { systemClock } from "../wait/stream/clock";
import { SyncLoop } from "../wait/stream/loop";
import { MachineList } from "../wait/stream/machineList";
import { Neighbours } from "../wait/stream/neighbours";
import { Turns } from "../wait/stream/turns";
import type { AccountWaits } from "../wait/stream/untilListed";

const turns = new Turns(systemClock);
/** The URNs of checked resources whose create or update Pulumi has not asked for. */
const checked = new Set<string>();
const endpoints = new Map<string, Neighbours>();
const credentials = new Map<string, RenewedCredentials>();
const loops = new Map<string, { client: CwpClient & MachineClient; loop: SyncLoop }>();
const lists = new Map<string, MachineList>();

/**
 * Returns the parts that the waits of one account share in this process. The identity of the credentials
 * contains all settings that can differ, so two accounts never share a stream.
 */
export function waitsOf(connection: Connection): AccountWaits {
  const { protocol, host, region } = connection;
  const key = JSON.stringify([protocol, host, connection.credentials.identity]);
  const { client, loop } = loops.get(key) ?? begin(connection);
  loops.set(key, { client, loop });
  const ofRegion = JSON.stringify([key, region]);
  const list = lists.get(ofRegion) ?? new MachineList(client, { turns, clock: systemClock, region });
  lists.set(ofRegion, list);
  return { loop, list, clock: systemClock };
}

function begin(connection: Connection) {
  const { protocol, host } = connection;
  const endpoint = `${protocol}//${host}`;
  const neighbours = endpoints.get(endpoint) ?? new Neighbours(checked);
  endpoints.set(endpoint, neighbours);
  const { identity } = connection.credentials;
  const renewed = credentials.get(identity) ?? new RenewedCredentials(connection.credentials);
  credentials.set(identity, renewed);
  const client = connect(connection, renewed);
  return { client, loop: new SyncLoop(client, { turns, clock: systemClock, neighbours }) };
}

/**
 * Records that Pulumi has checked a resource, and is about to ask for its create or update. A start waits a
 * little for that, so that the sync counts for this resource too.
 */
export function expectWait(urn: string): void {
  checked.add(urn);
}

/** Records that Pulumi has asked for it, or that the resource needs no create or update. */
export function stopExpecting(urn: string): void {
  checked.delete(urn);
}
