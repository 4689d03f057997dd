import { Failure } from "./failure";
import type { Faults } from "./faults";
import { type Host, Hosts, type HostView, type NewHost } from "./hosts";
import { type DueSync, milliseconds, Runs } from "./runs";
import { describeFaults, type Run, type SyncStatus, showStatus } from "./status";

/** The options of a world. */
export interface WorldOptions {
  /** The world's clock: milliseconds since the epoch, never backwards. */
  readonly now: () => number;
  /** The length of a sync, in seconds; may be fractional, may be 0. */
  readonly syncSeconds: number;
  /** Its faults from the start. Default: none. */
  readonly faults?: Faults;
}

/**
 * One account's CWP: its hosts, its syncs, its faults, and the answers of SyncMachines.
 *
 * The world has no timers. Each call first catches up with the clock, so that equal calls at equal moments
 * have equal answers.
 */
export class World {
  private readonly syncs: Runs;
  private readonly known = new Hosts();
  private present: Faults = {};
  private random: () => number = seededRandom();
  private deaf = 0;
  private nextAnswerIsTrue = true;

  constructor({ now, syncSeconds, faults = {} }: WorldOptions) {
    this.syncs = new Runs(now, syncSeconds);
    this.begin(faults, foreignSyncs(faults));
  }

  /**
   * The SyncMachines action: starts a sync if `sync` is true and none is in progress, then answers the
   * status. Throws a Failure if the fault `busyTrigger` says so. `note` takes the effects of the faults.
   */
  syncMachines(sync: boolean, note?: (text: string) => void): SyncStatus {
    if (sync) {
      this.start(note);
    }
    const now = this.syncs.catchUp();
    const ageMs = sync || this.nextAnswerIsTrue ? 0 : this.staleness();
    this.nextAnswerIsTrue = false;
    if (note) {
      describeFaults(this.syncs.started, now, ageMs, this.present).forEach(note);
    }
    return showStatus(this.syncs.started, now - ageMs, this.present);
  }

  /**
   * Starts a sync as another pipeline does. During another sync it has no effect.
   *
   * @param seconds Its length; may be fractional. Default: the length of all syncs.
   */
  startForeignSync(seconds?: number): void {
    const atMs = this.syncs.catchUp();
    this.syncs.add({ atMs, by: "foreign", seconds });
    this.syncs.catchUp();
  }

  /** Adds a host. CWP lists it only after a sync that starts from now on has finished. */
  addHost(host: NewHost): void {
    this.syncs.catchUp();
    this.known.add(host, this.syncs.started.length);
  }

  /** The hosts that CWP lists: enough syncs that started after a host was added have finished. */
  machines(): Host[] {
    return this.hosts()
      .filter(({ visible }) => visible)
      .map(({ host }) => host);
  }

  /** Every host; `visible` is true if CWP lists it. */
  hosts(): HostView[] {
    const { laggingListSeconds = 0 } = this.present;
    const now = this.syncs.catchUp();
    return this.known.views(this.syncs.countFinished(now - milliseconds(laggingListSeconds)));
  }

  /** The syncs that have started, oldest first. */
  get runs(): readonly Run[] {
    this.syncs.catchUp();
    return [...this.syncs.started];
  }

  get faults(): Readonly<Faults> {
    return this.present;
  }

  /** Makes the next answer true, even under the fault `staleSeconds`, as the first answer was. */
  freshen(): void {
    this.nextAnswerIsTrue = true;
  }

  /** Replaces all faults. A sync in progress keeps its end; later syncs of other pipelines are replaced. */
  setFaults(faults: Faults): void {
    const now = this.syncs.catchUp();
    this.syncs.dropForeign();
    this.begin(
      faults,
      foreignSyncs(faults).filter(({ atMs }) => atMs >= now),
    );
  }

  /** Sets the length of syncs that start from now on, in seconds; may be fractional, may be 0. */
  setSyncSeconds(seconds: number): void {
    this.syncs.setSeconds(seconds);
  }

  private begin(faults: Faults, foreign: readonly DueSync[]): void {
    const { random, deafTriggers = 0, neverEnds = 0, backToBackSeconds } = faults;
    this.present = faults;
    this.random = random ?? seededRandom();
    this.deaf = deafTriggers;
    this.syncs.setEndless(neverEnds === true ? Number.POSITIVE_INFINITY : Number(neverEnds));
    this.syncs.setBackToBack(backToBackSeconds);
    this.syncs.add(...foreign);
  }

  private start(note: (text: string) => void = () => {}): void {
    const now = this.syncs.catchUp();
    const { busyTrigger, startLagSeconds = 0 } = this.present;
    if (this.syncs.isRunning(now)) {
      if (busyTrigger !== undefined && busyTrigger !== "join") {
        note("refused during a sync (fault)");
        throw new Failure(busyTrigger, "A machine sync is already in progress.");
      }
      note("already in progress, nothing new started");
      return;
    }
    if (this.deaf > 0) {
      this.deaf -= 1;
      note("nothing started (fault)");
      return;
    }
    if (startLagSeconds > 0) {
      note(`will start in ${startLagSeconds} s (fault)`);
    }
    this.syncs.add({ atMs: now + milliseconds(startLagSeconds), by: "trigger" });
  }

  private staleness(): number {
    const { staleSeconds = 0, staleAlways = false } = this.present;
    return staleSeconds === 0 ? 0 : milliseconds(staleSeconds * (staleAlways ? 1 : this.random()));
  }
}

function foreignSyncs({ foreignSyncs = [] }: Faults): DueSync[] {
  return foreignSyncs.map(({ atMs, seconds }) => ({ atMs, seconds, by: "foreign" }));
}

/** A linear congruential generator (Numerical Recipes' constants): the same draws in every world. */
function seededRandom(): () => number {
  let seed = 1;
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}
