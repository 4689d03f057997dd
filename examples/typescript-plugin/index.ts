import * as pulumi from "@pulumi/pulumi";
import * as cwp from "@pulumi/tencentcloud-cwp";

const config = new pulumi.Config();

// The stack's own account: the config `tencentcloud-cwp:…`, else the environment, else the files of tccli.
const here = new cwp.MachineSync("here", { hosts: ["ins-web", "ins-db"] });

// Another account. In a program of yours, `profile` or `assumeRole` may name it.
const prod = new cwp.Provider("prod", {
  secretId: config.require("prodSecretId"),
  secretKey: config.requireSecret("prodSecretKey"),
  endpoint: new pulumi.Config("tencentcloud-cwp").get("endpoint"),
});
const there = new cwp.MachineSync("there", {}, { provider: prod });

export const LatestEndTime = here.latestEndTime;
export const LatestEndTimeOfProd = there.latestEndTime;

// CWP's other actions name a host by its quuid.
export const quuids = here.machines.apply((machines) => machines.map(({ quuid }) => quuid));
