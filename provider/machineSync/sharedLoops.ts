import { type Connection, connect } from "../cwp/client";
import { Arrivals } from "../wait/arrivals";
import { systemClock } from "../wait/clock";
import { SyncLoop } from "../wait/loop";
import { Turns } from "../wait/turns";

const turns = new Turns(systemClock);
const arrivals = new Arrivals();
const loops = new Map<string, SyncLoop>();

/**
 * The loop of one account, shared by all that runs in this process. The identity of the credentials tells apart all that the
 * settings can make differ, so two accounts never share a stream.
 */
export function loopOf(connection: Connection): SyncLoop {
  const { protocol, host, credentials } = connection;
  const key = JSON.stringify([protocol, host, credentials.identity]);
  const known = loops.get(key) ?? new SyncLoop(connect(connection), { turns, clock: systemClock, arrivals });
  loops.set(key, known);
  return known;
}

/**
 * A resource's inputs were accepted: a sync that begins from now on counts for it. Where its program tells when it came, on the
 * machine's own clock in milliseconds (`hrtimeMs`), a sync that began after that counts. This process has seen none before its own
 * beginning, which is the 0 of its clock.
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
