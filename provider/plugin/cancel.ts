import { setMaxListeners } from "node:events";
import { CwpError } from "../api/errors";

class Cancelled extends CwpError {
  constructor() {
    super("Cancelled", "The operation was cancelled.", "never");
  }
}

/** The engine's Cancel, which arrives at the first Ctrl-C, and at every normal end. */
export class Cancellation {
  private controller = newController();

  /** Ends what is under way, and what begins after it. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  cancel(): void {
    this.controller.abort(new Cancelled());
  }

  /** Prepares for the next engine: a process that a developer has started serves several in turn. */
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
