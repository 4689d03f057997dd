import type { SyncStatus } from "../../../provider/cwp/status";
import { type Call, MachineSyncs } from "../../../provider/wait/loop";
import { Pace } from "../../../provider/wait/pace";
import { VirtualClock } from "../../virtualClock";
import { Account, type AccountOptions } from "./account";

/** One hour, in milliseconds. */
export const HOUR = 3_600_000;

/** How a call ended, and when. */
export interface Outcome {
  at: number;
  status?: SyncStatus;
  error?: unknown;
}

/** The machine syncs of one emulated account, and calls to them, in virtual time. */
export class Scene {
  readonly clock = new VirtualClock();
  readonly account: Account;
  readonly syncs: MachineSyncs;

  constructor(options: Omit<AccountOptions, "clock">) {
    this.account = new Account({ clock: this.clock, ...options });
    this.syncs = new MachineSyncs(this.account, new Pace(this.clock), this.clock, () => 0);
  }

  /** Calls at a moment, all of moment 0 in one turn of the event loop; the outcome is filled in when the call has ended. */
  call(at: number, call: Partial<Call> = {}): Outcome {
    const outcome: Outcome = { at: Number.NaN };
    void (at > 0 ? this.clock.sleep(at) : Promise.resolve())
      .then(() => this.syncs.call({ goal: "finished", timeoutMs: HOUR, ...call }))
      .then(
        (status) => Object.assign(outcome, { at: this.clock.now(), status }),
        (error: unknown) => Object.assign(outcome, { at: this.clock.now(), error }),
      );
    return outcome;
  }

  get triggers(): number[] {
    return this.account.sent.filter(({ sync }) => sync).map(({ at }) => at);
  }

  get requests(): number[] {
    return this.account.sent.map(({ at }) => at);
  }

  run(): Promise<void> {
    return this.clock.run();
  }
}
