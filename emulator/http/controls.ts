import type { Claims } from "../api/gateway";
import { accountName, type Keys } from "../api/keys";
import { FaultScript, type Faults, type GatewayFault, type Injection } from "../world/faults";
import { type Host, type NewHost, World } from "../world/world";

/** One request that the emulator received, in the order of arrival. */
export interface LoggedRequest extends Claims {
  /** When, in the emulated clock: milliseconds since the epoch. */
  readonly at: number;
  /** The RequestId of the answer; "" when it had none. */
  readonly requestId: string;
  /** The State, OK for another action, an error code, or the name of the gateway fault. */
  readonly answer: string;
}

/**
 * A running emulator. Where a `secretId` is optional, the first account is meant; an unknown one throws an Error.
 */
export interface Emulator {
  /** Where it listens: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The API requests so far, oldest first. Requests to the emulator's own paths are not among them. */
  readonly requests: readonly LoggedRequest[];
  /** Forgets the requests so far. */
  clearRequests(): void;
  /** The account's CWP. */
  world(secretId?: string): World;
  /** A host comes to be in an account. CWP shows it only once a sync that starts from now on has finished. */
  addHost(host: NewHost, secretId?: string): void;
  /** The hosts that CWP shows. */
  machines(secretId?: string): Host[];
  /** Makes API requests to come go wrong, whoever sends them. Default: the next one. */
  inject(fault: GatewayFault, injection?: Injection): void;
  /** Replaces the faults of an account's CWP; `{}` makes it healthy. */
  setFaults(faults: Faults, secretId?: string): void;
  /** Says how long syncs take that start from now on, in every account, in seconds; may be fractional, may be 0. */
  setSyncSeconds(seconds: number): void;
  /**
   * Moves the emulated clock of every account forward, by 0 seconds or more. Signatures, temporary credentials and the rate
   * limit keep to the real time.
   */
  advance(seconds: number): void;
  /** Ends all temporary credentials that STS and the metadata service have issued. New ones can be had at once. */
  expireTemporaryCredentials(): void;
  /** Closes at once, requests under way included. */
  stop(): Promise<void>;
}

/** What a running emulator lets a test, a demo or its own paths do with it. */
export class Controls implements Omit<Emulator, "url" | "stop"> {
  /** The gateway faults to come. */
  readonly script = new FaultScript();
  readonly #keys: Keys;
  readonly #worlds: ReadonlyMap<string, World>;
  #requests: LoggedRequest[] = [];
  #aheadMs = 0;

  constructor(keys: Keys, syncSeconds: number, faults: Faults) {
    this.#keys = keys;
    this.#worlds = new Map(
      [...keys.accountNames].map((name) => [name, new World({ now: () => this.now(), syncSeconds, faults })]),
    );
  }

  /** The emulated clock: milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  advance(seconds: number): void {
    if (!(seconds >= 0)) {
      throw new Error(`The clock cannot be moved by ${seconds} seconds: expected 0 or more.`);
    }
    this.#aheadMs += seconds * 1000;
  }

  world(secretId: string = this.#keys.first.secretId): World {
    const account = this.#keys.find(secretId);
    const world = account && this.#worlds.get(accountName(account));
    if (world === undefined) {
      throw new Error(`The emulator has no account with the secretId ${secretId}.`);
    }
    return world;
  }

  expireTemporaryCredentials(): void {
    this.#keys.endIssued();
  }

  addHost(host: NewHost, secretId?: string): void {
    this.world(secretId).addHost(host);
  }

  machines(secretId?: string): Host[] {
    return this.world(secretId).machines();
  }

  setFaults(faults: Faults, secretId?: string): void {
    this.world(secretId).setFaults(faults);
  }

  setSyncSeconds(seconds: number): void {
    for (const world of this.#worlds.values()) {
      world.setSyncSeconds(seconds);
    }
  }

  inject(fault: GatewayFault, injection?: Injection): void {
    this.script.add(fault, injection);
  }

  get requests(): readonly LoggedRequest[] {
    return this.#requests;
  }

  record(request: LoggedRequest): void {
    this.#requests.push(request);
  }

  clearRequests(): void {
    this.#requests = [];
  }
}
