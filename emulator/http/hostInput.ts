/** Hosts, as JSON describes them. */
import { machineTypes } from "../api/describeMachines";
import { readEach } from "../api/fields";
import { choice, flag, readObject, requiredText, text, wholeNumber } from "../api/readObject";
import type { NewHost } from "../world/hosts";

/** Reads one host or a list of them. Throws a WrongField. */
export function readHosts(value: unknown): NewHost[] {
  return Array.isArray(value) ? readEach(value, readHost) : [readHost(value)];
}

function readHost(value: unknown): NewHost {
  return readObject(value, {
    id: requiredText,
    name: text,
    ip: text,
    publicIp: text,
    region: text,
    machineType: choice(machineTypes),
    quuid: text,
    uuid: text,
    agentStatus: choice(["ONLINE", "OFFLINE", "UNINSTALLED"]),
    machineStatus: choice(["ONLINE", "OFFLINE", "SHUTDOWN", "UNINSTALLED"]),
    instanceStatus: choice(["RUNNING", "STOPPED", "EXPIRED"]),
    protectType: choice(["BASIC_VERSION", "PRO_VERSION", "Flagship", "GENERAL_DISCOUNT"]),
    vpcId: text,
    syncsNeeded: wholeNumber,
    neverListed: flag,
  });
}
