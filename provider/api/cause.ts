/**
 * Describes the cause of a failed connection. A host with several addresses that all fail has an error
 * without a message: its causes are one level down.
 */
export function causeOf(error: unknown): string {
  const causes = error instanceof AggregateError ? error.errors.map(causeOf) : [];
  if (causes.length > 0) {
    return [...new Set(causes)].join(", ");
  }
  return (error instanceof Error && error.message) || "no reason given";
}
