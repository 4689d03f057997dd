import * as pulumi from "@pulumi/pulumi";

// The stack of the same name in the other project: dev reads from dev.
const hosts = new pulumi.StackReference(`${pulumi.getOrganization()}/cross-stack-hosts/${pulumi.getStack()}`);

// `requireOutput` fails if there is no such output; with `getOutput` it would be undefined.
export const machinesReadFrom = hosts.requireOutput("LatestStartTime");
export const machinesReadUntil = hosts.requireOutput("LatestEndTime");

/** The quuid of each host, by its instance id. */
export const quuids = hosts
  .requireOutput("machines")
  .apply((machines: { instanceId: string; quuid: string }[]) =>
    Object.fromEntries(machines.map(({ instanceId, quuid }) => [instanceId, quuid])),
  );
