import * as cwp from "pulumi-tencentcloud-cwp";

// With a real account, these are the ids of your instances: examples/after-hosts shows how.
const sync = new cwp.MachineSync("machines", { hosts: ["ins-web", "ins-db"] });

export const LatestStartTime = sync.latestStartTime;
export const LatestEndTime = sync.latestEndTime;
export const machines = sync.machines;
