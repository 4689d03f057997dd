import * as cwp from "pulumi-tencentcloud-cwp";

// Asked whenever the program runs, also in a preview. It never starts a sync.
const status = cwp.getMachineSyncStatusOutput();

export const state = status.state;
export const LatestStartTime = status.latestStartTime;
export const LatestEndTime = status.latestEndTime;
