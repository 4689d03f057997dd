/** Reads requests from a connection, and writes answers to it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { MAXIMUM_BODY_BYTES } from "../api/gateway";
import type { HttpRequest } from "../api/signature";
import type { Delivery } from "./delivery";

/** Reads a body to its end, but keeps no more than the gateway needs to refuse a large body. */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    if (length <= MAXIMUM_BODY_BYTES) {
      chunks.push(chunk);
      length += chunk.length;
    }
  }
  return Buffer.concat(chunks);
}

export function readRequest({ method = "", headers }: IncomingMessage, url: URL, body: Buffer): HttpRequest {
  const single = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { method, path: url.pathname, headers: Object.fromEntries(single), body };
}

/**
 * Sends the part of an answer that is to reach the client. Rejects if `stopped` is aborted before a late
 * answer.
 */
export async function send(
  outgoing: ServerResponse,
  delivery: Delivery,
  stopped: AbortSignal,
): Promise<void> {
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

export function sendJson(outgoing: ServerResponse, status: number, json: unknown): void {
  outgoing.writeHead(status, { "Content-Type": "application/json" }).end(`${JSON.stringify(json)}\n`);
}
