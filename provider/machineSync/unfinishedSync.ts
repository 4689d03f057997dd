import type { CwpError } from "../api/errors";
import type { Outputs } from "./outputs";

/**
 * Pulumi's partial failure: a sync was started and its end has not been seen. The resource stays in the state
 * with these outputs, and the next update waits for the run that they hold.
 */
export class UnfinishedSync extends Error {
  constructor(
    override readonly cause: CwpError,
    readonly outputs: Outputs,
  ) {
    super(cause.message);
    this.name = "UnfinishedSync";
  }
}
