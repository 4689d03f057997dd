/** Mistakes of who runs the command. */

/** A flag, or a file that a flag names, that cannot be used; the message says what was expected. */
export class UsageError extends Error {}
