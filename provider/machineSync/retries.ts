import { isDeepStrictEqual } from "node:util";
import type { Inputs } from "./inputs";
import type { Outputs } from "./outputs";

/** A create or update that has left a partial failure. */
interface Kept {
  readonly inputs: Inputs;
  readonly outputs: Outputs;
}

/**
 * The partial failures of this process, by URN. If a program's hook (`onError`) asks for a retry, Pulumi
 * calls create or update again with the state from before the first try, which lacks the sync that the try
 * has started.
 */
const kept = new Map<string, Kept>();

/**
 * Keeps the partial failure of a create or update. Does nothing for a resource whose URN is not known ("").
 */
export function keepPartialFailure(urn: string, inputs: Inputs, outputs: Outputs): void {
  if (urn) {
    kept.set(urn, { inputs, outputs });
  }
}

/** Returns the outputs of the last try, if it had the same inputs. */
export function findLastTry(urn: string, inputs: Inputs): Outputs | undefined {
  const last = kept.get(urn);
  return last && isDeepStrictEqual(last.inputs, inputs) ? last.outputs : undefined;
}

export function forgetPartialFailure(urn: string): void {
  kept.delete(urn);
}

/** Prepares for the next engine: a process that a developer has started serves several in turn. */
export function forgetPartialFailures(): void {
  kept.clear();
}
