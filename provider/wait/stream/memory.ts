import type { AccountAnswer } from "../run/wait";

/**
 * The service writes times in whole seconds: a run within the same second as the one before would leave the
 * same record.
 */
const RECORD_MS = 1_000;

/**
 * The knowledge of this process about an account, beside that of each wait. It only makes a wait stricter.
 */
export class Memory {
  /** Until this moment, a new run would leave the same record as the run before it. */
  recordNewUntil = Number.NEGATIVE_INFINITY;
  /** The service has answered. */
  hasAnswered = false;
  private account: string | undefined;
  private newestStart = "";

  /** Returns the newest start of the account if it is the account that answered last; else "". */
  newestStartOf(account: string): string {
    return account === this.account ? this.newestStart : "";
  }

  record({ account, status, at }: AccountAnswer): void {
    const { latestStartTime } = status;
    const before = this.newestStartOf(account);
    if (this.account === account && latestStartTime > before) {
      this.recordNewUntil = at + RECORD_MS;
    }
    this.hasAnswered = true;
    this.newestStart = latestStartTime > before ? latestStartTime : before;
    this.account = account;
  }
}
