/** Objects as Protobuf messages, and back. */
import type { Struct as StructMessage } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "../engine/pulumiModules";
import type { Properties } from "./values";

export function objectOf(struct: StructMessage | undefined): Record<string, unknown> {
  return struct?.toJavaScript() ?? {};
}

export function structOf(object: Properties): StructMessage {
  // Protobuf knows no undefined; JSON leaves such properties out.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(object)));
}
