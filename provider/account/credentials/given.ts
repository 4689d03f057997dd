import type { StsConnection } from "../../cwp/sts";
import type { Environment, Settings } from "../config";
import type { ProfilePlaces } from "./places";

/** What the choice is made from. */
export interface Given {
  readonly settings: Settings;
  readonly env: Environment;
  readonly sts: StsConnection;
  readonly places: ProfilePlaces;
  readonly metadataUrl: string;
}
