import * as pulumi from "@pulumi/pulumi";
import * as cwp from "pulumi-tencentcloud-cwp";

const hosts = new pulumi.Config().requireObject<string[]>("hosts");

const sync = new cwp.MachineSync("machines", { hosts });

export const LatestStartTime = sync.latestStartTime;
export const LatestEndTime = sync.latestEndTime;
