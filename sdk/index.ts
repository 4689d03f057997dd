/**
 * What a Pulumi program imports: the resource and the status function.
 *
 * ```ts
 * import * as cwp from "pulumi-tencentcloud-cwp";
 *
 * const sync = new cwp.MachineSync("machines", {
 *   triggers: [web.id, db.id],
 * }, { dependsOn: [web, db], customTimeouts: { create: "20m", update: "20m" } });
 *
 * const before = await cwp.getMachineSyncStatus();
 * ```
 *
 * @module pulumi-tencentcloud-cwp
 */
export { type AssumeRole, MachineSync, type MachineSyncArgs } from "./machineSync";
export {
  type GetMachineSyncStatusArgs,
  type GetMachineSyncStatusOutputArgs,
  getMachineSyncStatus,
  getMachineSyncStatusOutput,
  type MachineSyncStatus,
} from "./status";
