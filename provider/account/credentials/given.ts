/** What the choice of credentials is made from. */
import type { StsConnection } from "../../api/sts";
import type { Environment, Settings } from "../config";
import type { ProfilePlaces } from "./places";
import type { AssumeRole } from "./role";

/** The arguments of a resource that say who signs. They come before all settings. */
export interface SignerArgs {
  readonly profile?: string | undefined;
  readonly assumeRole?: AssumeRole | undefined;
}

/** Arguments and settings, and what follows from them for every source. */
export interface Given {
  readonly args: SignerArgs;
  readonly settings: Settings;
  readonly env: Environment;
  readonly sts: StsConnection;
  readonly places: ProfilePlaces;
  readonly metadataUrl: string;
}
