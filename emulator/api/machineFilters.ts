/** The filters of DescribeMachines. */
import type { Host } from "../world/hosts";
import { Fields, wrongType, wrongValue } from "./fields";

/** Returns true if a host passes the filter. */
export type HostFilter = (host: Host) => boolean;

/** A kind of filter: its values, and its comparison. */
interface FilterKind {
  /** The number of values that it takes. Default: 1, since the service knows no "or" within a filter. */
  readonly mostValues?: number;
  /** The possible values. Default: any text. */
  readonly choices?: readonly string[];
  /**
   * Returns true if the host has the value. `matches` compares as the service does now: wholly or loosely.
   */
  readonly passes: (host: Host, value: string, matches: (text: string, part: string) => boolean) => boolean;
}

const kinds: ReadonlyMap<string, FilterKind> = new Map<string, FilterKind>([
  ["InstanceIds", { passes: ({ id }, value, matches) => matches(id, value) }],
  ["Names", { passes: ({ name }, value, matches) => matches(name, value) }],
  ["Ips", { passes: ({ ip, publicIp }, value, matches) => matches(ip, value) || matches(publicIp, value) }],
  [
    "Keywords",
    {
      passes: ({ id, name, ip, publicIp }, value) =>
        [id, name, ip, publicIp].some((text) => text.includes(value)),
    },
  ],
  ["Quuid", { mostValues: 100, passes: ({ quuid }, value) => quuid === value }],
  [
    "Version",
    {
      choices: ["BASIC_VERSION", "PRO_VERSION", "Flagship", "ProtectedMachines"],
      passes: ({ protectType }, value) =>
        protectType === value ||
        (value === "ProtectedMachines" && ["PRO_VERSION", "Flagship"].includes(protectType)),
    },
  ],
  [
    "AgentStatus",
    {
      choices: ["ALL", "ONLINE", "OFFLINE", "UNINSTALLED"],
      passes: ({ agentStatus }, value) => value === "ALL" || agentStatus === value,
    },
  ],
  [
    "MachineStatus",
    {
      choices: ["ALL", "RUNNING", "STOPPED", "EXPIRED"],
      passes: ({ instanceStatus }, value) => value === "ALL" || instanceStatus === value,
    },
  ],
  // Hosts of the emulator are all new, at no risk, and have no tag.
  ["AddedOnTheFifteen", { choices: ["1"], passes: () => true }],
  ["Risk", { choices: ["yes"], passes: () => false }],
  ["TagId", { passes: () => false }],
]);

/** Reads one filter. `loosely`: a text matches when it only contains the value. Throws a WrongField. */
export function readFilter(value: unknown, loosely: boolean): HostFilter {
  const fields = new Fields(value, ["Name", "Values", "ExactMatch"]);
  const kind = kinds.get(fields.requiredString("Name"));
  const values = readValues(fields);
  fields.boolean("ExactMatch");
  if (kind === undefined) {
    throw wrongValue("Filters.Name", `one of ${[...kinds.keys()].join(", ")}, which the emulator knows`);
  }
  const { mostValues = 1, choices, passes } = kind;
  if (values.length === 0 || values.length > mostValues) {
    throw wrongValue("Filters.Values", mostValues === 1 ? "one value" : `1 to ${mostValues} values`);
  }
  if (choices !== undefined && !values.every((one) => choices.includes(one))) {
    throw wrongValue("Filters.Values", `one of ${choices.join(", ")}`);
  }
  const matches = (text: string, part: string) => (loosely ? text.includes(part) : text === part);
  return (host) => values.some((one) => passes(host, one, matches));
}

function readValues(fields: Fields): string[] {
  const values = fields.list("Values") ?? [];
  return values.map((one) => {
    if (typeof one !== "string") {
      throw wrongType("Filters.Values", "a list of strings");
    }
    return one;
  });
}
