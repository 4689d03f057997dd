import type { Agent } from "node:http";
import { openAgent } from "./agent";
import type { Endpoint } from "./connection";
import type { Credentials, Signer } from "./credentials";
import { ApiError } from "./errors";
import { makeAllPrintable } from "./printable";
import { send } from "./request";

/** A service of Tencent Cloud, and its address. */
export interface ServiceAddress extends Endpoint {
  /** The name before the colon of its CAM actions. */
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
   * Sends one action once. Resolves with the `Response` object, unread but made printable. Throws a CwpError,
   * also if there is no whole answer within `timeoutMs`, which includes `findSigner`. Without a signer, the
   * action is not signed.
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
        // Found before the SDK asks for keys: it would reduce an error to its text.
        signer = await findSigner(exchange.signal);
        this.connections ??= openAgent(address.protocol, address.host);
        const client = await openClient(address, signer, exchange.agentFrom(await this.connections));
        const options = { signal: exchange.signal, skipSign: signer === undefined };
        return makeAllPrintable(await client.request(action, params, options));
      });
    } catch (error) {
      throw signer && error instanceof ApiError ? error.withNames({ keys: signer.source }) : error;
    }
  }
}

/** Makes a client for one request, with its signer and its agent: a client costs nothing. */
async function openClient(
  { protocol, host, version, region }: ServiceAddress,
  credential: Credentials | undefined,
  agent: Agent,
) {
  // This file is in the whole SDK and in the product's own package. Its client sends any action, of STS too.
  const { Client } = await import(
    "tencentcloud-sdk-nodejs-cwp/tencentcloud/services/cwp/v20180228/cwp_client"
  );
  const client = new Client({
    credential: credential ?? noCredentials,
    ...(region !== undefined && { region }),
    profile: {
      language: "en-US",
      httpProfile: {
        endpoint: host,
        protocol: `${protocol}//`,
        agent,
        headers: { "Accept-Encoding": "identity" },
        // 0 turns the SDK's own limit off: it is in whole seconds, and a time-out would look like a reset.
        reqTimeout: 0,
      },
    },
  });
  client.apiVersion = version;
  return client;
}

const noCredentials: Credentials = { secretId: "", secretKey: "" };
