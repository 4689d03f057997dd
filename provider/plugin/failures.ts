/** Failures of the service, as the status of a gRPC call to the engine. */
import type { StatusObject } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any, grpc } from "../engine/pulumiModules";
import { structOf } from "./structs";
import type { Properties } from "./values";

/**
 * A failure with which the engine keeps the resource in the state with these outputs, shows the message, and
 * calls update at the next up.
 */
export class PartialFailure extends Error {
  constructor(
    readonly id: string,
    message: string,
    readonly outputs: Properties,
    readonly inputs: Properties,
  ) {
    super(message);
    this.name = "PartialFailure";
  }
}

export function grpcStatus(error: unknown): Partial<StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  const code = grpc.status.UNKNOWN;
  if (!(error instanceof PartialFailure)) {
    return { code, details: message };
  }
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(initFailed(error, code).serializeBinary()));
  return { code, details: message, metadata };
}

function initFailed({ id, message, outputs, inputs }: PartialFailure, code: number): Status {
  const failure = new ErrorResourceInitFailed();
  failure.setId(id);
  failure.setProperties(structOf(outputs));
  failure.setInputs(structOf(inputs));
  failure.setReasonsList([message]);
  const detail = new Any();
  detail.pack(failure.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(code);
  status.setMessage(message);
  status.addDetails(detail);
  return status;
}
