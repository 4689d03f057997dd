/** What the engine's Cancel does: it comes at the first Ctrl-C, and at every normal end. */
import { setMaxListeners } from "node:events";
import { CwpError } from "../api/errors";

class Cancelled extends CwpError {
  constructor() {
    super("Cancelled", "The operation was cancelled.", "never");
  }
}

export class Cancellation {
  private controller = newController();

  /** Ends what is under way, and what begins after it. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  cancel(): void {
    this.controller.abort(new Cancelled());
  }

  /** For the next engine: a process that a developer has started serves one after the other. */
  renew(): void {
    if (this.controller.signal.aborted) {
      this.controller = newController();
    }
  }
}

function newController(): AbortController {
  const controller = new AbortController();
  // Each resource that waits listens to it.
  setMaxListeners(0, controller.signal);
  return controller;
}
