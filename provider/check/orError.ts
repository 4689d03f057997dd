import { CwpError } from "../api/errors";

/** Resolves with the result of the work, or with the CwpError that it fails with. Rejects with any other error. */
export async function orError<T>(work: () => T | Promise<T>): Promise<T | CwpError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CwpError) {
      return error;
    }
    throw error;
  }
}
