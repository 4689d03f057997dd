import type { Faults } from "../world/faults";
import type { Host, HostView, NewHost } from "../world/hosts";
import type { Run } from "../world/status";
import type { World } from "../world/world";
import type { GatewayFault, Injection } from "./injectedFaults";
import type { LoggedRequest, MetadataRequest } from "./requestLog";

/**
 * A running emulator. Without an optional `secretId`, the first account is meant; an unknown `secretId`
 * throws an Error.
 */
export interface Emulator {
  /** Its URL: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The API requests so far, oldest first. Requests to the emulator's own paths are not among them. */
  readonly requests: readonly LoggedRequest[];
  /** The requests to the metadata service so far, oldest first. */
  readonly metadataRequests: readonly MetadataRequest[];
  /** Forgets the requests so far, also the requests to the metadata service. */
  clearRequests(): void;
  /** @internal The account's CWP, for the tests of this repository. */
  world(secretId?: string): World;
  /** The syncs of the account that have started, oldest first. */
  runs(secretId?: string): readonly Run[];
  /**
   * Starts a sync as another pipeline does; during a sync it has no effect. `seconds` is its length. Default:
   * the length of all syncs.
   */
  startForeignSync(seconds?: number, secretId?: string): void;
  /** Adds a host to an account. CWP lists it only after a sync that starts from now on has finished. */
  addHost(host: NewHost, secretId?: string): void;
  /** Every host of the account; `visible` is true if CWP lists it. */
  hosts(secretId?: string): HostView[];
  /** The hosts that CWP lists. */
  machines(secretId?: string): Host[];
  /** Injects a fault into later requests of any client. Default: into the next API request. */
  inject(fault: GatewayFault, injection?: Injection): void;
  /** Replaces the faults of an account's CWP; `{}` makes it healthy. */
  setFaults(faults: Faults, secretId?: string): void;
  /**
   * Sets the length of syncs that start from now on, in every account, in seconds; may be fractional, may be
   * 0.
   */
  setSyncSeconds(seconds: number): void;
  /**
   * Moves the emulated clock of every account forward, by 0 seconds or more. Signatures, temporary
   * credentials and the rate limit use the real time.
   */
  advance(seconds: number): void;
  /**
   * Ends all temporary credentials that STS and the metadata service have issued. They issue new credentials
   * at once.
   */
  expireTemporaryCredentials(): void;
  /** Closes at once, with the requests in progress. */
  stop(): Promise<void>;
}
