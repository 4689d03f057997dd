import type { ResourceLog } from "../wait/progress";
import { engineAddress } from "./engineWatch";

type Severity = "INFO" | "WARNING";

/** How long the engine, on this same machine, may take to take a message, in milliseconds. */
const LIMIT_MS = 2_000;

/**
 * The messages of one resource, on its own row of the terminal. What is printed in this process would show as
 * the stack's.
 *
 * They are a courtesy: where they cannot be delivered, nothing is said and nothing fails.
 */
export class EngineLog implements ResourceLog {
  private delivered = Promise.resolve();
  private lost = false;

  constructor(private readonly urn: string) {}

  status(text: string): void {
    this.send("INFO", text, true);
  }

  warning(text: string): void {
    this.send("WARNING", text, false);
  }

  info(text: string): void {
    this.send("INFO", text, false);
  }

  /**
   * Resolves when the engine has got all messages so far: what comes after the resource's own end is lost.
   * Never rejects.
   */
  flush(): Promise<void> {
    return this.delivered;
  }

  /** One after the other, as the engine shows them in the order of arrival. */
  private send(severity: Severity, text: string, ephemeral: boolean): void {
    this.delivered = this.delivered.then(async () => {
      const address = engineAddress();
      if (!address || this.lost) {
        return;
      }
      try {
        if (engine?.address !== address.text) {
          engine = { address: address.text, deliver: connect(address.text) };
        }
        const deliver = await engine.deliver;
        await deliver(this.urn, severity, text, ephemeral);
      } catch {
        this.lost = true;
      }
    });
  }
}

/** Hands one message to the engine. */
type Deliver = (urn: string, severity: Severity, text: string, ephemeral: boolean) => Promise<void>;

/** One connection serves all resources. */
let engine: { readonly address: string; readonly deliver: Promise<Deliver> } | undefined;

async function connect(address: string): Promise<Deliver> {
  const { EngineClient } = await import("@pulumi/pulumi/proto/engine_grpc_pb");
  const { LogRequest, LogSeverity } = await import("@pulumi/pulumi/proto/engine_pb");
  const { grpc } = await import("./pulumiModules");
  const { credentials, Metadata } = grpc;
  const client = new EngineClient(address, credentials.createInsecure());
  return (urn, severity, text, ephemeral) =>
    new Promise((resolve, reject) => {
      const request = new LogRequest();
      request.setUrn(urn);
      request.setSeverity(LogSeverity[severity]);
      request.setMessage(text);
      request.setEphemeral(ephemeral);
      const options = { deadline: Date.now() + LIMIT_MS };
      client.log(request, new Metadata(), options, (error) => (error ? reject(error) : resolve()));
    });
}
