import type { World } from "../world/world";
import { describeMachines } from "./describeMachines";
import { Fields } from "./fields";

/**
 * Carries out one action on an account, and returns what its `Response` holds beside the RequestId. `note` is told in words
 * what the log should say of it. Throws a Failure.
 */
export type Action = (parameters: unknown, world: World, note: (words: string) => void) => object;

/** The actions of CWP's API 2018-02-28 that the emulator knows. */
export const cwpActions: ReadonlyMap<string, Action> = new Map([
  ["SyncMachines", syncMachines],
  ["DescribeMachines", describeMachines],
]);

function syncMachines(parameters: unknown, world: World, note: (words: string) => void): object {
  const fields = new Fields(parameters, ["Sync"]);
  return world.syncMachines(fields.boolean("Sync") ?? false, note);
}
