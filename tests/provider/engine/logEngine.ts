import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";

/** An engine as a resource's log has it: it takes messages. */
export class LogEngine {
  readonly taken: LogRequest[] = [];
  answers = true;
  /** How many connections it has been given. */
  connections = 0;
  address = "";
  private readonly server = new grpc.Server();
  /** Counts the connections, and passes on what comes. */
  private readonly front: Server;
  private readonly sockets = new Set<Socket>();

  private constructor() {
    this.server.addService(EngineService, {
      log: ({ request }: { request: LogRequest }, callback: grpc.sendUnaryData<unknown>) => {
        this.taken.push(request);
        if (this.answers) {
          callback(null, EngineService.log.responseDeserialize(Buffer.alloc(0)));
        }
      },
    });
    this.front = createServer((socket) => {
      this.connections += 1;
      const behind = connect(this.port, "127.0.0.1");
      for (const one of [socket, behind]) {
        this.sockets.add(one);
        one.on("error", () => {}).on("close", () => this.sockets.delete(one));
      }
      socket.pipe(behind).pipe(socket);
    });
  }

  private port = 0;

  static async start(): Promise<LogEngine> {
    const engine = new LogEngine();
    engine.port = await new Promise<number>((resolve, reject) => {
      engine.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    engine.front.listen(0, "127.0.0.1");
    await once(engine.front, "listening");
    engine.address = `127.0.0.1:${(engine.front.address() as AddressInfo).port}`;
    return engine;
  }

  get messages(): string[] {
    return this.taken.map((one) => one.getMessage());
  }

  /** Resolves with the next connection. */
  async connected(): Promise<void> {
    await once(this.front, "connection");
  }

  stop(): void {
    this.front.close();
    for (const socket of this.sockets) {
      socket.destroy();
    }
    this.server.forceShutdown();
  }
}
