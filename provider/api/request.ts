/** One request within its time limit, and its failure as an error of this package. */
import { openAgent } from "./agent";
import type { Endpoint } from "./connection";
import { CwpError, NoAnswer } from "./errors";
import { explain, explainTimeout } from "./explain";

/** What every client of the SDK is given for its HTTP. */
export async function httpProfile({ protocol, host }: Endpoint) {
  return {
    endpoint: host,
    protocol: `${protocol}//`,
    agent: await openAgent(protocol, host),
    // 0 turns the SDK's own limit off: it is in whole seconds and leaves no way to tell a time-out from a
    // reset.
    reqTimeout: 0,
  };
}

/**
 * Sends one request within a time limit. Throws a CwpError. `action` is the CAM action that the request
 * needs.
 */
export async function send<T>(
  endpoint: Endpoint,
  action: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { host } = endpoint;
  const end = new AbortController();
  const abort = () => end.abort();
  const timer = setTimeout(abort, timeoutMs);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) {
    abort();
  }
  try {
    return await request(end.signal);
  } catch (error) {
    if (error instanceof CwpError) {
      throw error;
    }
    if (signal?.aborted) {
      throw new NoAnswer("Aborted", `The request to ${host} was given up.`);
    }
    if (end.signal.aborted) {
      throw explainTimeout(host, timeoutMs);
    }
    throw explain(error, endpoint, action);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
