import { CwpError } from "../../api/errors";
import type { SyncStatus } from "../../cwp/status";

/**
 * A run whose end a wait has not seen: enough to wait for the same run later. The state of a stack keeps it,
 * so its form never changes, but for what is added.
 */
export interface UnfinishedRun {
  /** The status before the run, as the service gave it before the run began. */
  readonly state: SyncStatus["state"];
  readonly latestStartTime: string;
  readonly latestEndTime: string;
  /** True if the run has been seen. */
  readonly shown: boolean;
  /**
   * The account that runs it (a fingerprint: see SignedResponse). Version 0.1.0 kept none: then it is not
   * known whose run it is.
   */
  readonly account?: string;
}

/**
 * A wait that ended without the end of a run. `unfinished` is present once a sync has been asked for, or has
 * shown.
 */
export class WaitError extends CwpError {
  constructor(
    code: string,
    message: string,
    requestId: string,
    readonly unfinished?: UnfinishedRun,
    /** The last status that was seen, and the account that gave it. */
    readonly last?: SyncStatus,
    readonly account?: string,
  ) {
    super(code, message, "never", requestId);
    this.name = "WaitError";
  }
}
