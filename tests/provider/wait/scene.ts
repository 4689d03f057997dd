import type { SyncStatus } from "../../../provider/cwp/status";
import { Arrivals } from "../../../provider/wait/arrivals";
import { type Call, SyncLoop } from "../../../provider/wait/loop";
import { Turns } from "../../../provider/wait/turns";
import { VirtualClock } from "../../virtualClock";
import { Account, type AccountOptions } from "./account";

/** One hour, in milliseconds. */
export const HOUR = 3_600_000;

/** How a call ended, and when. */
export interface Outcome {
  at: number;
  status?: SyncStatus;
  error?: unknown;
  /** Resolves when it has, well or not. */
  ended: Promise<void>;
}

/** The machine syncs of one emulated account, and calls to them, in virtual time. */
export class Scene {
  readonly clock = new VirtualClock();
  readonly account: Account;
  readonly arrivals = new Arrivals();
  readonly loop: SyncLoop;

  /**
   * `random` draws the numbers of the loop's pace. Default: always 0, which is the longest back-off and no
   * pause.
   */
  constructor({ random = () => 0, ...options }: Omit<AccountOptions, "clock"> & { random?: () => number }) {
    this.account = new Account({ clock: this.clock, ...options });
    this.loop = new SyncLoop(this.account, {
      turns: new Turns(this.clock),
      clock: this.clock,
      arrivals: this.arrivals,
      random,
    });
  }

  /**
   * Calls at a moment, all of moment 0 in one turn of the event loop; the outcome is filled in when the call
   * has ended.
   */
  call(at: number, call: Partial<Call> = {}): Outcome {
    return this.callAt(at, () => call);
  }

  /** The inputs of a resource are accepted at a moment. */
  check(urn: string, at: number): void {
    void this.after(at).then(() => this.arrivals.arrived(urn, this.clock.now()));
  }

  /** Creates a resource at a moment: it came when its inputs were last accepted. */
  create(urn: string, at: number, call: Partial<Call> = {}): Outcome {
    return this.callAt(at, () => ({ ...call, came: this.arrivals.take(urn) }));
  }

  private callAt(at: number, call: () => Partial<Call>): Outcome {
    const outcome: Outcome = { at: Number.NaN, ended: Promise.resolve() };
    outcome.ended = this.after(at)
      .then(() => this.loop.call({ goal: "finished", timeoutMs: HOUR, ...call() }))
      .then(
        (status) => void Object.assign(outcome, { at: this.clock.now(), status }),
        (error: unknown) => void Object.assign(outcome, { at: this.clock.now(), error }),
      );
    return outcome;
  }

  private after(ms: number): Promise<void> {
    return ms > 0 ? this.clock.sleep(ms) : Promise.resolve();
  }

  get starts(): number[] {
    return this.account.sent.filter(({ sync }) => sync).map(({ at }) => at);
  }

  get requests(): number[] {
    return this.account.sent.map(({ at }) => at);
  }

  run(): Promise<void> {
    return this.clock.run();
  }
}
