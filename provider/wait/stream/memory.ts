import type { AccountAnswer } from "../run/wait";

/**
 * The service writes times in whole seconds: a run within the same second as the one before would leave the
 * same record.
 */
const RECORD_MS = 1_000;

/** What this process has seen of an account, beyond what each wait knows. It only makes a wait stricter. */
export class Memory {
  /** Until when a new run would leave the same record as the one before it. */
  recordNewUntil = Number.NEGATIVE_INFINITY;
  /** The service has answered. */
  hasAnswered = false;
  private account: string | undefined;
  private newestStart = "";

  /** The newest start that was seen of the account, if it is the one that answered last; else "". */
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
