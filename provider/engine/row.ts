import { engineAddress } from "./engineWatch";

type Severity = "DEBUG" | "INFO" | "WARNING";

/** The time limit of the engine, on this same machine, for a message, in milliseconds. */
const LIMIT_MS = 2_000;

/**
 * The messages of one resource, on its own row of the terminal. What is printed in this process would show as
 * the stack's.
 *
 * They are a courtesy: if they cannot be delivered, nothing fails.
 */
export class EngineLog {
  private delivered = Promise.resolve();
  private lost = false;

  /** Connects to the engine already, so that no message waits for that. */
  constructor(private readonly urn: string) {
    deliverer()?.catch(() => {}); // The first message finds it too.
  }

  status(text: string): void {
    this.send("INFO", text, true);
  }

  warning(text: string): void {
    this.send("WARNING", text, false);
  }

  info(text: string): void {
    this.send("INFO", text, false);
  }

  /** Pulumi shows it with --debug only. */
  debug(text: string): void {
    this.send("DEBUG", text, false);
  }

  /**
   * Resolves when the engine has got all messages so far: messages after the resource's own end are lost.
   * Never rejects.
   */
  flush(): Promise<void> {
    return this.delivered;
  }

  /** One after the other, as the engine shows them in the order of arrival. */
  private send(severity: Severity, text: string, ephemeral: boolean): void {
    this.delivered = this.delivered.then(async () => {
      if (this.lost) {
        return;
      }
      try {
        const deliver = await deliverer();
        await deliver?.(this.urn, severity, text, ephemeral);
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

/** Returns the connection to the engine; undefined if there is no engine. */
function deliverer(): Promise<Deliver> | undefined {
  const address = engineAddress();
  if (address && engine?.address !== address.text) {
    engine = { address: address.text, deliver: connect(address.text) };
  }
  return address && engine?.deliver;
}

async function connect(address: string): Promise<Deliver> {
  const { EngineClient } = await import("@pulumi/pulumi/proto/engine_grpc_pb");
  const { LogRequest, LogSeverity } = await import("@pulumi/pulumi/proto/engine_pb");
  const { grpc } = await import("./pulumiModules");
  const { credentials, Metadata } = grpc;
  // Else gRPC would look for the engine by way of a lower-case https_proxy, and lose every message: it knows
  // no exception for loopback addresses, and reads NO_PROXY with its spaces.
  const client = new EngineClient(address, credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
  client.getChannel().getConnectivityState(true); // Connects now rather than with the first message.
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
