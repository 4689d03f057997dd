import * as pulumi from "@pulumi/pulumi";
import * as cwp from "pulumi-tencentcloud-cwp";
import { StandInHost } from "./standInHost";
import { StandInLicense } from "./standInLicense";

const names = new pulumi.Config().getObject<string[]>("hosts") ?? ["web", "db"];

// With a real account, these are your instances: `new tencentcloud.Instance(name, { … })`.
const hosts = names.map((name) => new StandInHost(name));

// Done when CWP lists each host.
const sync = new cwp.MachineSync(
  "machines",
  { hosts: hosts.map((host) => host.id) },
  { customTimeouts: { create: "20m", update: "20m" } },
);

/** What CWP calls a host. By its id, since another order of the hosts alone leaves `machines` as it was. */
function quuidOf(host: StandInHost): pulumi.Output<string> {
  return pulumi.all([host.id, sync.machines]).apply(([id, machines]) => {
    const machine = machines.find(({ instanceId }) => instanceId === id);
    if (!machine) {
      throw new Error(`CWP does not list ${id}.`);
    }
    return machine.quuid;
  });
}

// With a real account, this is your licence: `new tencentcloud.CwpLicenseBindAttachment(name, { quuid, … })`.
const licenses = hosts.map((host, i) => new StandInLicense(`license-${names[i]}`, quuidOf(host)));

export const licensed = licenses.map(({ machineName }) => machineName);
