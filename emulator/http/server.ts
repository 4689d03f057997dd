/** The emulator's HTTP server. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readClaims, requestKind } from "../api/claims";
import { Gateway } from "../api/gateway";
import { Keys } from "../api/keys";
import { METADATA_PATH, readMetadata } from "../api/metadata";
import { roleAccount } from "../api/roles";
import type { HttpRequest } from "../api/signature";
import { Controls } from "./controls";
import { apiReply, type Delivery, deliver, metadataReply } from "./delivery";
import type { Emulator } from "./emulator";
import { idWidth, logLine, metadataLine } from "./logLine";
import { type EmulatorOptions, emulatorAccount } from "./options";
import { isFromAnotherSite } from "./otherSites";
import { answerOwnPath, OWN_PATH, toAnotherSite } from "./ownPaths";
import { readBody, readRequest, send, sendJson } from "./send";

/**
 * Starts a CWP endpoint on 127.0.0.1. Rejects with an Error if the port is in use, if a role names an unknown
 * account, or if accounts and their accountIds do not fit.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, accounts = [], roles = [], camRole, log = () => {} } = options;
  const { syncSeconds = 2, faults = {} } = options;
  const [first = emulatorAccount, ...others] = accounts;
  const keys = new Keys([first, ...others], Date.now);
  for (const role of [...roles, ...(camRole ? [camRole] : [])]) {
    roleAccount(role, keys);
  }
  const controls = new Controls(keys, syncSeconds, faults);
  const worldOf = (account: string) => controls.worldOf(account);
  const gateway = new Gateway({ keys, roles, worldOf }, Date.now);
  const width = idWidth([first, ...others].map(({ secretId }) => secretId));
  const stopped = new AbortController();

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    const method = incoming.method ?? "";
    const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
    if (url.pathname.startsWith(OWN_PATH)) {
      const { status, json } = isFromAnotherSite(incoming.headers)
        ? toAnotherSite
        : answerOwnPath(method, url, body.toString("utf8"), controls);
      sendJson(outgoing, status, json);
    } else if (url.pathname.startsWith(METADATA_PATH)) {
      await send(outgoing, answerMetadata(method, url.pathname), stopped.signal);
    } else if (url.pathname !== "/") {
      sendJson(outgoing, 404, { error: `The API has one path, /; this request was for ${url.pathname}.` });
    } else {
      await send(outgoing, answerApi(readRequest(incoming, url, body)), stopped.signal);
    }
  }

  function answerApi(request: HttpRequest): Delivery {
    const claims = readClaims(request);
    const fault = controls.script.take([requestKind(claims), claims.action, "any"]);
    const delivery = deliver(fault, () => apiReply(gateway.answer(request)));
    const { requestId, outcome: answer, carriedOut, summary } = delivery;
    const logged = { at: controls.now(), ...claims, requestId, answer, carriedOut };
    controls.record(logged);
    log(logLine(logged, summary, width));
    return delivery;
  }

  function answerMetadata(method: string, path: string): Delivery {
    const delivery = deliver(controls.script.take(["metadata"]), () =>
      metadataReply(path, method === "GET" ? readMetadata(path, camRole, keys) : undefined),
    );
    const at = controls.now();
    controls.recordMetadata({ at, path, answer: delivery.outcome });
    log(metadataLine(at, delivery.summary));
    return delivery;
  }

  const server = createServer((incoming, outgoing) => {
    // Only the connection can fail here, or a late answer when the emulator stops: then no client is left.
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
