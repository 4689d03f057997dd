/** What the choice of credentials is made from. */
import type { StsConnection } from "../../api/sts";
import type { Environment, Settings } from "../config";
import type { ProfilePlaces } from "./places";

/** Settings, and what follows from them for every source. */
export interface Given {
  readonly settings: Settings;
  readonly env: Environment;
  readonly sts: StsConnection;
  readonly places: ProfilePlaces;
  readonly metadataUrl: string;
}
