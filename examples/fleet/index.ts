import * as pulumi from "@pulumi/pulumi";
import * as cwp from "pulumi-tencentcloud-cwp";
import { StandInHost } from "./standInHost";

const count = new pulumi.Config().getNumber("hosts") ?? 20;

// With a real account, these are your instances: `new tencentcloud.Instance(name, { … })`.
const hosts = Array.from({ length: count }, (_, index) => new StandInHost(`host-${index + 1}`));

// One for all hosts, since one sync reads the account's whole machine list.
const sync = new cwp.MachineSync("machines", { hosts: hosts.map((host) => host.id) });

export const LatestStartTime = sync.latestStartTime;
export const LatestEndTime = sync.latestEndTime;

// A sync installs no agent: these hosts still need one.
export const withoutAgent = sync.machines.apply((machines) =>
  machines.filter(({ agentStatus }) => agentStatus !== "ONLINE").map(({ instanceId }) => instanceId),
);
