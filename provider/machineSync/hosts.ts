import type { Machine } from "../cwp/describeMachines";

/* The argument `hosts` and the output `machines`. */

interface WithHosts {
  /** In a preview, the whole list may be the text that stands for an unknown value. */
  readonly hosts?: readonly string[] | string;
}

interface WithMachines {
  readonly machines?: readonly Machine[];
}

/** The ids that the argument names, each once. */
export function hostsOf({ hosts = [] }: WithHosts): string[] {
  return [...new Set(typeof hosts === "string" ? [hosts] : hosts)];
}

/** Both name the same hosts, in any order. */
export function sameHosts(olds: WithHosts, news: WithHosts): boolean {
  return addedHosts(olds, news).length === 0 && addedHosts(news, olds).length === 0;
}

export function addedHosts(olds: WithHosts, news: WithHosts): string[] {
  const before = new Set(hostsOf(olds));
  return hostsOf(news).filter((id) => !before.has(id));
}

/**
 * The hosts that the state has no machine of: they are new, or CWP did not list them when it was asked last.
 */
export function unlistedHosts(olds: WithMachines, news: WithHosts): string[] {
  const listed = machinesBefore(olds);
  return hostsOf(news).filter((id) => !listed.has(id));
}

/** The machines that the state has, by instance id. */
export function machinesBefore({ machines = [] }: WithMachines): Map<string, Machine> {
  return new Map(machines.map((machine) => [machine.instanceId, machine]));
}

/** The machines of the hosts that are listed, in the order of `hosts`. Without hosts it is empty. */
export function machinesOf(
  { hosts = [] }: { readonly hosts?: readonly string[] },
  listed: ReadonlyMap<string, Machine>,
): Machine[] {
  return hosts.flatMap((id) => listed.get(id) ?? []);
}
