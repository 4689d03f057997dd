/**
 * The SyncMachines action: starts a machine sync with `Sync: true`, and answers the status of the latest one.
 */
import { type Action, signedBy } from "./action";
import { Fields } from "./fields";

export const syncMachines: Action = {
  name: "SyncMachines",
  requestsPerSecond: 20,
  carryOut(call, { worldOf }) {
    const fields = new Fields(call.parameters, ["Sync"]);
    return worldOf(signedBy(call).account).syncMachines(fields.boolean("Sync") ?? false, call.note);
  },
};
