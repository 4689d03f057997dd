import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** What an engine is to a provider process that watches it: a server at an address. */
export class Listener {
  readonly connections = new Set<Socket>();
  readonly port: number;
  readonly address: string;

  private constructor(private readonly server: Server) {
    this.port = (server.address() as AddressInfo).port;
    this.address = `127.0.0.1:${this.port}`;
  }

  /** `greeting` is what it sends to each connection, as gRPC sends its settings. */
  static async start(greeting = ""): Promise<Listener> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const listener = new Listener(server);
    server.on("connection", (socket) => {
      listener.connections.add(socket);
      // It reads what comes: else it would never see a connection end.
      socket.resume().on("error", () => {});
      socket.on("close", () => listener.connections.delete(socket));
      socket.write(greeting);
    });
    return listener;
  }

  /** Resolves with the next connection. */
  async connected(): Promise<Socket> {
    const [socket]: [Socket] = (await once(this.server, "connection")) as [Socket];
    return socket;
  }

  /** Ends as a process that is killed. */
  die(): void {
    this.server.close();
    for (const socket of this.connections) {
      socket.destroy();
    }
  }
}

/** Resolves once the other side has closed the connection, in whatever way. */
export function closed(connection: Socket): Promise<void> {
  return new Promise((resolve) => connection.once("close", () => resolve()));
}
