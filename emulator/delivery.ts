import { Failure } from "./failure";
import type { GatewayFault } from "./faults";
import { type Answer, failureAnswer } from "./gateway";

/** What reaches the client of an answer. */
export interface Delivery {
  readonly requestId: string;
  /** What the log says: the State, an error code, OK, or the fault's name. */
  readonly outcome: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** `whole`: all of it; `half`: the connection breaks in the middle; `reset`: nothing; `never`: not even an end. */
  readonly extent: "whole" | "half" | "reset" | "never";
  readonly delaySeconds: number;
}

/** Decides what reaches the client under a fault, if any. `carryOut` is called only when the request is carried out. */
export function deliver(fault: GatewayFault | undefined, carryOut: () => Answer): Delivery {
  if (fault === undefined) {
    return sendAnswer(carryOut());
  }
  if ("delaySeconds" in fault) {
    return { ...sendAnswer(carryOut()), delaySeconds: fault.delaySeconds };
  }
  if ("truncate" in fault) {
    return { ...sendAnswer(carryOut()), outcome: "truncate", extent: "half" };
  }
  if ("loseAnswer" in fault) {
    return { ...sendAnswer(carryOut()), outcome: "loseAnswer", extent: "reset" };
  }
  if ("error" in fault) {
    return sendAnswer(failureAnswer(new Failure(fault.error, fault.message ?? "Injected by the emulator.")));
  }
  if ("http" in fault) {
    const body = fault.body ?? "The gateway is not well.";
    return {
      ...send(`http ${fault.http}`, body),
      status: fault.http,
      contentType: "text/plain; charset=utf-8",
    };
  }
  if ("html" in fault) {
    const page = "<!DOCTYPE html><html><body><h1>Please log in to the network</h1></body></html>";
    return { ...send("html", page), contentType: "text/html; charset=utf-8" };
  }
  if ("empty" in fault) {
    return send("empty", "");
  }
  if ("body" in fault) {
    return send("body", fault.body);
  }
  return "reset" in fault
    ? { ...send("reset", ""), extent: "reset" }
    : { ...send("hang", ""), extent: "never" };
}

function sendAnswer({ requestId, outcome, body }: Answer): Delivery {
  return { ...send(outcome, body), requestId };
}

/** The content type is exactly this one: some clients look for errors only then. */
function send(outcome: string, body: string): Delivery {
  return {
    requestId: "",
    outcome,
    status: 200,
    contentType: "application/json",
    body,
    extent: "whole",
    delaySeconds: 0,
  };
}
