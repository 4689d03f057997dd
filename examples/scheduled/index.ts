import * as cwp from "pulumi-tencentcloud-cwp";

// Another value in every run of the program, so that every `pulumi up` syncs.
const now = new Date().toISOString();

const sync = new cwp.MachineSync("machines", { triggers: [now] });

export const LatestStartTime = sync.latestStartTime;
export const LatestEndTime = sync.latestEndTime;
