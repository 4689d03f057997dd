import { lookup } from "node:dns/promises";
import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { Agent, type AgentConnectOpts } from "agent-base";
import { SocksClient } from "socks";
import { attempt } from "./attempt";
import { causeOf } from "./cause";
import type { NamedProxy } from "./proxy";

/**
 * An agent that connects through an HTTP or SOCKS proxy. This file and its libraries are loaded only if there
 * is a proxy.
 *
 * Node gets a connection from an agent only once it is open, so it cannot close a connection that the proxy
 * never grants. Therefore each attempt has a signal here, which aborts when the request is given up.
 */
export class ProxyAgent extends Agent {
  constructor(private readonly proxy: NamedProxy) {
    super({ keepAlive: true });
  }

  override async connect(request: http.ClientRequest, options: AgentConnectOpts): Promise<Socket> {
    const end = new AbortController();
    const giveUp = () => end.abort();
    request.once("abort", giveUp);
    if (request.destroyed) {
      giveUp();
    }
    try {
      const tunnel = await openTunnel(this.proxy.url, options, end.signal);
      return options.secureEndpoint ? connectTls({ ...options, socket: tunnel }) : tunnel;
    } catch (error) {
      throw this.explain(error);
    } finally {
      request.off("abort", giveUp);
    }
  }

  private explain(error: unknown): Error {
    if (error instanceof RefusedByProxy) {
      return error;
    }
    const cause = causeOf(error);
    const why = cause.includes("wrong version number")
      ? "does not speak TLS, so it must begin with http://"
      : `failed: ${cause}`;
    return new Error(`the proxy in ${this.proxy.variable} ${why}`);
  }
}

/** A refusal of the proxy. The status is in the message: the SDK passes on nothing else. */
class RefusedByProxy extends Error {
  constructor(status: number) {
    super(`proxy status ${status}`);
  }
}

function openTunnel(proxy: URL, to: AgentConnectOpts, signal: AbortSignal): Promise<Socket> {
  const target = { host: to.host ?? "", port: Number(to.port) };
  return proxy.protocol.startsWith("socks")
    ? tunnelBySocks(proxy, target, signal)
    : tunnelByConnect(proxy, target, signal);
}

interface Target {
  readonly host: string;
  readonly port: number;
}

function tunnelByConnect(proxy: URL, { host, port }: Target, signal: AbortSignal): Promise<Socket> {
  const target = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const login = proxy.username || proxy.password ? `${user(proxy)}:${password(proxy)}` : undefined;
  const { request } = proxy.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    request({
      ...attempt,
      method: "CONNECT",
      host: hostOf(proxy),
      port: proxy.port,
      // Node would search the proxy's certificate for the name in Host.
      servername: isIP(hostOf(proxy)) ? "" : hostOf(proxy),
      path: target,
      headers: {
        Host: target,
        ...(login !== undefined && {
          "Proxy-Authorization": `Basic ${Buffer.from(login).toString("base64")}`,
        }),
      },
      agent: false,
      signal,
    })
      .once("connect", ({ statusCode = 0 }, socket: Socket) => {
        if (statusCode >= 200 && statusCode < 300) {
          resolve(socket);
        } else {
          socket.destroy();
          reject(new RefusedByProxy(statusCode));
        }
      })
      .once("error", reject)
      .end();
  });
}

async function tunnelBySocks(proxy: URL, { host, port }: Target, signal: AbortSignal): Promise<Socket> {
  // SOCKS 4 knows addresses only. In all others the proxy resolves names, as in Go, even if this machine
  // cannot.
  const { address } = proxy.protocol === "socks4:" ? await lookup(host, { family: 4 }) : { address: host };
  const socket = connectTcp({ ...attempt, host: hostOf(proxy), port: Number(proxy.port || 1080), signal });
  await once(socket, "connect");
  await SocksClient.createConnection({
    proxy: {
      host: hostOf(proxy),
      port: Number(proxy.port || 1080),
      type: proxy.protocol.startsWith("socks4") ? 4 : 5,
      userId: user(proxy),
      password: password(proxy),
    },
    destination: { host: address, port },
    command: "connect",
    existing_socket: socket,
  });
  return socket;
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function user({ username }: URL): string {
  return decodeURIComponent(username);
}

function password({ password }: URL): string {
  return decodeURIComponent(password);
}
