/**
 * The exports for a Pulumi program: the resource and the status function.
 *
 * ```ts
 * import * as cwp from "pulumi-tencentcloud-cwp";
 *
 * const sync = new cwp.MachineSync("machines", {
 *   hosts: [web.id, db.id],
 * }, { customTimeouts: { create: "20m", update: "20m" } });
 *
 * const before = await cwp.getMachineSyncStatus();
 * ```
 *
 * @module pulumi-tencentcloud-cwp
 */
// Types apart: Pulumi's own TypeScript, 3.8, which runs a program without its own, cannot read `type` within
// braces.
export type { SyncState } from "../provider/cwp/status";
export type { AssumeRole, Machine, MachineSyncArgs } from "./machineSync";
export { MachineSync } from "./machineSync";
export type { GetMachineSyncStatusArgs, GetMachineSyncStatusOutputArgs, MachineSyncStatus } from "./status";
export { getMachineSyncStatus, getMachineSyncStatusOutput } from "./status";
