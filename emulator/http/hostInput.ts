/** Hosts, as JSON describes them. */
import { machineTypes } from "../api/describeMachines";
import { Fields, readEach } from "../api/fields";
import { given } from "../api/given";
import type { NewHost } from "../world/hosts";

/** Reads one host or a list of them. Throws a WrongField. */
export function readHosts(value: unknown): NewHost[] {
  return Array.isArray(value) ? readEach(value, readHost) : [readHost(value)];
}

function readHost(value: unknown): NewHost {
  const fields = new Fields(value, [
    "id",
    "name",
    "ip",
    "publicIp",
    "region",
    "machineType",
    "quuid",
    "uuid",
    "agentStatus",
    "machineStatus",
    "instanceStatus",
    "protectType",
    "vpcId",
    "syncsNeeded",
    "neverListed",
  ]);
  return given({
    id: fields.requiredString("id"),
    name: fields.string("name"),
    ip: fields.string("ip"),
    publicIp: fields.string("publicIp"),
    region: fields.string("region"),
    machineType: fields.oneOf("machineType", machineTypes),
    quuid: fields.string("quuid"),
    uuid: fields.string("uuid"),
    agentStatus: fields.oneOf("agentStatus", ["ONLINE", "OFFLINE", "UNINSTALLED"]),
    machineStatus: fields.oneOf("machineStatus", ["ONLINE", "OFFLINE", "SHUTDOWN", "UNINSTALLED"]),
    instanceStatus: fields.oneOf("instanceStatus", ["RUNNING", "STOPPED", "EXPIRED"]),
    protectType: fields.oneOf("protectType", [
      "BASIC_VERSION",
      "PRO_VERSION",
      "Flagship",
      "GENERAL_DISCOUNT",
    ]),
    vpcId: fields.string("vpcId"),
    syncsNeeded: fields.integer("syncsNeeded"),
    neverListed: fields.boolean("neverListed"),
  });
}
