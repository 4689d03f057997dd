import assert from "node:assert/strict";
import { inspect } from "node:util";

/**
 * The error that a promise, or a function, ends with. Fails if it does not end with an error, or if the error
 * shows a secret anywhere: in its message, its stack, or a property however deep.
 */
export async function refusal(
  attempt: Promise<unknown> | (() => unknown),
  ...secrets: string[]
): Promise<Error> {
  let error: unknown;
  try {
    const outcome = await (typeof attempt === "function" ? attempt() : attempt);
    assert.fail(`It was expected to fail, but gave ${inspect(outcome)}.`);
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof Error, `${inspect(error)} is no Error`);
  if (error instanceof assert.AssertionError) {
    throw error;
  }
  const shown = [
    inspect(error, { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null }),
    error.message,
    JSON.stringify(error),
  ].join("\n");
  for (const secret of secrets) {
    assert.ok(!shown.includes(secret), `the error shows the secret "${secret}": ${error.message}`);
  }
  return error;
}
