/** Hosts, as JSON describes them. */
import { machineTypes } from "../api/describeMachines";
import { Fields, readEach } from "../api/fields";
import { given } from "../api/given";
import type { NewHost } from "../world/world";

/** Reads one host or a list of them. Throws a WrongField. */
export function readHosts(value: unknown): NewHost[] {
  return Array.isArray(value) ? readEach(value, readHost) : [readHost(value)];
}

function readHost(value: unknown): NewHost {
  const fields = new Fields(value, ["id", "name", "ip", "region", "machineType"]);
  return given({
    id: fields.requiredString("id"),
    name: fields.string("name"),
    ip: fields.string("ip"),
    region: fields.string("region"),
    machineType: fields.oneOf("machineType", machineTypes),
  });
}
