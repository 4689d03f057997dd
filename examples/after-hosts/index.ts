import * as pulumi from "@pulumi/pulumi";
import * as cwp from "pulumi-tencentcloud-cwp";
import { StandInHost } from "./standInHost";

const names = new pulumi.Config().getObject<string[]>("hosts") ?? ["web", "db"];

// With a real account, these are your instances: `new tencentcloud.Instance(name, { … })`.
const hosts = names.map((name) => new StandInHost(name));

// Done when CWP lists each host. A new host, or another host in its place, starts a sync.
const sync = new cwp.MachineSync(
  "machines",
  { hosts: hosts.map((host) => host.id) },
  { customTimeouts: { create: "20m", update: "20m" } },
);

export const LatestStartTime = sync.latestStartTime;
export const LatestEndTime = sync.latestEndTime;

// CWP's other actions name a host by its quuid. The example license passes each one to a resource.
export const quuids = sync.machines.apply((machines) => machines.map(({ quuid }) => quuid));
