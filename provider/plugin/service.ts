/**
 * The gRPC service that the engine calls (pulumirpc.ResourceProvider): it translates, and leaves the work to
 * the core.
 */
import type { handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "../engine/pulumiModules";
import { forgetPartialFailure, forgetPartialFailures } from "../machineSync/retries";
import { Cancellation } from "./cancel";
import { grpcStatus } from "./failures";
import { attachTo, liveWithEngine } from "./life";
import type { Asked, Context } from "./resource";
import { packageVersion, readSchema } from "./schema";
import { checkSettings, coreSettings, diffSettings, protectSettings } from "./settings";
import { objectOf, structOf } from "./structs";
import { type Properties, unwrapAll, withoutLeftovers } from "./values";

const RESOURCE = "tencentcloud-cwp:index:MachineSync";
const FUNCTION = "tencentcloud-cwp:index:getMachineSyncStatus";

/**
 * Loaded with the first request for a resource: Pulumi also starts a process only for its schema, and waits
 * for its port.
 */
const core = () => import("./resource");

/** Returns the service of a process. Each Provider of a program has a process of its own. */
export function providerService(): UntypedServiceImplementation {
  const cancellation = new Cancellation();
  let settings: Context["settings"] = { config: coreSettings({}), env: process.env };
  const context = (): Context => ({ settings, signal: cancellation.signal });

  return {
    handshake: answer((request: pb.ProviderHandshakeRequest) => {
      liveWithEngine(request.getEngineAddress());
      const response = new pb.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      return response;
    }),

    attach: answer((request: PluginAttach) => {
      attachTo(request.getAddress());
      return new Empty();
    }),

    getPluginInfo: answer(() => {
      const info = new PluginInfo();
      info.setVersion(packageVersion());
      return info;
    }),

    getSchema: answer((request: pb.GetSchemaRequest) => {
      if (request.getVersion() !== 0) {
        throw new Error(`There is no schema of version ${request.getVersion()}: ask for version 0.`);
      }
      const response = new pb.GetSchemaResponse();
      response.setSchema(readSchema());
      return response;
    }),

    checkConfig: answer(async (request: pb.CheckRequest) => {
      const news = objectOf(request.getNews());
      return checkResponse(protectSettings(news), await checkSettings(unwrapAll(news), process.env));
    }),

    diffConfig: answer((request: pb.DiffRequest) => {
      const olds = objectOf(request.getOldInputs() ?? request.getOlds());
      const { changed, replaces } = diffSettings(unwrapAll(olds), unwrapAll(objectOf(request.getNews())));
      return diffResponse(changed.length > 0, changed, replaces);
    }),

    configure: answer((request: pb.ConfigureRequest) => {
      cancellation.renew();
      forgetPartialFailures();
      settings = { config: coreSettings(unwrapAll(objectOf(request.getArgs()))), env: process.env };
      const response = new pb.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),

    check: answer(async (request: pb.CheckRequest) => {
      refuseUnknown(request.getType(), request.getUrn());
      const news = objectOf(request.getNews());
      const resource = await core();
      return checkResponse(news, resource.check(request.getUrn(), news));
    }),

    diff: answer(async (request: pb.DiffRequest) => {
      const resource = await core();
      const { changes, changed, replaces } = resource.diff(
        request.getUrn(),
        objectOf(request.getOlds()),
        objectOf(request.getNews()),
      );
      return diffResponse(changes, changed, replaces);
    }),

    create: answer(async (request: pb.CreateRequest) => {
      const resource = await core();
      const { id, outputs } = await resource.create(
        objectOf(request.getProperties()),
        readAsked(request),
        context(),
      );
      const response = new pb.CreateResponse();
      response.setId(id);
      response.setProperties(structOf(outputs));
      return response;
    }),

    read: answer(async (request: pb.ReadRequest) => {
      const resource = await core();
      // Not in the oldest @pulumi/pulumi that this package works with.
      const timeout: number | undefined = request.getTimeout?.();
      const outputs = await resource.read(objectOf(request.getProperties()), timeout, context());
      const response = new pb.ReadResponse();
      response.setId(request.getId());
      response.setProperties(structOf(outputs));
      response.setInputs(structOf(withoutLeftovers(objectOf(request.getInputs()))));
      return response;
    }),

    update: answer(async (request: pb.UpdateRequest) => {
      const resource = await core();
      const [olds, news] = [objectOf(request.getOlds()), objectOf(request.getNews())];
      const outputs = await resource.update(request.getId(), olds, news, readAsked(request), context());
      const response = new pb.UpdateResponse();
      response.setProperties(structOf(outputs));
      return response;
    }),

    // There is nothing to undo.
    delete: answer((request: pb.DeleteRequest) => {
      forgetPartialFailure(request.getUrn());
      return new Empty();
    }),

    invoke: answer(async (request: pb.InvokeRequest) => {
      if (request.getTok() !== FUNCTION) {
        throw new Error(`There is no function ${request.getTok()}. There is ${FUNCTION}.`);
      }
      const { readStatus } = await core();
      const { status, reasons } = await readStatus(objectOf(request.getArgs()), context());
      const response = new pb.InvokeResponse();
      response.setFailuresList(reasons.map(failure));
      if (status) {
        response.setReturn(structOf(status));
      }
      return response;
    }),

    cancel: answer(() => {
      cancellation.cancel();
      return new Empty();
    }),
  };
}

/** Makes a method of the service. The engine gets its error as the call's status. */
function answer<Request, Response>(
  method: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    Promise.resolve(request)
      .then(method)
      .then(
        (response) => callback(null, response),
        (error) => callback(grpcStatus(error)),
      );
  };
}

function readAsked(request: pb.CreateRequest | pb.UpdateRequest): Asked {
  return { urn: request.getUrn(), timeout: request.getTimeout(), preview: request.getPreview() };
}

/** Throws for another resource. Older engines name the type only within the URN. */
function refuseUnknown(type: string, urn: string): void {
  const [, , qualified = ""] = urn.split("::");
  const name = type || (qualified.split("$").at(-1) ?? "");
  if (name !== RESOURCE) {
    throw new Error(`There is no resource ${name}. There is ${RESOURCE}.`);
  }
}

function checkResponse(inputs: Properties, reasons: readonly string[]): pb.CheckResponse {
  const response = new pb.CheckResponse();
  response.setInputs(structOf(inputs));
  response.setFailuresList(reasons.map(failure));
  return response;
}

function failure(reason: string): pb.CheckFailure {
  const one = new pb.CheckFailure();
  one.setReason(reason);
  return one;
}

function diffResponse(
  changes: boolean,
  changed: readonly string[],
  replaces: readonly string[],
): pb.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = pb.DiffResponse.DiffChanges;
  const response = new pb.DiffResponse();
  response.setChanges(changes ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList([...changed]);
  response.setReplacesList([...replaces]);
  return response;
}
