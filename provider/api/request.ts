import type { Endpoint } from "./connection";
import { CwpError, NoAnswer } from "./errors";
import { Exchange } from "./exchange";
import { explain, explainTimeout } from "./explain";
import { limitTime } from "./timeLimit";

/**
 * Sends one request within a time limit. Throws a CwpError. `action` is the CAM action that the request
 * needs.
 */
export async function send<T>(
  endpoint: Endpoint,
  action: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  request: (exchange: Exchange) => Promise<T>,
): Promise<T> {
  const { host } = endpoint;
  return limitTime(timeoutMs, signal, async (limit) => {
    const exchange = new Exchange(endpoint, limit);
    try {
      return await request(exchange);
    } catch (error) {
      if (exchange.refusal) {
        throw exchange.refusal;
      }
      if (error instanceof CwpError) {
        throw error;
      }
      if (signal?.aborted) {
        throw new NoAnswer("Aborted", `The request to ${host} was given up.`);
      }
      if (limit.signal.aborted) {
        throw explainTimeout(host, timeoutMs);
      }
      throw explain(error, endpoint, action);
    } finally {
      exchange.close();
    }
  });
}
