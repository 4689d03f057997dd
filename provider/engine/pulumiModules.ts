/**
 * Pulumi's own copies of gRPC and Protobuf: its services and messages work with no other copy, and this
 * package has none.
 */
import { createRequire } from "node:module";

const ofPulumi = createRequire(require.resolve("@pulumi/pulumi/package.json"));

export const grpc: typeof import("@grpc/grpc-js") = ofPulumi("@grpc/grpc-js");
export const { Any }: typeof import("google-protobuf/google/protobuf/any_pb") = ofPulumi(
  "google-protobuf/google/protobuf/any_pb",
);
export const { Empty }: typeof import("google-protobuf/google/protobuf/empty_pb") = ofPulumi(
  "google-protobuf/google/protobuf/empty_pb",
);
export const { Struct }: typeof import("google-protobuf/google/protobuf/struct_pb") = ofPulumi(
  "google-protobuf/google/protobuf/struct_pb",
);
