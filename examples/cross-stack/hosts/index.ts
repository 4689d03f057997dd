import * as cwp from "pulumi-tencentcloud-cwp";

// Your hosts come here, and their ids into `triggers`: examples/after-hosts shows how.
const sync = new cwp.MachineSync("machines", { triggers: ["ins-web", "ins-db"] });

export const LatestStartTime = sync.latestStartTime;
export const LatestEndTime = sync.latestEndTime;
