import * as pulumi from "@pulumi/pulumi";
import * as cwp from "pulumi-tencentcloud-cwp";
import { StandInHost } from "./standInHost";

const names = new pulumi.Config().getObject<string[]>("hosts") ?? ["web", "db"];

// With a real account, these are your instances: `new tencentcloud.Instance(name, { … })`.
const hosts = names.map((name) => new StandInHost(name));

const sync = new cwp.MachineSync(
  "machines",
  {
    // A host more, or another host in its place: CWP reads the machine list again.
    triggers: hosts.map((host) => host.id),
  },
  { dependsOn: hosts, customTimeouts: { create: "20m", update: "20m" } },
);

export const LatestStartTime = sync.latestStartTime;
export const LatestEndTime = sync.latestEndTime;
