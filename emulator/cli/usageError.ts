/** A flag, or a file that a flag names, that cannot be used; the message names the expected value. */
export class UsageError extends Error {}
