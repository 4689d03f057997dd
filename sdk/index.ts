export { type AssumeRole, MachineSync, type MachineSyncArgs } from "./machineSync";
export {
  type GetMachineSyncStatusArgs,
  getMachineSyncStatus,
  getMachineSyncStatusOutput,
  type MachineSyncStatus,
} from "./status";
