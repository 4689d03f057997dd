import type { Agent } from "node:http";
import { ApiError, BadAnswer, CwpError, NoAnswer, SettingsError } from "./errors";
import { parseStatus, type SyncStatus } from "./status";

/** The secret id and key that sign a request, with the token of temporary credentials. */
export interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string;
}

/** Where requests go and who signs them. */
export interface Connection {
  readonly protocol: "http:" | "https:";
  /** Host, with a port where it is not the protocol's own. */
  readonly host: string;
  readonly region?: string;
  readonly credentials: Credentials;
}

/** One CWP account at one endpoint. */
export interface CwpClient {
  /**
   * Sends SyncMachines once. `sync: true` asks the service to start a sync, `false` only reads.
   * Throws a CwpError, also when there is no whole answer within `timeoutMs`.
   */
  syncMachines(sync: boolean, timeoutMs: number, signal?: AbortSignal): Promise<SyncStatus>;
}

/** A client of the Tencent Cloud SDK. The SDK is loaded with the first request, since it costs tens of milliseconds. */
export function connect(connection: Connection): CwpClient {
  let client: ReturnType<typeof openClient> | undefined;
  return {
    async syncMachines(sync, timeoutMs, signal) {
      client ??= openClient(connection);
      const { request } = await client;
      const end = new AbortController();
      const abort = () => end.abort();
      const timer = setTimeout(abort, timeoutMs);
      signal?.addEventListener("abort", abort, { once: true });
      if (signal?.aborted) {
        abort();
      }
      try {
        return parseStatus(await request("SyncMachines", { Sync: sync }, { signal: end.signal }));
      } catch (error) {
        if (signal?.aborted) {
          throw new NoAnswer("Aborted", `The request to ${connection.host} was given up.`);
        }
        if (end.signal.aborted) {
          throw new NoAnswer(
            "RequestTimeout",
            `${connection.host} did not answer within ${timeoutMs / 1000} s.`,
          );
        }
        throw explain(error, connection.host);
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      }
    },
  };
}

async function openClient({ protocol, host, region, credentials }: Connection) {
  const { Client } = await import(
    "tencentcloud-sdk-nodejs-cwp/tencentcloud/services/cwp/v20180228/cwp_client"
  );
  const client = new Client({
    credential: { ...credentials },
    ...(region !== undefined && { region }),
    profile: {
      httpProfile: {
        endpoint: host,
        protocol: `${protocol}//`,
        agent: await openAgent(protocol, host),
        // 0 turns the SDK's own limit off: it is in whole seconds and leaves no way to tell a time-out from a reset.
        reqTimeout: 0,
      },
    },
  });
  return { request: client.request.bind(client) };
}

/**
 * The SDK's own proxy support reads `http_proxy` alone and ignores NO_PROXY. An agent of our own keeps it out, and keeps
 * connections alive between two looks.
 */
async function openAgent(protocol: Connection["protocol"], host: string): Promise<Agent> {
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
function explain(error: unknown, host: string): CwpError {
  if (error instanceof CwpError) {
    return error;
  }
  const thrown = error instanceof Error ? error : new Error(String(error));
  const code: unknown = Reflect.get(thrown, "code");
  const requestId: unknown = Reflect.get(thrown, "requestId");
  const httpCode: unknown = Reflect.get(thrown, "httpCode");
  if (typeof httpCode === "number") {
    const passing = httpCode >= 500 || httpCode === 429 || httpCode === 408;
    return new NoAnswer(
      "HttpStatus",
      `${host} answered with HTTP status ${httpCode}.${passing ? "" : " Check tencentcloud-cwp:endpoint and the proxy settings."}`,
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
    return new ApiError(code, thrown.message, typeof requestId === "string" ? requestId : "");
  }
  if ("traceId" in thrown || thrown instanceof TypeError || Reflect.get(thrown, "type") === "invalid-json") {
    return new BadAnswer("it is not the JSON of a Tencent Cloud API");
  }
  return noConnection(host, "it broke in the middle of an answer");
}

function noConnection(host: string, cause: string): NoAnswer {
  return new NoAnswer(
    "NetworkFailure",
    `No connection to ${host}: ${cause}. Check the network, tencentcloud-cwp:endpoint and the proxy settings (HTTPS_PROXY, NO_PROXY).`,
  );
}
