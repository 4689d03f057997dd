import { machineTypes } from "../api/describeMachines";
import { Fields, readEach } from "../api/fields";
import type { NewHost } from "../world/world";

/** Reads one host or a list of them. Throws a WrongField. */
export function readHosts(value: unknown): NewHost[] {
  return Array.isArray(value) ? readEach(value, readHost) : [readHost(value)];
}

function readHost(value: unknown): NewHost {
  const fields = new Fields(value, ["id", "name", "ip", "region", "machineType"]);
  const id = fields.requiredString("id");
  const name = fields.string("name");
  const ip = fields.string("ip");
  const region = fields.string("region");
  const machineType = fields.oneOf("machineType", machineTypes);
  return {
    id,
    ...(name !== undefined && { name }),
    ...(ip !== undefined && { ip }),
    ...(region !== undefined && { region }),
    ...(machineType !== undefined && { machineType }),
  };
}
