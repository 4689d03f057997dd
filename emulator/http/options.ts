import type { Account } from "../api/keys";
import type { CamRole, Role } from "../api/roles";
import type { Faults } from "../world/faults";

/** The key pair that the emulator accepts by default. It is no secret: no other service accepts it. */
export const emulatorAccount: Account = {
  secretId: "AKIDemulator0000000000000000000000",
  secretKey: "emulatorsecretkey00000000000000",
};

/** The options of an emulator. */
export interface EmulatorOptions {
  /** The TCP port on 127.0.0.1. Default 0: any free one. */
  readonly port?: number;
  /** The key pairs to accept, at least one. Default: `emulatorAccount` alone. */
  readonly accounts?: readonly Account[];
  /** The length of a sync, in seconds; may be fractional, may be 0. Default 2. */
  readonly syncSeconds?: number;
  /** The faults of the CWP of every account from the start. Default: none. */
  readonly faults?: Faults;
  /** The roles that STS lets one assume. Default: none. */
  readonly roles?: readonly Role[];
  /** The role bound to the machine, as the metadata service has it. Default: none. */
  readonly camRole?: CamRole;
  /** Called with one line for each request to the API or the metadata service. Default: nothing is logged. */
  readonly log?: (line: string) => void;
}
