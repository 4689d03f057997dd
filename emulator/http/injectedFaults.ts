/** Faults of single requests. */
import type { ActionName } from "../api/action";
import type { RequestKind } from "../api/claims";

/** A fault of one request, between the client and the service. */
export type GatewayFault =
  | {
      /** An API error with this code; the request is not carried out. Not for the metadata service. */
      readonly error: string;
      /** The error's message. Default: "Injected by the emulator." */
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
      /** No answer, until the client gives up; the request is not carried out. */
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
      /**
       * This body with status 200, as JSON, or as text from the metadata service; the request is not carried
       * out.
       */
      readonly body: string;
    };

/** The requests that a gateway fault hits. */
export interface Injection {
  /** The number of requests that it hits. Default 1. */
  readonly times?: number;
  /**
   * Their kind, the name of an action, or `any` for every API request; `metadata` for requests to the
   * metadata service. Default `any`.
   */
  readonly on?: RequestKind | ActionName | "metadata" | "any";
  /** The number of matching requests that pass unharmed before. Default 0. */
  readonly after?: number;
}

/** The pending gateway faults. A request gets the first fault that hits it. */
export class FaultScript {
  private entries: { fault: GatewayFault; on: string; after: number; times: number }[] = [];

  /** Throws an Error for a fault that the metadata service cannot have. */
  add(fault: GatewayFault, { times = 1, on = "any", after = 0 }: Injection = {}): void {
    if (on === "metadata" && "error" in fault) {
      throw new Error("The metadata service has no error codes: expected another fault, such as http.");
    }
    this.entries.push({ fault, on: on === "trigger" ? "start" : on, after, times });
  }

  /** Takes the fault for the next request, which has these names. Returns undefined if there is none. */
  take(names: readonly string[]): GatewayFault | undefined {
    this.entries = this.entries.filter(({ times }) => times > 0);
    for (const entry of this.entries) {
      if (!names.includes(entry.on)) {
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
