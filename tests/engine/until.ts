import { once } from "node:events";

/** Resolves once it holds. Asks every few milliseconds; the test's own time-out is the limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await once(AbortSignal.timeout(20), "abort");
  }
}
