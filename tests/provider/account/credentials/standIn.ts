import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";

/** A request to a stand-in for a service. */
export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Answers a request: a text, an object for JSON, undefined for a 404, or a promise that may never resolve.
 */
export type Answer = (asked: Asked) => string | object | undefined | Promise<never>;

/** A service on loopback that answers as a test says, for answers that the emulator does not give. */
export class StandIn {
  readonly asked: Asked[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(answer: Answer): Promise<StandIn> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(chunk);
      }
      const { url = "", headers } = request;
      const asked = { path: url, headers, body: Buffer.concat(chunks).toString() };
      standIn.asked.push(asked);
      const answered = await answer(asked);
      response.statusCode = answered === undefined ? 404 : 200;
      response.end(typeof answered === "string" ? answered : JSON.stringify(answered ?? ""));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const standIn = new StandIn(server, `http://127.0.0.1:${address.port}`);
    return standIn;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

/** The metadata service's path of the CVM role. */
export const ROLE_PATH = "/latest/meta-data/cam/security-credentials/";

/** The metadata service's answer for a role that has these credentials for two hours. */
export function roleCredentials(keys: { secretId: string; secretKey: string; token: string }): object {
  return {
    Code: "Success",
    TmpSecretId: keys.secretId,
    TmpSecretKey: keys.secretKey,
    Token: keys.token,
    ExpiredTime: Math.floor(Date.now() / 1000) + 7200,
  };
}
