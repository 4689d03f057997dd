import type { Told } from "./wait";

/**
 * The service writes times in whole seconds: a run within the same second as the one before would leave the
 * same record.
 */
const RECORD_MS = 1_000;

/** How many requests are remembered: many more than the waits of an `up` send. */
const MOST_REMEMBERED = 500;

/** What this process has seen of an account, beyond what each wait knows. */
export class Memory {
  /** Until when a new run would leave the same record as the one before it. */
  recordNewUntil = Number.NEGATIVE_INFINITY;
  /** The service has answered. */
  hasAnswered = false;
  /** "" where there has never been a run; undefined before an answer. */
  private newestStart: string | undefined;
  private account: string | undefined;
  private told: Told[] = [];

  /** What was asked and answered, for those whose resources came before their waits begin. */
  get history(): readonly Told[] {
    return this.told;
  }

  /**
   * The newest start that was seen of this account, when it is the one that answered last; "" where none was.
   */
  newestStartOf(account: string): string {
    return (account === this.account && this.newestStart) || "";
  }

  keep(told: Told): void {
    if (this.account !== told.account && !(told.outcome instanceof Error)) {
      this.account = told.account;
      this.newestStart = undefined;
      this.told = [];
    }
    this.told.push(told);
    this.told = this.told.slice(-MOST_REMEMBERED);
    if (!(told.outcome instanceof Error)) {
      const { status, at } = told.outcome;
      this.hasAnswered = true;
      if (this.newestStart !== undefined && status.latestStartTime > this.newestStart) {
        this.recordNewUntil = at + RECORD_MS;
      }
      if (this.newestStart === undefined || status.latestStartTime > this.newestStart) {
        this.newestStart = status.latestStartTime;
      }
    }
  }
}
