import { type Connection, connect } from "../cwp/client";
import { systemClock } from "../wait/clock";
import { MachineSyncs } from "../wait/loop";
import { Pace } from "../wait/pace";

const pace = new Pace(systemClock);
const accounts = new Map<string, MachineSyncs>();

/**
 * The syncs of one account, shared by all that runs in this process. The identity of the credentials tells apart all that the
 * settings can make differ, so two accounts never share a stream.
 */
export function machineSyncsOf(connection: Connection): MachineSyncs {
  const { protocol, host, region, credentials } = connection;
  const key = JSON.stringify([protocol, host, region, credentials.identity]);
  const known = accounts.get(key) ?? new MachineSyncs(connect(connection), pace, systemClock);
  accounts.set(key, known);
  return known;
}
