import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Gateway, maximumBodyBytes, readClaims, requestKind } from "../api/gateway";
import { type Account, Keys } from "../api/keys";
import { camRolePath, readMetadata } from "../api/metadata";
import type { CamRole, Role } from "../api/roles";
import type { HttpRequest } from "../api/signature";
import type { Faults } from "../world/faults";
import { Controls, type Emulator } from "./controls";
import { type Delivery, deliver } from "./delivery";
import { idWidth, logLine } from "./logLine";
import { answerOwnPath, ownPath } from "./ownPaths";

/** The key pair that the emulator accepts when none is given. It is no secret: it opens nothing else. */
export const emulatorAccount: Account = {
  secretId: "AKIDemulator0000000000000000000000",
  secretKey: "emulatorsecretkey00000000000000",
};

/** What an emulator is made of. */
export interface EmulatorOptions {
  /** The TCP port on 127.0.0.1. Default 0: any free one. */
  readonly port?: number;
  /** The key pairs to accept, at least one. Default: `emulatorAccount` alone. */
  readonly accounts?: readonly Account[];
  /** How long a sync takes, in seconds; may be fractional, may be 0. Default 2. */
  readonly syncSeconds?: number;
  /** How the CWP of every account misbehaves from the start. Default: not at all. */
  readonly faults?: Faults;
  /** The roles that STS lets one assume. Default: none. */
  readonly roles?: readonly Role[];
  /** The role bound to the machine, as the metadata service has it. Default: none. */
  readonly camRole?: CamRole;
  /** Called with one line for each API request. Default: nothing is logged. */
  readonly log?: (line: string) => void;
}

/**
 * Starts a CWP endpoint on 127.0.0.1. Rejects with an Error when the port cannot be had, or when a role names an account
 * that there is not.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const {
    port = 0,
    accounts = [],
    syncSeconds = 2,
    faults = {},
    roles = [],
    camRole,
    log = () => {},
  } = options;
  const [first = emulatorAccount, ...others] = accounts;
  const keys = new Keys([first, ...others], Date.now);
  checkAccounts(keys, [...roles, ...(camRole ? [camRole] : [])]);
  const controls = new Controls(keys, syncSeconds, faults);
  const gateway = new Gateway(keys, roles, ({ secretId }) => controls.world(secretId), Date.now);
  const width = idWidth([first, ...others].map(({ secretId }) => secretId));
  const stopped = new AbortController();

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
    if (url.pathname.startsWith(ownPath)) {
      const { status, json } = answerOwnPath(incoming.method ?? "", url, body.toString("utf8"), controls);
      sendJson(outgoing, status, json);
    } else if (url.pathname.startsWith(camRolePath)) {
      sendMetadata(
        outgoing,
        incoming.method === "GET" ? readMetadata(url.pathname, camRole, keys) : undefined,
      );
    } else if (url.pathname !== "/") {
      sendJson(outgoing, 404, { error: `The API has one path, /; this request was for ${url.pathname}.` });
    } else {
      await answerApi(readRequest(incoming, url, body), outgoing);
    }
  }

  async function answerApi(request: HttpRequest, outgoing: ServerResponse): Promise<void> {
    const claims = readClaims(request);
    const fault = controls.script.take(requestKind(claims));
    const delivery = deliver(fault, () => gateway.answer(request));
    const { requestId, outcome, words } = delivery;
    const logged = { at: controls.now(), ...claims, requestId, answer: outcome };
    controls.record(logged);
    log(logLine(logged, words, width));
    await send(outgoing, delivery, stopped.signal);
  }

  const server = createServer((incoming, outgoing) => {
    // What can fail here is the connection, or the wait for a late answer when the emulator stops: nobody is left to tell.
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  // Longer than the pauses between two polls, so that a client may keep its connection.
  server.keepAliveTimeout = 120_000;
  const actualPort = await listen(server, port);

  return Object.assign(controls, {
    url: `http://127.0.0.1:${actualPort}`,
    async stop() {
      stopped.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  });
}

function checkAccounts(keys: Keys, roles: readonly { readonly account?: string }[]): void {
  for (const { account } of roles) {
    if (account !== undefined && !keys.accountNames.has(account)) {
      throw new Error(
        `A role of the emulator names the account ${account}: expected one of ${[...keys.accountNames].join(", ")}.`,
      );
    }
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port} on 127.0.0.1 is in use. Choose another one, or 0 for any that is free.`)
          : error,
      ),
    );
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Reads a body to its end, but keeps no more than it takes to see that it is too large. */
async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    if (length <= maximumBodyBytes) {
      chunks.push(chunk);
      length += chunk.length;
    }
  }
  return Buffer.concat(chunks);
}

function readRequest({ method = "", headers }: IncomingMessage, url: URL, body: Buffer): HttpRequest {
  const single = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method,
    path: url.pathname,
    headers: Object.fromEntries(single),
    body,
  };
}

async function send(outgoing: ServerResponse, delivery: Delivery, stopped: AbortSignal): Promise<void> {
  const { status, contentType, body, extent, delaySeconds } = delivery;
  if (delaySeconds > 0) {
    await sleep(delaySeconds * 1000, undefined, { signal: stopped });
  }
  const headers = { "Content-Type": contentType, "Content-Length": Buffer.byteLength(body) };
  if (extent === "whole") {
    outgoing.writeHead(status, headers).end(body);
  } else if (extent === "half") {
    outgoing.writeHead(status, headers);
    outgoing.write(body.slice(0, body.length / 2), () => outgoing.destroy());
  } else if (extent === "reset") {
    outgoing.socket?.resetAndDestroy();
  }
}

function sendJson(outgoing: ServerResponse, status: number, json: unknown): void {
  outgoing.writeHead(status, { "Content-Type": "application/json" }).end(`${JSON.stringify(json)}\n`);
}

function sendMetadata(outgoing: ServerResponse, answer: string | object | undefined): void {
  if (answer === undefined) {
    outgoing.writeHead(404, { "Content-Type": "text/plain" }).end("Not Found\n");
  } else if (typeof answer === "string") {
    // With no line end: clients take the whole text as the role's name.
    outgoing.writeHead(200, { "Content-Type": "text/plain" }).end(answer);
  } else {
    sendJson(outgoing, 200, answer);
  }
}
