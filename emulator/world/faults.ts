/**
 * How an account's CWP misbehaves. Every field is optional; an absent one is healthy. All durations are in seconds of the
 * world's clock and may be fractional.
 */
export interface Faults {
  /**
   * A trigger is accepted, but its run starts, and shows as SYNCING, only this much later. Until then every answer, that
   * to the trigger included, shows the old status. A run of somebody else's that is going at that moment takes its place.
   */
  startLagSeconds?: number;
  /**
   * An answer to `Sync: false` may show the status as it was up to this long ago, as from a replica that lags; just after
   * a trigger that is the status of before the trigger. The world's first answer, and the first after `World.freshen()`,
   * is always true. How old an answer is: `random() * staleSeconds`, drawn for each request.
   */
  staleSeconds?: number;
  /** Every answer that may be stale is `staleSeconds` old, with no draw. */
  staleAlways?: boolean;
  /** Draws for `staleSeconds`, from 0 up to but not 1. Default: a generator with a fixed seed. */
  random?: () => number;
  /** The service forgets a task that has finished: NOTASK in place of FINISHED, beside the finished run's times. */
  forgets?: boolean;
  /** LatestStartTime and LatestEndTime are always empty. */
  emptyTimes?: boolean;
  /** This many triggered runs never end; true: none ever does. */
  neverEnds?: number | boolean;
  /** The first so many triggers sent to an idle account are accepted but start nothing. */
  deafTriggers?: number;
  /**
   * What a trigger does during a run. `join` (default): it starts nothing and answers the present status.
   * `FailedOperation`: it is refused with that code.
   */
  busyTrigger?: "join" | "FailedOperation";
  /** The state changes at once, but LatestStartTime and LatestEndTime follow only this much later. */
  laggingTimesSeconds?: number;
  /** What to answer as State, whatever the true state, such as `PAUSED`. */
  unknownState?: string;
  /**
   * Syncs that somebody else starts. One that falls into a run starts nothing. Those given to a new world may lie in its
   * past, as its history; when faults are set later, those already past are ignored.
   */
  foreignSyncs?: readonly ForeignSync[];
}

/** A sync that somebody else starts. */
export interface ForeignSync {
  /** When it starts, in the world's clock: milliseconds since the epoch. */
  readonly atMs: number;
  /** How long it takes, in seconds; may be fractional. */
  readonly seconds: number;
}

/** What goes wrong with one request, between the client and CWP. */
export type GatewayFault =
  | {
      /** An API error with this code; the request is not carried out. */
      readonly error: string;
      /** The error's message. Default: that the emulator injected it. */
      readonly message?: string;
    }
  | {
      /** An answer with this HTTP status and a text in place of JSON; the request is not carried out. */
      readonly http: number;
      /** The text of the answer. Default: a sentence. */
      readonly body?: string;
    }
  | {
      /** A web page with status 200, as from a captive portal; the request is not carried out. */
      readonly html: true;
    }
  | {
      /** The request is carried out, but the connection breaks in the middle of its answer. */
      readonly truncate: true;
    }
  | {
      /** Status 200 and an empty body; the request is not carried out. */
      readonly empty: true;
    }
  | {
      /** The connection is reset before an answer; the request is not carried out. */
      readonly reset: true;
    }
  | {
      /** No answer, until the client goes; the request is not carried out. */
      readonly hang: true;
    }
  | {
      /** The request is carried out at once and answered so many (real) seconds later. */
      readonly delaySeconds: number;
    }
  | {
      /** The request is carried out, then the connection is reset. */
      readonly loseAnswer: true;
    }
  | {
      /** This body with status 200, as JSON; the request is not carried out. */
      readonly body: string;
    };

/**
 * A kind of request. `trigger`: SyncMachines with `Sync: true`; `sts`: AssumeRole and AssumeRoleWithWebIdentity; `read`: any
 * other request.
 */
export type RequestKind = "trigger" | "read" | "sts";

/** Which requests a gateway fault hits. */
export interface Injection {
  /** How many requests it hits. Default 1. */
  readonly times?: number;
  /** Of which kind they are. Default `any`. */
  readonly on?: RequestKind | "any";
  /** How many matching requests pass unharmed before it hits. Default 0. */
  readonly after?: number;
}

/** The gateway faults still to come. A request gets the first one that hits it. */
export class FaultScript {
  #entries: { fault: GatewayFault; on: RequestKind | "any"; after: number; times: number }[] = [];

  add(fault: GatewayFault, { times = 1, on = "any", after = 0 }: Injection = {}): void {
    this.#entries.push({ fault, on, after, times });
  }

  /** The fault for the next request, which is used up; undefined when all goes well. */
  take(kind: RequestKind): GatewayFault | undefined {
    this.#entries = this.#entries.filter(({ times }) => times > 0);
    for (const entry of this.#entries) {
      if (entry.on !== "any" && entry.on !== kind) {
        continue;
      }
      if (entry.after === 0) {
        entry.times -= 1;
        return entry.fault;
      }
      entry.after -= 1;
    }
    return undefined;
  }
}
