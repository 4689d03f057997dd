import type { ClientRequest, IncomingMessage } from "node:http";
import { openAgent } from "../api/agent";
import type { Endpoint } from "../api/connection";
import { send } from "../api/request";

export interface Probed {
  /** From the opening of the connection to the head of the answer, in milliseconds. */
  readonly roundTripMs: number;
  /**
   * The lead of this machine's clock over the endpoint's, in whole seconds; below zero if it is behind.
   * Undefined if the answer has no Date.
   */
  readonly clockSkewSeconds: number | undefined;
}

/** Half of the second that the header Date leaves out. */
const HALF_SECOND_MS = 500;

/**
 * Sends an unsigned request for nothing, with the agent of signed requests: the SDK gives only bodies, and
 * the clock is in a header. Throws a CwpError.
 */
export function probe(endpoint: Endpoint, timeoutMs: number): Promise<Probed> {
  return send(endpoint, "", timeoutMs, undefined, async (exchange) => {
    const { protocol, host } = endpoint;
    const connections = await openAgent(protocol, host);
    const agent = exchange.agentFrom(connections);
    const { get } = protocol === "http:" ? await import("node:http") : await import("node:https");
    const [started, clock] = [performance.now(), Date.now()];
    const answer = await headOf(get(`${protocol}//${host}/`, { agent, signal: exchange.signal }), host);
    const roundTripMs = performance.now() - started;
    answer.destroy();
    connections.destroy();
    const theirs = Date.parse(answer.headers.date ?? "") + HALF_SECOND_MS;
    const skew = Math.round((clock + roundTripMs / 2 - theirs) / 1000);
    return { roundTripMs: Math.round(roundTripMs), clockSkewSeconds: Number.isNaN(skew) ? undefined : skew };
  });
}

/** Resolves with the head of the answer. Rejects in the form of the SDK's HTTP client. */
function headOf(request: ClientRequest, host: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve).once("error", ({ message }) => {
      reject(new Error(`request to ${host} failed, reason: ${message}`));
    });
  });
}
