/** The error for a mistake in the program. */
import { RunError } from "@pulumi/pulumi";
import { withHeading } from "../provider/machineSync/headings";

/**
 * The error for a mistake in the program. Pulumi shows the message of a RunError alone. It has no stack,
 * since Node.js 20 never comes to the end of printing one that leads through the callback of an output
 * (`node_modules/@pulumi/output.ts`).
 */
export function mistake(message: string): RunError {
  const error = new RunError(withHeading(message, "arguments"));
  error.stack = error.message;
  return error;
}
