/** One of Tencent Cloud's services, reached by the SDK. */

import type { Agent } from "node:http";
import { openAgent } from "./agent";
import type { Endpoint } from "./connection";
import type { Credentials, Signer } from "./credentials";
import { ApiError } from "./errors";
import { makeAllPrintable } from "./printable";
import { send } from "./request";

/** One of Tencent Cloud's services, and where it answers. */
export interface ServiceAddress extends Endpoint {
  /** The name that CAM knows its actions by. */
  readonly name: "cwp" | "sts";
  readonly version: string;
  readonly region?: string | undefined;
}

/**
 * Sends actions of one service. The SDK signs and sends; it is loaded with the first request, since it costs
 * tens of milliseconds.
 */
export class ApiService {
  private connections: ReturnType<typeof openAgent> | undefined;

  constructor(private readonly address: ServiceAddress) {}

  /**
   * Sends one action once. Resolves with the `Response` object, unread but for what cannot be printed. Throws a CwpError, also when there is
   * no whole answer within `timeoutMs`, in which `findSigner` counts too. No signer means that the action is
   * not signed.
   */
  async request(
    action: string,
    params: object,
    findSigner: (signal: AbortSignal) => Promise<Signer | undefined>,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const { address } = this;
    let signer: Signer | undefined;
    try {
      return await send(address, `${address.name}:${action}`, timeoutMs, signal, async (exchange) => {
        // Found before the SDK asks for them: it would reduce an error to its text.
        signer = await findSigner(exchange.signal);
        this.connections ??= openAgent(address.protocol, address.host);
        const client = await openClient(address, signer, exchange.agentFrom(await this.connections));
        const options = { signal: exchange.signal, skipSign: signer === undefined };
        return makeAllPrintable(await client.request(action, params, options));
      });
    } catch (error) {
      throw signer && error instanceof ApiError ? error.naming({ keys: signer.source }) : error;
    }
  }
}

/** A client for one request: it costs nothing to make, and holds who signs and the agent of that request. */
async function openClient(
  { protocol, host, version, region }: ServiceAddress,
  credential: Credentials | undefined,
  agent: Agent,
) {
  // The one file that the whole SDK and the product's own package both have. Its client sends any action, of
  // STS too.
  const { Client } = await import(
    "tencentcloud-sdk-nodejs-cwp/tencentcloud/services/cwp/v20180228/cwp_client"
  );
  const client = new Client({
    credential: credential ?? nobody,
    ...(region !== undefined && { region }),
    profile: {
      language: "en-US",
      httpProfile: {
        endpoint: host,
        protocol: `${protocol}//`,
        agent,
        headers: { "Accept-Encoding": "identity" },
        // 0 turns the SDK's own limit off: it is in whole seconds and leaves no way to tell a time-out from a
        // reset.
        reqTimeout: 0,
      },
    },
  });
  client.apiVersion = version;
  return client;
}

const nobody: Credentials = { secretId: "", secretKey: "" };
