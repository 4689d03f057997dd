import { Failure } from "./failure";
import type { Faults } from "./faults";
import { faultsSeen, type SyncStatus, showStatus } from "./status";

/** One machine sync. */
export interface Run {
  /** When it started, in the world's clock: milliseconds since the epoch. */
  readonly startMs: number;
  /** When it ends, likewise. May lie ahead, and is Infinity when it never ends. */
  readonly endMs: number;
  /** Who started it: a request with `Sync: true`, or somebody else. */
  readonly by: "trigger" | "foreign";
}

/** A host to add to an account. */
export interface NewHost {
  /** The instance id. A host added under a known id is made anew: hidden until the next sync. */
  readonly id: string;
  /** The name to show. Default: the id. */
  readonly name?: string;
  /** The private address. Default: one in 10.0.0.0/8. */
  readonly ip?: string;
  /** Where it runs. Default `ap-guangzhou`. */
  readonly region?: string;
  /** What it is: CVM, BM, ECM, LH or Other. Default CVM. */
  readonly machineType?: string;
}

/** A host of an account, with the defaults filled in. */
export type Host = Required<NewHost>;

/** A host, and whether CWP knows it yet. */
export interface HostView {
  /** The host as it is. */
  readonly host: Host;
  /** Whether CWP shows it. */
  readonly visible: boolean;
}

/** What a world is made of. */
export interface WorldOptions {
  /** The world's clock: milliseconds since the epoch, never backwards. */
  readonly now: () => number;
  /** How long a triggered sync takes, in seconds; may be fractional, may be 0. */
  readonly syncSeconds: number;
  /** How it misbehaves from the start. Default: not at all. */
  readonly faults?: Faults;
}

/** A sync that starts at `atMs`, unless another one is going then. */
interface DueSync {
  readonly atMs: number;
  readonly by: Run["by"];
  /** Default: the world's own sync time. */
  readonly seconds?: number;
}

/**
 * One account's CWP: the hosts it has, the syncs that ran, and what SyncMachines says of them.
 *
 * The world has no timers. Each call first catches up with the clock, so that equal calls at equal moments have equal
 * answers. Two syncs never run at once: one that would start during another starts nothing.
 */
export class World {
  readonly #now: () => number;
  readonly #hosts = new Map<string, { host: Host; runsBefore: number }>();
  readonly #runs: Run[] = [];
  #due: DueSync[];
  #syncSeconds: number;
  #faults: Faults;
  #random: () => number;
  #deafLeft: number;
  #endlessLeft: number;
  #nextAnswerIsTrue = true;

  /** @param options Its clock, how long syncs take, and its faults. */
  constructor({ now, syncSeconds, faults = {} }: WorldOptions) {
    this.#now = now;
    this.#syncSeconds = syncSeconds;
    this.#due = foreignSyncs(faults);
    ({ random: this.#random, deaf: this.#deafLeft, endless: this.#endlessLeft } = begin(faults));
    this.#faults = faults;
  }

  /**
   * The SyncMachines action: answers the status, after starting a sync when `sync` is true and none is going.
   * Throws the Failure FailedOperation when the fault `busyTrigger` says so. `note` is told in words what the faults did.
   */
  syncMachines(sync: boolean, note?: (words: string) => void): SyncStatus {
    if (sync) {
      this.#trigger(note);
    }
    const now = this.#catchUp();
    const ageMs = sync || this.#nextAnswerIsTrue ? 0 : this.#staleness();
    this.#nextAnswerIsTrue = false;
    if (note) {
      faultsSeen(this.#runs, now, ageMs, this.#faults).forEach(note);
    }
    return showStatus(this.#runs, now - ageMs, this.#faults);
  }

  /**
   * Somebody else starts a sync now. During a run it starts nothing.
   *
   * @param seconds How long it takes; may be fractional. Default: as long as a triggered one.
   */
  startForeignSync(seconds: number = this.#syncSeconds): void {
    const now = this.#catchUp();
    this.#due.push({ atMs: now, by: "foreign", seconds });
    this.#catchUp();
  }

  /**
   * A host comes to be. CWP shows it only once a sync that starts from now on has finished.
   *
   * @param host What is not given of it has a default.
   */
  addHost({ id, name, ip, region, machineType }: NewHost): void {
    this.#catchUp();
    const number = this.#hosts.size + 1;
    const host: Host = {
      id,
      name: name ?? id,
      ip: ip ?? `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`,
      region: region ?? "ap-guangzhou",
      machineType: machineType ?? "CVM",
    };
    this.#hosts.set(id, { host, runsBefore: this.#runs.length });
  }

  /** The hosts that CWP shows: those for which a sync that started after they were added has finished. */
  machines(): Host[] {
    return this.hosts()
      .filter(({ visible }) => visible)
      .map(({ host }) => host);
  }

  /** Every host, with whether CWP shows it. */
  hosts(): HostView[] {
    const now = this.#catchUp();
    return [...this.#hosts.values()].map(({ host, runsBefore }) => ({
      host,
      visible: this.#runs.slice(runsBefore).some(({ endMs }) => endMs <= now),
    }));
  }

  /** The syncs that have started, oldest first. */
  get runs(): readonly Run[] {
    this.#catchUp();
    return [...this.#runs];
  }

  /** The next answer is true, also under the fault `staleSeconds`, as the first one was. */
  freshen(): void {
    this.#nextAnswerIsTrue = true;
  }

  /** Replaces all faults. A run that is going keeps its end; syncs of somebody else's still to come are replaced. */
  setFaults(faults: Faults): void {
    const now = this.#catchUp();
    const triggered = this.#due.filter(({ by }) => by === "trigger");
    this.#due = [...triggered, ...foreignSyncs(faults).filter(({ atMs }) => atMs >= now)];
    ({ random: this.#random, deaf: this.#deafLeft, endless: this.#endlessLeft } = begin(faults));
    this.#faults = faults;
  }

  /** Says how long syncs take that start from now on, in seconds; may be fractional, may be 0. */
  setSyncSeconds(seconds: number): void {
    this.#catchUp();
    this.#syncSeconds = seconds;
  }

  #trigger(note: (words: string) => void = () => {}): void {
    const now = this.#catchUp();
    const { busyTrigger, startLagSeconds = 0 } = this.#faults;
    if (this.#isRunning(now)) {
      if (busyTrigger === "FailedOperation") {
        note("refused during a sync, as told");
        throw new Failure("FailedOperation", "Operation failed: a machine sync is already going.");
      }
      note("already going, nothing new started");
      return;
    }
    if (this.#deafLeft > 0) {
      this.#deafLeft -= 1;
      note("nothing started, as told");
      return;
    }
    if (startLagSeconds > 0) {
      note(`will start in ${startLagSeconds} s, as told`);
    }
    this.#due.push({ atMs: now + milliseconds(startLagSeconds), by: "trigger" });
  }

  /** Starts the syncs whose time has come, and returns the present moment. */
  #catchUp(): number {
    const now = this.#now();
    const due = this.#due.filter(({ atMs }) => atMs <= now).sort((a, b) => a.atMs - b.atMs);
    this.#due = this.#due.filter(({ atMs }) => atMs > now);
    for (const { atMs, by, seconds } of due) {
      if (!this.#isRunning(atMs)) {
        this.#runs.push({ startMs: atMs, endMs: atMs + this.#duration(by, seconds), by });
      }
    }
    return now;
  }

  #isRunning(ms: number): boolean {
    const latest = this.#runs.at(-1);
    return latest !== undefined && ms < latest.endMs;
  }

  #duration(by: Run["by"], seconds = this.#syncSeconds): number {
    if (by === "trigger" && this.#endlessLeft > 0) {
      this.#endlessLeft -= 1;
      return Number.POSITIVE_INFINITY;
    }
    return milliseconds(seconds);
  }

  #staleness(): number {
    const { staleSeconds = 0, staleAlways = false } = this.#faults;
    return staleSeconds === 0 ? 0 : milliseconds(staleSeconds * (staleAlways ? 1 : this.#random()));
  }
}

/** What a world counts down, or draws from, under these faults. */
function begin({ random, deafTriggers = 0, neverEnds = 0 }: Faults) {
  return {
    random: random ?? seededRandom(),
    deaf: deafTriggers,
    endless: neverEnds === true ? Number.POSITIVE_INFINITY : Number(neverEnds),
  };
}

function foreignSyncs({ foreignSyncs = [] }: Faults): DueSync[] {
  return foreignSyncs.map(({ atMs, seconds }) => ({ atMs, seconds, by: "foreign" }));
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** A linear congruential generator (Numerical Recipes' constants): the same draws in every world. */
function seededRandom(): () => number {
  let seed = 1;
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}
