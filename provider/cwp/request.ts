import type { Agent } from "node:http";
import { ApiError, BadAnswer, CwpError, NoAnswer, SettingsError } from "./errors";

const checkTheWay =
  "Check the network, tencentcloud-cwp:endpoint and the proxy settings (HTTPS_PROXY, NO_PROXY).";

/** Where requests go. */
export interface Endpoint {
  readonly protocol: "http:" | "https:";
  /** Host, with a port where it is not the protocol's own. */
  readonly host: string;
}

/** What every client of the SDK is given for its HTTP. */
export async function httpProfile({ protocol, host }: Endpoint) {
  return {
    endpoint: host,
    protocol: `${protocol}//`,
    agent: await openAgent(protocol, host),
    // 0 turns the SDK's own limit off: it is in whole seconds and leaves no way to tell a time-out from a reset.
    reqTimeout: 0,
  };
}

/** Sends one request within a time limit. Throws a CwpError. `action` is the CAM action that the request needs. */
export async function send<T>(
  { host }: Endpoint,
  action: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
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
      throw new NoAnswer(
        "RequestTimeout",
        `${host} did not answer within ${timeoutMs / 1000} s. ${checkTheWay}`,
      );
    }
    throw explain(error, host, action);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/**
 * The SDK's own proxy support reads `http_proxy` alone and ignores NO_PROXY. An agent of our own keeps it out, and keeps
 * connections alive between two looks.
 */
async function openAgent(protocol: Endpoint["protocol"], host: string): Promise<Agent> {
  if (protocol === "http:") {
    // Only a loopback address is spoken to without TLS, and no proxy can reach that one.
    const { Agent } = await import("node:http");
    return new Agent({ keepAlive: true });
  }
  const { getProxyForUrl } = await import("proxy-from-env");
  const found = getProxyForUrl(`https://${host}`);
  if (found !== "") {
    // A proxy without a scheme gets the endpoint's from this library. Everybody else takes it for an http one.
    const schemeless = Object.values(process.env).some((value) => found === `https://${value}`);
    const proxy = schemeless ? found.replace("https:", "http:") : found;
    if (!URL.canParse(proxy)) {
      throw new SettingsError("The proxy in HTTPS_PROXY is not a URL such as http://proxy.example.com:3128.");
    }
    const { HttpsProxyAgent } = await import("https-proxy-agent");
    return new HttpsProxyAgent(proxy, { keepAlive: true });
  }
  const { Agent } = await import("node:https");
  return new Agent({ keepAlive: true });
}

/**
 * The SDK throws four kinds of error: an API error has `code` and `requestId`; an HTTP status other than 200 only
 * `httpCode`; a network failure only a message; and a body that is not the documented JSON surfaces as node-fetch's
 * FetchError or a TypeError.
 */
function explain(error: unknown, host: string, action: string): CwpError {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const code: unknown = Reflect.get(thrown, "code");
  const requestId: unknown = Reflect.get(thrown, "requestId");
  const httpCode: unknown = Reflect.get(thrown, "httpCode");
  if (typeof httpCode === "number") {
    const passing = httpCode >= 500 || httpCode === 429 || httpCode === 408;
    const advice =
      httpCode === 407
        ? " The proxy wants a password: put it into HTTPS_PROXY, as in http://USER:PASSWORD@HOST:PORT."
        : passing
          ? ""
          : ` ${checkTheWay}`;
    return new NoAnswer(
      "HttpStatus",
      `${host} answered with HTTP status ${httpCode}.${advice}`,
      passing ? "yes" : "never",
    );
  }
  // Of other texts nothing is passed on: node-fetch may quote a header, and a header may hold a secret.
  const [, cause] = /^request to \S+ failed, reason: (.*)/.exec(thrown.message) ?? [];
  if (cause !== undefined) {
    return noConnection(host, cause);
  }
  // Only the SDK's own exception has a traceId; a system error of the socket has a `code` too.
  if ("traceId" in thrown && typeof code === "string") {
    return new ApiError(code, thrown.message, typeof requestId === "string" ? requestId : "", action);
  }
  if ("traceId" in thrown || thrown instanceof TypeError || Reflect.get(thrown, "type") === "invalid-json") {
    return new BadAnswer(`what ${host} sent is not the JSON of a Tencent Cloud API`);
  }
  return noConnection(host, "it broke in the middle of an answer");
}

function noConnection(host: string, cause: string): NoAnswer {
  return new NoAnswer("NetworkFailure", `No connection to ${host}: ${cause}. ${checkTheWay}`);
}
