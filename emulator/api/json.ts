import { Failure } from "../world/failure";

/** Reads a JSON body; an empty one counts as `{}`. Throws the Failure InvalidParameter. */
export function readJsonBody(body: Uint8Array | string): unknown {
  const text = Buffer.from(body).toString("utf8");
  if (text.trim() === "") {
    return {};
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure("InvalidParameter", "The request body is not valid JSON.");
  }
}
