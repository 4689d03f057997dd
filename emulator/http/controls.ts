import type { Keys } from "../api/keys";
import type { Faults } from "../world/faults";
import type { Host, HostView, NewHost } from "../world/hosts";
import type { Run } from "../world/status";
import { World } from "../world/world";
import type { Emulator } from "./emulator";
import { FaultScript, type GatewayFault, type Injection } from "./injectedFaults";
import type { LoggedRequest, MetadataRequest } from "./requestLog";

/** The controls of a running emulator: its accounts, its clock, its pending faults, and its log. */
export class Controls implements Omit<Emulator, "url" | "stop"> {
  /** The pending gateway faults. */
  readonly script = new FaultScript();
  private readonly worlds: ReadonlyMap<string, World>;
  private apiLog: LoggedRequest[] = [];
  private metadataLog: MetadataRequest[] = [];
  private aheadMs = 0;

  constructor(
    private readonly keys: Keys,
    syncSeconds: number,
    faults: Faults,
  ) {
    const now = () => this.now();
    this.worlds = new Map(keys.accountNames.map((name) => [name, new World({ now, syncSeconds, faults })]));
  }

  /** The emulated clock: milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.aheadMs;
  }

  advance(seconds: number): void {
    if (!(seconds >= 0)) {
      throw new Error(`The clock cannot be moved by ${seconds} seconds: expected 0 or more.`);
    }
    this.aheadMs += seconds * 1000;
  }

  /** @internal */
  world(secretId: string = this.keys.first.secretId): World {
    const key = this.keys.find(secretId);
    if (key === undefined) {
      throw new Error(`The emulator has no account with the secretId ${secretId}.`);
    }
    return this.worldOf(key.account);
  }

  /** The CWP of the account with this name. */
  worldOf(account: string): World {
    const world = this.worlds.get(account);
    if (world === undefined) {
      throw new Error(`The emulator has no account ${account}.`);
    }
    return world;
  }

  runs(secretId?: string): readonly Run[] {
    return this.world(secretId).runs;
  }

  startForeignSync(seconds?: number, secretId?: string): void {
    this.world(secretId).startForeignSync(seconds);
  }

  expireTemporaryCredentials(): void {
    this.keys.endIssued();
  }

  addHost(host: NewHost, secretId?: string): void {
    this.world(secretId).addHost(host);
  }

  hosts(secretId?: string): HostView[] {
    return this.world(secretId).hosts();
  }

  machines(secretId?: string): Host[] {
    return this.world(secretId).machines();
  }

  setFaults(faults: Faults, secretId?: string): void {
    this.world(secretId).setFaults(faults);
  }

  setSyncSeconds(seconds: number): void {
    for (const world of this.worlds.values()) {
      world.setSyncSeconds(seconds);
    }
  }

  inject(fault: GatewayFault, injection?: Injection): void {
    this.script.add(fault, injection);
  }

  get requests(): readonly LoggedRequest[] {
    return this.apiLog;
  }

  get metadataRequests(): readonly MetadataRequest[] {
    return this.metadataLog;
  }

  record(request: LoggedRequest): void {
    this.apiLog.push(request);
  }

  recordMetadata(request: MetadataRequest): void {
    this.metadataLog.push(request);
  }

  clearRequests(): void {
    this.apiLog = [];
    this.metadataLog = [];
  }
}
