import type { Machine } from "../cwp/describeMachines";

/* The argument `hosts` and the output `machines`. */

interface WithHosts {
  /** In a preview, the whole list may be the text for an unknown value. */
  readonly hosts?: readonly string[] | string;
}

interface WithMachines {
  readonly machines?: readonly Machine[];
}

/** Returns the ids that the argument names, each once. */
export function hostsOf({ hosts = [] }: WithHosts): string[] {
  return [...new Set(typeof hosts === "string" ? [hosts] : hosts)];
}

/** Returns true if both name the same hosts, in any order. */
export function hasSameHosts(olds: WithHosts, news: WithHosts): boolean {
  return addedHosts(olds, news).length === 0 && addedHosts(news, olds).length === 0;
}

export function addedHosts(olds: WithHosts, news: WithHosts): string[] {
  const before = new Set(hostsOf(olds));
  return hostsOf(news).filter((id) => !before.has(id));
}

/**
 * Returns the hosts that the state has no machine of: they are new, or CWP did not list them at the last
 * look-up.
 */
export function unlistedHosts(olds: WithMachines, news: WithHosts): string[] {
  const listed = machinesBefore(olds);
  return hostsOf(news).filter((id) => !listed.has(id));
}

/** Returns the machines in the state, by instance id. */
export function machinesBefore({ machines = [] }: WithMachines): Map<string, Machine> {
  return new Map(machines.map((machine) => [machine.instanceId, machine]));
}

/** Returns the machines of the listed hosts, in the order of `hosts`; an empty list without hosts. */
export function machinesOf(
  { hosts = [] }: { readonly hosts?: readonly string[] },
  listed: ReadonlyMap<string, Machine>,
): Machine[] {
  return hosts.flatMap((id) => listed.get(id) ?? []);
}
