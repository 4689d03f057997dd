import { connect, type Socket } from "node:net";

/**
 * A CLI that is killed, or left by a second Ctrl-C, does not take its dynamic provider host with it, and the
 * host is never told. So a wait holds a connection to the engine, which breaks at the very moment the engine
 * dies.
 */

let said: string | undefined;

/** Takes the address that the engine has said of itself, in place of the last argument. */
export function engineIsAt(address: string): void {
  said = address;
}

/**
 * The engine's address: what it has said, else the last argument, as it starts providers; undefined in any
 * other process.
 */
export function engineAddress():
  | { readonly text: string; readonly host: string; readonly port: number }
  | undefined {
  const [text, host, port] = /^\[?([\w.:-]+?)\]?:(\d+)$/.exec(said || (process.argv.at(-1) ?? "")) ?? [];
  return text && host && port ? { text, host, port: Number(port) } : undefined;
}

/**
 * The pause before connecting again where a connection broke. The engine itself closes one that says nothing
 * after two minutes.
 */
const RECONNECT_MS = 500;

let waits = 0;
let unwatch = () => {};

/**
 * Does the work, and ends this process if the engine goes away meanwhile: nobody is left to take the result.
 */
export async function whileEngineLives<T>(work: () => Promise<T>): Promise<T> {
  waits += 1;
  const engine = engineAddress();
  if (waits === 1 && engine) {
    unwatch = watchListener(engine.port, engine.host, () => process.exit(1));
  }
  try {
    return await work();
  } finally {
    waits -= 1;
    if (waits === 0) {
      unwatch();
    }
  }
}

/**
 * Calls `gone` once nobody listens at the address any more. Returns what ends the watch. It keeps no process
 * alive.
 */
export function watchListener(port: number, host: string, gone: () => void): () => void {
  let socket: Socket;
  let reconnect: NodeJS.Timeout;
  const open = () => {
    socket = connect({ port, host }).unref();
    // What the listener says must be read, or its closing would never show.
    socket.resume();
    let refused = false;
    socket.on("error", (error: NodeJS.ErrnoException) => {
      refused = error.code === "ECONNREFUSED";
    });
    socket.on("close", () => {
      if (refused) {
        gone();
      } else {
        reconnect = setTimeout(open, RECONNECT_MS).unref();
      }
    });
  };
  open();
  return () => {
    clearTimeout(reconnect);
    socket.removeAllListeners("close").destroy();
  };
}
