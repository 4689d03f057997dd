import * as pulumi from "@pulumi/pulumi";
import * as cwp from "pulumi-tencentcloud-cwp";

const roleArn = new pulumi.Config().require("role");

// The account of the stack's own credentials.
const own = new cwp.MachineSync("own");

// Another account, by a role in it that trusts the first one. Its sync may start some seconds later.
const other = new cwp.MachineSync("other", { assumeRole: { roleArn } });

export const ownLatestEndTime = own.latestEndTime;
export const otherLatestEndTime = other.latestEndTime;
