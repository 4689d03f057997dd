import { connect, type Socket } from "node:net";

/**
 * A CLI that is killed, or left by a second Ctrl-C, does not end its dynamic provider host, and sends it no
 * message. So a wait holds a connection to the engine, which breaks at the moment the engine dies.
 */

let said: string | undefined;

/** Records the address that the engine gives of itself, in place of the last argument. */
export function recordEngineAddress(address: string): void {
  said = address;
}

/**
 * Returns the engine's address: the recorded address, else the last argument, as the engine starts providers;
 * undefined in any other process.
 */
export function engineAddress():
  | { readonly text: string; readonly host: string; readonly port: number }
  | undefined {
  const [text, host, port] = /^\[?([\w.:-]+?)\]?:(\d+)$/.exec(said || (process.argv.at(-1) ?? "")) ?? [];
  return text && host && port ? { text, host, port: Number(port) } : undefined;
}

/**
 * The pause before connecting again after a connection broke. The engine itself closes a silent connection
 * after two minutes.
 */
const RECONNECT_MS = 500;

let waits = 0;
let unwatch = () => {};

/** Does the work, and ends this process if the engine ends meanwhile: then nothing takes the result. */
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
 * Calls `gone` once nothing listens at the address any more. Returns the function that ends the watch. The
 * watch keeps no process alive.
 */
export function watchListener(port: number, host: string, gone: () => void): () => void {
  let socket: Socket;
  let reconnect: NodeJS.Timeout;
  const open = () => {
    socket = connect({ port, host }).unref();
    // The data of the listener must be read, or its closing would never show.
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
