import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";

/** An engine as a resource's log has it: it takes messages. */
export class LogEngine {
  readonly taken: LogRequest[] = [];
  answers = true;
  address = "";
  private readonly server = new grpc.Server();

  static async start(): Promise<LogEngine> {
    const engine = new LogEngine();
    engine.server.addService(EngineService, {
      log: ({ request }: { request: LogRequest }, callback: grpc.sendUnaryData<unknown>) => {
        engine.taken.push(request);
        if (engine.answers) {
          callback(null, EngineService.log.responseDeserialize(Buffer.alloc(0)));
        }
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      engine.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    engine.address = `127.0.0.1:${port}`;
    return engine;
  }

  get messages(): string[] {
    return this.taken.map((one) => one.getMessage());
  }

  stop(): void {
    this.server.forceShutdown();
  }
}
