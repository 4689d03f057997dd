import { type Answer, failureAnswer } from "../api/gateway";
import { Failure } from "../world/failure";
import type { GatewayFault } from "../world/faults";

/** What reaches the client of an answer. */
export interface Delivery {
  readonly requestId: string;
  /** What the log says: the State, an error code, OK, or the fault's name. */
  readonly outcome: string;
  /** The same and more, for a person who reads the log. */
  readonly words: string;
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
    const { delaySeconds } = fault;
    return { ...sendAnswer(carryOut(), `answered ${delaySeconds} s late, as told`), delaySeconds };
  }
  if ("truncate" in fault) {
    const answer = sendAnswer(carryOut(), "answer cut in the middle, as told");
    return { ...answer, outcome: "truncate", extent: "half" };
  }
  if ("loseAnswer" in fault) {
    const answer = sendAnswer(carryOut(), "answer lost, as told");
    return { ...answer, outcome: "loseAnswer", extent: "reset" };
  }
  if ("error" in fault) {
    const failure = new Failure(fault.error, fault.message ?? "Injected by the emulator.");
    return { ...sendAnswer(failureAnswer(failure)), words: `${fault.error}, as told` };
  }
  if ("http" in fault) {
    const body = fault.body ?? "The gateway is not well.";
    return {
      ...send(`http ${fault.http}`, `HTTP ${fault.http}, as told`, body),
      status: fault.http,
      contentType: "text/plain; charset=utf-8",
    };
  }
  if ("html" in fault) {
    const page = "<!DOCTYPE html><html><body><h1>Please log in to the network</h1></body></html>";
    return { ...send("html", "a web page, as told", page), contentType: "text/html; charset=utf-8" };
  }
  if ("empty" in fault) {
    return send("empty", "an empty answer, as told", "");
  }
  if ("body" in fault) {
    return send("body", "another body, as told", fault.body);
  }
  return "reset" in fault
    ? { ...send("reset", "connection reset, as told", ""), extent: "reset" }
    : { ...send("hang", "no answer, as told", ""), extent: "never" };
}

function sendAnswer({ requestId, outcome, words, body }: Answer, fault?: string): Delivery {
  return { ...send(outcome, [words, ...(fault ? [fault] : [])].join("; "), body), requestId };
}

/** The content type is exactly this one: some clients look for errors only then. */
function send(outcome: string, words: string, body: string): Delivery {
  return {
    requestId: "",
    outcome,
    words,
    status: 200,
    contentType: "application/json",
    body,
    extent: "whole",
    delaySeconds: 0,
  };
}
