import { CwpError } from "../cwp/errors";
import type { SyncStatus } from "../cwp/status";

/** What a caller knows of a run that it could not see the end of: enough to go on waiting for the same run later. */
export interface UnfinishedRun {
  /** The status that the run comes after, as the service gave it before the run was triggered. */
  readonly state: "NOTASK" | "FINISHED";
  readonly latestStartTime: string;
  readonly latestEndTime: string;
  /** Whether the run has been seen. */
  readonly shown: boolean;
}

/** A wait that ended without the end of a run. `unfinished` is there once a sync has been asked for. */
export class WaitError extends CwpError {
  constructor(
    code: string,
    message: string,
    requestId: string,
    readonly unfinished?: UnfinishedRun,
    /** The last status that was seen. */
    readonly last?: SyncStatus,
  ) {
    super(code, message, "never", requestId);
    this.name = "WaitError";
  }
}
