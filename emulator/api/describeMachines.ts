/** The DescribeMachines action: the account's machines of one type and region, page by page. */
import type { Host } from "../world/hosts";
import { type Action, signedBy } from "./action";
import { Fields } from "./fields";
import { readFilter } from "./machineFilters";

/** The kinds of machine that CWP distinguishes. */
export const machineTypes = ["CVM", "BM", "ECM", "LH", "Other"] as const;

/** The MachineRegion that means all regions. */
const ALL_REGIONS = "all-regions";

const MOST_MACHINES = 100;

export const describeMachines: Action = {
  name: "DescribeMachines",
  requestsPerSecond: 20,
  carryOut(call, { worldOf }) {
    const world = worldOf(signedBy(call).account);
    const { region, machineType, limit, offset, filters } = readParameters(call.parameters);
    const { looseFilters = false } = world.faults;
    const passes = filters.map((filter) => readFilter(filter, looseFilters));
    const machines = world
      .machines()
      .filter(
        (host) => host.machineType === machineType && (region === ALL_REGIONS || host.region === region),
      )
      .filter((host) => passes.every((pass) => pass(host)));
    call.note(`found ${machines.length}`);
    return {
      Machines: machines.slice(offset, offset + limit).map(describeMachine),
      TotalCount: machines.length,
    };
  },
};

function readParameters(parameters: unknown) {
  const fields = new Fields(parameters, [
    "MachineType",
    "MachineRegion",
    "Limit",
    "Offset",
    "Filters",
    "ProjectIds",
    "MachineAppId",
  ]);
  // Hosts of the emulator belong to no project and no other app: these two are checked and change nothing.
  fields.list("ProjectIds");
  fields.integer("MachineAppId");
  fields.requiredString("MachineType");
  return {
    machineType: fields.oneOf("MachineType", machineTypes),
    region: fields.requiredString("MachineRegion"),
    limit: fields.integer("Limit", MOST_MACHINES) ?? 10,
    offset: fields.integer("Offset") ?? 0,
    filters: fields.list("Filters") ?? [],
  };
}

function describeMachine(host: Host): object {
  const isInstalled = host.agentStatus !== "UNINSTALLED";
  return {
    MachineName: host.name,
    MachineOs: "TencentOS Server 3.1 (TK4)",
    MachineStatus: host.machineStatus,
    AgentStatus: host.agentStatus,
    InstanceStatus: host.instanceStatus,
    Uuid: host.uuid,
    Quuid: host.quuid,
    VulNum: 0,
    MachineIp: host.ip,
    IsProVersion: host.protectType === "PRO_VERSION",
    MachineWanIp: host.publicIp,
    PayMode: "POSTPAY",
    MalwareNum: 0,
    Tag: [],
    BaselineNum: 0,
    CyberAttackNum: 0,
    SecurityStatus: "UNKNOWN",
    InvasionNum: 0,
    RegionInfo: { Region: host.region, RegionName: host.region, RegionNameEn: host.region },
    InstanceState: "NORMAL",
    LicenseStatus: 0,
    ProjectId: 0,
    HasAssetScan: 0,
    MachineType: host.machineType,
    KernelVersion: "",
    ProtectType: host.protectType,
    CloudTags: [],
    IsAddedOnTheFifteen: 1,
    IpList: [host.ip, host.publicIp].filter((ip) => ip !== "").join(","),
    VpcId: host.vpcId,
    MachineExtraInfo: {
      WanIP: host.publicIp,
      PrivateIP: host.ip,
      NetworkType: 1,
      NetworkName: host.vpcId,
      InstanceID: host.id,
      HostName: host.name,
    },
    InstanceId: host.id,
    Remark: "",
    AgentVersion: isInstalled ? "1.0" : "",
  };
}
