import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty, grpc, Struct } from "../../../provider/engine/pulumiModules";
import { providerService } from "../../../provider/plugin/service";

const urn = "urn:pulumi:dev::test::tencentcloud-cwp:index:MachineSync::machines";
const providerUrn = "urn:pulumi:dev::test::pulumi:providers:tencentcloud-cwp::default";

export type Properties = Record<string, unknown>;

const KIND = "4dabf18193072939515e22adb298388d";

/** A value as the engine wraps a secret. */
export const secret = (value: unknown) => ({ [KIND]: "1b47061264138c4ac30d75fd1eb44270", value });

/** What the engine sends for a value that a preview does not know. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the engine reads from the status of a partly failed create or update. */
export interface PartialFailure {
  id: string;
  properties: Properties;
  reasons: string[];
}

/** The plugin as the engine calls it, over gRPC, in plain objects. */
export class Plugin {
  private readonly client: ResourceProviderClient;

  constructor(readonly port: number) {
    this.client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  }

  close(): void {
    this.client.close();
  }

  handshake(engine = ""): Promise<pb.ProviderHandshakeResponse> {
    const request = new pb.ProviderHandshakeRequest();
    request.setEngineAddress(engine);
    return this.call((done) => this.client.handshake(request, done));
  }

  attach(engine: string): Promise<unknown> {
    const request = new PluginAttach();
    request.setAddress(engine);
    return this.call((done) => this.client.attach(request, done));
  }

  async schema(version = 0): Promise<string> {
    const request = new pb.GetSchemaRequest();
    request.setVersion(version);
    return (
      await this.call<pb.GetSchemaResponse>((done) => this.client.getSchema(request, done))
    ).getSchema();
  }

  async version(): Promise<string> {
    const info = await this.call<{ getVersion(): string }>((done) =>
      this.client.getPluginInfo(new Empty(), done),
    );
    return info.getVersion();
  }

  async checkConfig(news: Properties): Promise<{ inputs: Properties; reasons: string[] }> {
    const request = new pb.CheckRequest();
    request.setUrn(providerUrn);
    request.setNews(struct(news));
    return checked(await this.call((done) => this.client.checkConfig(request, done)));
  }

  async diffConfig(
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; changed: string[]; replaces: string[] }> {
    const request = new pb.DiffRequest();
    request.setUrn(providerUrn);
    request.setOldInputs(struct(olds));
    request.setNews(struct(news));
    return differs(await this.call((done) => this.client.diffConfig(request, done)));
  }

  configure(args: Properties): Promise<pb.ConfigureResponse> {
    const request = new pb.ConfigureRequest();
    request.setArgs(struct(args));
    request.setAcceptsecrets(true);
    return this.call((done) => this.client.configure(request, done));
  }

  async check(news: Properties, of = urn): Promise<{ inputs: Properties; reasons: string[] }> {
    const request = new pb.CheckRequest();
    request.setUrn(of);
    request.setNews(struct(news));
    return checked(await this.call((done) => this.client.check(request, done)));
  }

  async diff(
    olds: Properties,
    news: Properties,
    of = urn,
  ): Promise<{ changes: boolean; changed: string[]; replaces: string[] }> {
    const request = new pb.DiffRequest();
    request.setUrn(of);
    request.setId("id-1");
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    return differs(await this.call((done) => this.client.diff(request, done)));
  }

  async create(
    properties: Properties,
    { timeout = 0, preview = false } = {},
  ): Promise<{ id: string; properties: Properties }> {
    const request = new pb.CreateRequest();
    request.setUrn(urn);
    request.setProperties(struct(properties));
    request.setTimeout(timeout);
    request.setPreview(preview);
    const response = await this.call<pb.CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), properties: plain(response.getProperties()) };
  }

  async update(
    olds: Properties,
    news: Properties,
    { timeout = 0, preview = false } = {},
  ): Promise<Properties> {
    const request = new pb.UpdateRequest();
    request.setUrn(urn);
    request.setId("id-1");
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    request.setTimeout(timeout);
    request.setPreview(preview);
    const response = await this.call<pb.UpdateResponse>((done) => this.client.update(request, done));
    return plain(response.getProperties());
  }

  async read(
    id: string,
    properties: Properties = {},
    inputs: Properties = {},
    timeout = 0,
  ): Promise<{ id: string; properties: Properties; inputs: Properties }> {
    const request = new pb.ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setProperties(struct(properties));
    request.setInputs(struct(inputs));
    request.setTimeout(timeout);
    const response = await this.call<pb.ReadResponse>((done) => this.client.read(request, done));
    return {
      id: response.getId(),
      properties: plain(response.getProperties()),
      inputs: plain(response.getInputs()),
    };
  }

  delete(properties: Properties): Promise<unknown> {
    const request = new pb.DeleteRequest();
    request.setUrn(urn);
    request.setId("id-1");
    request.setProperties(struct(properties));
    return this.call((done) => this.client.delete(request, done));
  }

  async invoke(
    token: string,
    args: Properties = {},
  ): Promise<{ result: Properties | undefined; reasons: string[] }> {
    const request = new pb.InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    const response = await this.call<pb.InvokeResponse>((done) => this.client.invoke(request, done));
    return {
      result: response.hasReturn() ? plain(response.getReturn()) : undefined,
      reasons: response.getFailuresList().map((failure) => failure.getReason()),
    };
  }

  cancel(): Promise<unknown> {
    return this.call((done) => this.client.cancel(new Empty(), done));
  }

  private call<Response>(
    start: (done: (error: unknown, response: Response) => void) => void,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      start((error, response) => (error ? reject(error) : resolve(response)));
    });
  }
}

/** The plugin's service in this process, which costs a test no process, and sees the test's environment. */
export class PluginHere extends Plugin {
  private constructor(
    private readonly server: InstanceType<typeof grpc.Server>,
    port: number,
  ) {
    super(port);
  }

  static async start(): Promise<PluginHere> {
    const server = new grpc.Server();
    server.addService(ResourceProviderService, providerService());
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return new PluginHere(server, port);
  }

  stop(): void {
    this.close();
    this.server.forceShutdown();
  }
}

/** The partial failure in an error of a call, as the engine reads it; undefined if the error is a plain one. */
export function partialFailure(error: unknown): PartialFailure | undefined {
  const metadata: unknown = Reflect.get(Object(error), "metadata");
  const [details] = metadata instanceof grpc.Metadata ? metadata.get("grpc-status-details-bin") : [];
  if (!(details instanceof Buffer)) {
    return undefined;
  }
  const [any] = Status.deserializeBinary(details).getDetailsList();
  const failure = any?.unpack(
    pb.ErrorResourceInitFailed.deserializeBinary,
    "pulumirpc.ErrorResourceInitFailed",
  );
  return failure
    ? {
        id: failure.getId(),
        properties: plain(failure.getProperties()),
        reasons: failure.getReasonsList(),
      }
    : undefined;
}

function struct(properties: Properties): InstanceType<typeof Struct> {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}

function plain(message: InstanceType<typeof Struct> | undefined): Properties {
  return message?.toJavaScript() ?? {};
}

function checked(response: pb.CheckResponse): { inputs: Properties; reasons: string[] } {
  const failures = response.getFailuresList();
  // The engine prints the value of a property that a failure names.
  if (failures.some((failure) => failure.getProperty() !== "")) {
    throw new Error("A failure names a property.");
  }
  return { inputs: plain(response.getInputs()), reasons: failures.map((failure) => failure.getReason()) };
}

function differs(response: pb.DiffResponse): { changes: boolean; changed: string[]; replaces: string[] } {
  return {
    changes: response.getChanges() === pb.DiffResponse.DiffChanges.DIFF_SOME,
    changed: response.getDiffsList(),
    replaces: response.getReplacesList(),
  };
}
