/** Serves the provider, and prints its port for the engine. */
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { grpc } from "../engine/pulumiModules";
import { liveWithEngine } from "./life";
import { providerService } from "./service";

/** The same as in Pulumi's own providers, in bytes. */
const LARGEST_MESSAGE = 400 * 1024 * 1024;

liveWithEngine();
const server = new grpc.Server({ "grpc.max_receive_message_length": LARGEST_MESSAGE });
server.addService(ResourceProviderService, providerService());
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  console.log(String(port));
});
