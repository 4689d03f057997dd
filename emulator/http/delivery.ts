import { type Answer, failureAnswer } from "../api/answer";
import { Failure } from "../world/failure";
import type { GatewayFault } from "./injectedFaults";

/** An answer of the API or of the metadata service. */
export interface Reply {
  readonly requestId: string;
  /** The log's word for it: the State, an error code, OK, or the fault's name. */
  readonly outcome: string;
  readonly carriedOut: boolean;
  /** The outcome and more, for a person who reads the log. */
  readonly summary: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** The part of an answer that reaches the client. */
export interface Delivery extends Reply {
  /**
   * `whole`: all of it; `half`: the connection breaks in the middle; `reset`: nothing; `never`: not even an
   * end.
   */
  readonly extent: "whole" | "half" | "reset" | "never";
  readonly delaySeconds: number;
}

/** The exact content type without which some clients ignore errors. */
const JSON_TYPE = "application/json";

/** An answer of the API, which has status 200 even if it is an error. */
export function apiReply({ requestId, outcome, carriedOut, summary, body }: Answer): Reply {
  return { requestId, outcome, carriedOut, summary, status: 200, contentType: JSON_TYPE, body };
}

/** An answer of the metadata service: a text, an object as JSON, or undefined for a 404. */
export function metadataReply(path: string, answer: string | object | undefined): Reply {
  const isText = typeof answer === "string" || answer === undefined;
  const outcome = answer === undefined ? "http 404" : "OK";
  return {
    requestId: "",
    outcome,
    carriedOut: answer !== undefined,
    summary: `${outcome.padEnd(8)}  ${path}`,
    status: answer === undefined ? 404 : 200,
    contentType: isText ? "text/plain" : JSON_TYPE,
    // No line end: clients take the whole text as the role's name.
    body: isText ? (answer ?? "Not Found\n") : JSON.stringify(answer),
  };
}

/** Delivers an answer under a fault or none. Calls `carryOut` only if the request is carried out. */
export function deliver(fault: GatewayFault | undefined, carryOut: () => Reply): Delivery {
  if (fault === undefined) {
    return deliverWhole(carryOut());
  }
  if ("delaySeconds" in fault) {
    const { delaySeconds } = fault;
    return { ...withNote(carryOut(), `answered ${delaySeconds} s late (fault)`), delaySeconds };
  }
  if ("truncate" in fault) {
    return {
      ...withNote(carryOut(), "answer cut in the middle (fault)"),
      outcome: "truncate",
      extent: "half",
    };
  }
  if ("loseAnswer" in fault) {
    return { ...withNote(carryOut(), "answer lost (fault)"), outcome: "loseAnswer", extent: "reset" };
  }
  return deliverInstead(fault);
}

/** The delivery in place of an answer, if the request is not carried out. */
function deliverInstead(
  fault: Exclude<GatewayFault, { delaySeconds: number } | { truncate: true } | { loseAnswer: true }>,
): Delivery {
  if ("error" in fault) {
    const failure = new Failure(fault.error, fault.message ?? "Injected by the emulator.");
    return deliverWhole({ ...apiReply(failureAnswer(failure)), summary: `${fault.error} (fault)` });
  }
  if ("http" in fault) {
    return {
      ...makeDelivery(`http ${fault.http}`, `HTTP ${fault.http}`, fault.body ?? "The gateway is not well."),
      status: fault.http,
      contentType: "text/plain; charset=utf-8",
    };
  }
  if ("html" in fault) {
    const page = "<!DOCTYPE html><html><body><h1>Please log in to the network</h1></body></html>";
    return { ...makeDelivery("html", "a web page", page), contentType: "text/html; charset=utf-8" };
  }
  if ("empty" in fault) {
    return makeDelivery("empty", "an empty answer", "");
  }
  if ("body" in fault) {
    return makeDelivery("body", "another body", fault.body);
  }
  return "reset" in fault
    ? { ...makeDelivery("reset", "connection reset", ""), extent: "reset" }
    : { ...makeDelivery("hang", "no answer", ""), extent: "never" };
}

function deliverWhole(reply: Reply): Delivery {
  return { ...reply, extent: "whole", delaySeconds: 0 };
}

function withNote(reply: Reply, note: string): Delivery {
  return deliverWhole({ ...reply, summary: `${reply.summary}; ${note}` });
}

function makeDelivery(outcome: string, summary: string, body: string): Delivery {
  return deliverWhole({
    requestId: "",
    outcome,
    carriedOut: false,
    summary: `${summary} (fault)`,
    status: 200,
    contentType: JSON_TYPE,
    body,
  });
}
