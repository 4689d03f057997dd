import type { SyncStatus } from "../../../provider/cwp/status";
import { type Call, SyncLoop } from "../../../provider/wait/stream/loop";
import { Neighbours } from "../../../provider/wait/stream/neighbours";
import { Turns } from "../../../provider/wait/stream/turns";
import { VirtualClock } from "../../virtualClock";
import { Account, type AccountOptions } from "./account";

/** One hour, in milliseconds. */
export const HOUR = 3_600_000;

/** The end of a call: its result and its time. */
export interface Outcome {
  at: number;
  status?: SyncStatus;
  error?: unknown;
  /** Resolves at the end, with success or without. */
  ended: Promise<void>;
}

/** The machine syncs of one emulated account, and calls to them, in virtual time. */
export class Scene {
  readonly clock = new VirtualClock();
  readonly account: Account;
  /** The URNs of resources that were checked, and whose create Pulumi has not asked for. */
  readonly checked = new Set<string>();
  readonly loop: SyncLoop;
  private readonly turns: Turns;
  private readonly neighbours = new Neighbours(this.checked);
  private readonly random: () => number;

  /**
   * `random` draws the numbers of the loop's pace. Default: always 0, the longest back-off and no pause.
   */
  constructor({ random = () => 0, ...options }: Omit<AccountOptions, "clock"> & { random?: () => number }) {
    this.account = new Account({ clock: this.clock, ...options });
    this.turns = new Turns(this.clock);
    this.random = random;
    this.loop = this.anotherLoop();
  }

  /** A loop on the account by other credentials. */
  anotherLoop(): SyncLoop {
    const { clock, turns, neighbours, random } = this;
    return new SyncLoop(this.account, { turns, clock, neighbours, random });
  }

  /**
   * Calls at a moment, all of moment 0 in one turn of the event loop; the outcome is filled in when the call
   * has ended.
   */
  call(at: number, call: Partial<Call> = {}, loop = this.loop): Outcome {
    const outcome: Outcome = { at: Number.NaN, ended: Promise.resolve() };
    outcome.ended = this.after(at)
      .then(() => loop.call({ goal: "finished", timeoutMs: HOUR, ...call }))
      .then(
        (status) => void Object.assign(outcome, { at: this.clock.now(), status }),
        (error: unknown) => void Object.assign(outcome, { at: this.clock.now(), error }),
      );
    return outcome;
  }

  /** A resource is checked at a moment. */
  check(urn: string, at: number): void {
    void this.after(at).then(() => this.checked.add(urn));
  }

  /** Creates a resource at a moment. */
  create(urn: string, at: number, call: Partial<Call> = {}): Outcome {
    void this.after(at).then(() => this.checked.delete(urn));
    return this.call(at, call);
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
