/** A gateway before the emulator that changes some of its answers. */
import { createServer, type IncomingMessage, type RequestListener, request } from "node:http";
import type { Socket } from "node:net";
import { type StandIn, start } from "../api/standIns";

/** The status in an answer of SyncMachines. */
export interface Status {
  readonly State: string;
  readonly LatestStartTime: string;
  readonly LatestEndTime: string;
}

/** The facts about a request. */
export interface Passed {
  readonly connection: Socket;
  readonly isStart: boolean;
}

export interface Meddling {
  /** Returns the status that reaches the client in place of a status. Default: the same. */
  readonly change?: (status: Status, passed: Passed) => Status;
}

/** Starts a relay on 127.0.0.1. */
export function startRelay(emulatorUrl: string, meddling: Meddling): Promise<StandIn> {
  return start(createServer(relayTo(emulatorUrl, meddling)));
}

/** Passes requests on as they are, with their signatures. */
export function relayTo(
  emulatorUrl: string,
  { change = (status) => status }: Meddling = {},
): RequestListener {
  return async (incoming, outgoing) => {
    const body = await textOf(incoming);
    const { method, url, headers, socket } = incoming;
    const passed = { connection: socket, isStart: body.includes('"Sync":true') };
    request(`${emulatorUrl}${url}`, { method, headers }, async (answered) => {
      const { Response } = JSON.parse(await textOf(answered));
      const changed = Response.State === undefined ? {} : change(Response, passed);
      outgoing.setHeader("Content-Type", "application/json");
      outgoing.end(JSON.stringify({ Response: { ...Response, ...changed } }));
    }).end(body);
  };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
