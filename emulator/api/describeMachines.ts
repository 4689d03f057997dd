import type { Host, World } from "../world/world";
import { type Action, type Note, signedBy } from "./action";
import { Fields, wrongType, wrongValue } from "./fields";

/** The kinds of machine that CWP tells apart. */
export const machineTypes = ["CVM", "BM", "ECM", "LH", "Other"] as const;

type HostFilter = (host: Host) => boolean;

/** The DescribeMachines action: the account's machines of one type and region, a page of `Limit` (default 10, at most 100). */
export const describeMachines: Action = {
  name: "DescribeMachines",
  requestsPerSecond: 20,
  carryOut: (call, { worldOf }) => listMachines(call.parameters, worldOf(signedBy(call).account), call.note),
};

function listMachines(parameters: unknown, world: World, note: Note): object {
  const fields = new Fields(parameters, [
    "MachineType",
    "MachineRegion",
    "Limit",
    "Offset",
    "Filters",
    "ProjectIds",
    "MachineAppId",
  ]);
  fields.requiredString("MachineType");
  const machineType = fields.oneOf("MachineType", machineTypes);
  const region = fields.requiredString("MachineRegion");
  const limit = fields.integer("Limit", 100) ?? 10;
  const offset = fields.integer("Offset") ?? 0;
  const filters = (fields.list("Filters") ?? []).map(readFilter);
  // Hosts of the emulator belong to no project and no other app: these two are checked and change nothing.
  fields.list("ProjectIds");
  fields.integer("MachineAppId");

  const found = world
    .machines()
    .filter((host) => host.machineType === machineType && host.region === region)
    .filter((host) => filters.every((matches) => matches(host)));
  note(`found ${found.length}`);
  return { Machines: found.slice(offset, offset + limit).map(machine), TotalCount: found.length };
}

/** Filters by instance id, name or address, of the many that CWP has. */
function readFilter(value: unknown): HostFilter {
  const fields = new Fields(value, ["Name", "Values", "ExactMatch"]);
  const name = fields.requiredString("Name");
  const values = fields.list("Values") ?? [];
  if (!values.every((one) => typeof one === "string")) {
    throw wrongType("Filters.Values", "a list of strings");
  }
  fields.boolean("ExactMatch");
  switch (name) {
    case "InstanceIds":
      return (host) => values.includes(host.id);
    case "Names":
      return (host) => values.includes(host.name);
    case "Ips":
      return (host) => values.includes(host.ip);
    default:
      throw wrongValue("Filters.Name", "one of InstanceIds, Names, Ips, which the emulator knows");
  }
}

/** A machine as CWP describes one on which its agent is not installed. */
function machine(host: Host): object {
  return {
    MachineName: host.name,
    MachineOs: "TencentOS Server 3.1 (TK4)",
    MachineStatus: "UNINSTALLED",
    AgentStatus: "UNINSTALLED",
    InstanceStatus: "RUNNING",
    Uuid: "",
    Quuid: host.id,
    VulNum: 0,
    MachineIp: host.ip,
    IsProVersion: false,
    MachineWanIp: "",
    PayMode: "POSTPAY",
    MalwareNum: 0,
    Tag: [],
    BaselineNum: 0,
    CyberAttackNum: 0,
    SecurityStatus: "UNKNOWN",
    InvasionNum: 0,
    RegionInfo: { Region: host.region, RegionName: host.region },
    LicenseStatus: 0,
    ProjectId: 0,
    HasAssetScan: 0,
    MachineType: host.machineType,
    ProtectType: "BASIC_VERSION",
    CloudTags: [],
    IsAddedOnTheFifteen: 1,
    IpList: host.ip,
    InstanceId: host.id,
    Remark: "",
  };
}
