import type { StsConnection } from "../../api/sts";
import type { Environment, Settings } from "../config";
import type { ProfilePlaces } from "./places";
import type { AssumeRole } from "./role";

/** The arguments of a resource that choose the credentials. They count before all settings. */
export interface SignerArgs {
  readonly profile?: string | undefined;
  readonly assumeRole?: AssumeRole | undefined;
}

/** The arguments and settings, and the values that every source derives from them. */
export interface Given {
  readonly args: SignerArgs;
  readonly settings: Settings;
  readonly env: Environment;
  readonly sts: StsConnection;
  readonly places: ProfilePlaces;
  readonly metadataUrl: string;
}
