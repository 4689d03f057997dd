/** What a running emulator lets a test or a demo do with it. */
import type { Faults } from "../world/faults";
import type { Host, HostView, NewHost } from "../world/hosts";
import type { Run } from "../world/status";
import type { World } from "../world/world";
import type { GatewayFault, Injection } from "./injectedFaults";
import type { LoggedRequest, MetadataRequest } from "./requestLog";

/**
 * A running emulator. Where a `secretId` is optional, the first account is meant; an unknown one throws an
 * Error.
 */
export interface Emulator {
  /** Where it listens: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The API requests so far, oldest first. Requests to the emulator's own paths are not among them. */
  readonly requests: readonly LoggedRequest[];
  /** The requests to the metadata service so far, oldest first. */
  readonly metadataRequests: readonly MetadataRequest[];
  /** Forgets the requests so far, also those to the metadata service. */
  clearRequests(): void;
  /** @internal The account's CWP, for the tests of this repository. */
  world(secretId?: string): World;
  /** The syncs of the account that have started, oldest first. */
  runs(secretId?: string): readonly Run[];
  /**
   * Somebody else starts a sync now; during another one it starts nothing. `seconds` is how long it takes.
   * Default: as long as the others.
   */
  startForeignSync(seconds?: number, secretId?: string): void;
  /** A host comes to be in an account. CWP lists it only once a sync that starts from now on has finished. */
  addHost(host: NewHost, secretId?: string): void;
  /** Every host of the account, with whether CWP lists it. */
  hosts(secretId?: string): HostView[];
  /** The hosts that CWP lists. */
  machines(secretId?: string): Host[];
  /** Makes requests to come go wrong, whoever sends them. Default: the next API request. */
  inject(fault: GatewayFault, injection?: Injection): void;
  /** Replaces the faults of an account's CWP; `{}` makes it healthy. */
  setFaults(faults: Faults, secretId?: string): void;
  /**
   * Says how long syncs take that start from now on, in every account, in seconds; may be fractional, may be
   * 0.
   */
  setSyncSeconds(seconds: number): void;
  /**
   * Moves the emulated clock of every account forward, by 0 seconds or more. Signatures, temporary
   * credentials and the rate limit keep to the real time.
   */
  advance(seconds: number): void;
  /**
   * Ends all temporary credentials that STS and the metadata service have issued. New ones can be had at
   * once.
   */
  expireTemporaryCredentials(): void;
  /** Closes at once, requests under way included. */
  stop(): Promise<void>;
}
