import { RunError } from "@pulumi/pulumi";
import { withHeading } from "../provider/machineSync/headings";

/**
 * Makes the error for a mistake in the program. Pulumi shows only the message of a RunError. It has no stack,
 * since Node.js 20 never finishes printing a stack that leads through the callback of an output
 * (`node_modules/@pulumi/output.ts`).
 */
export function mistake(message: string): RunError {
  const error = new RunError(withHeading(message, "arguments"));
  error.stack = error.message;
  return error;
}
