/** The APIs that the emulator knows, with all their actions. */
import type { Action, ActionName } from "./action";
import { assumeRole } from "./assumeRole";
import { assumeRoleWithSaml } from "./assumeRoleWithSaml";
import { assumeRoleWithWebIdentity } from "./assumeRoleWithWebIdentity";
import { describeMachines } from "./describeMachines";
import { getCallerIdentity } from "./getCallerIdentity";
import { getSessionToken } from "./getSessionToken";
import { syncMachines } from "./syncMachines";

/** One service's API, which its version identifies. */
export interface Api {
  readonly service: "CWP" | "STS";
  readonly version: string;
  /** True if Tencent Cloud documents X-TC-Region as required. */
  readonly needsRegion: boolean;
  readonly actions: readonly Action[];
}

export const apis: readonly Api[] = [
  {
    service: "CWP",
    version: "2018-02-28",
    needsRegion: false,
    actions: [syncMachines, describeMachines],
  },
  {
    service: "STS",
    version: "2018-08-13",
    needsRegion: true,
    actions: [assumeRole, assumeRoleWithSaml, assumeRoleWithWebIdentity, getCallerIdentity, getSessionToken],
  },
];

/** The actions that the emulator knows, of all its APIs. */
export const actionNames: readonly ActionName[] = apis.flatMap(({ actions }) =>
  actions.map(({ name }) => name),
);
