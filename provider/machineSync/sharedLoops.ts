import { type Connection, type CwpClient, connect, type MachineClient } from "../cwp/client";
import { Arrivals } from "../wait/arrivals";
import { systemClock } from "../wait/clock";
import { SyncLoop } from "../wait/loop";
import { MachineList } from "../wait/machineList";
import { Turns } from "../wait/turns";
import type { AccountWaits } from "../wait/untilListed";

const turns = new Turns(systemClock);
const arrivals = new Arrivals();
const loops = new Map<string, { client: CwpClient & MachineClient; loop: SyncLoop }>();
const lists = new Map<string, MachineList>();

/**
 * What the waits of one account share, with all that runs in this process. The identity of the credentials
 * tells apart all that the settings can make differ, so two accounts never share a stream.
 */
export function waitsOf(connection: Connection): AccountWaits {
  const { protocol, host, credentials, region } = connection;
  const key = JSON.stringify([protocol, host, credentials.identity]);
  const { client, loop } = loops.get(key) ?? begin(connection);
  loops.set(key, { client, loop });
  const ofRegion = JSON.stringify([key, region]);
  const list = lists.get(ofRegion) ?? new MachineList(client, { turns, clock: systemClock, region });
  lists.set(ofRegion, list);
  return { loop, list, clock: systemClock };
}

function begin(connection: Connection) {
  const client = connect(connection);
  return { client, loop: new SyncLoop(client, { turns, clock: systemClock, arrivals }) };
}

/**
 * A resource's inputs were accepted: a sync that begins from now on counts for it. Where its program tells
 * when it came, on the machine's own clock in milliseconds (`hrtimeMs`), a sync that began after that counts.
 * This process has seen none before its own beginning, which is the 0 of its clock.
 */
export function arrived(urn: string, hrtimeMs?: unknown): void {
  const now = systemClock.now();
  const age = typeof hrtimeMs === "number" ? Number(process.hrtime.bigint() / 1_000_000n) - hrtimeMs : 0;
  arrivals.arrived(urn, age > 0 ? Math.max(0, now - age) : now);
}

/** When a resource came whose create or update begins now; undefined where it was not told. */
export function cameAt(urn: string): number | undefined {
  return arrivals.take(urn);
}

/** A resource needs no create or update after all. */
export function left(urn: string): void {
  arrivals.take(urn);
}
