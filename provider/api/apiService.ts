/** One of Tencent Cloud's services, reached by the SDK. */

import type { Endpoint } from "./connection";
import type { Credentials, Signer } from "./credentials";
import { ApiError } from "./errors";
import { httpProfile, send } from "./request";

/** One of Tencent Cloud's services, and where it answers. */
export interface ServiceAddress extends Endpoint {
  /** The name that CAM knows its actions by. */
  readonly name: "cwp" | "sts";
  readonly version: string;
  readonly region?: string | undefined;
}

const nobody: Credentials = { secretId: "", secretKey: "" };

/**
 * Sends actions of one service. The SDK signs and sends; it is loaded with the first request, since it costs
 * tens of milliseconds.
 */
export class ApiService {
  private signer = nobody;
  private client: ReturnType<typeof openClient> | undefined;

  constructor(private readonly address: ServiceAddress) {}

  /**
   * Sends one action once. Resolves with the `Response` object, unread. Throws a CwpError, also when there is
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
      return await send(address, `${address.name}:${action}`, timeoutMs, signal, async (limit) => {
        // Found before the SDK asks for them: it would reduce an error to its text.
        signer = await findSigner(limit);
        this.client ??= openClient(address, async () => this.signer);
        const client = await this.client;
        this.signer = signer ?? nobody;
        return client.request(action, params, { signal: limit, skipSign: signer === undefined });
      });
    } catch (error) {
      throw signer && error instanceof ApiError ? error.naming({ keys: signer.source }) : error;
    }
  }
}

async function openClient(address: ServiceAddress, getCredential: () => Promise<Credentials>) {
  // The one file that the whole SDK and the product's own package both have. Its client sends any action, of
  // STS too.
  const { Client } = await import(
    "tencentcloud-sdk-nodejs-cwp/tencentcloud/services/cwp/v20180228/cwp_client"
  );
  const { host, version, region } = address;
  const client = new Client({
    credential: { getCredential },
    ...(region !== undefined && { region }),
    profile: { language: "en-US", httpProfile: { ...(await httpProfile(address)), endpoint: host } },
  });
  client.apiVersion = version;
  return client;
}
