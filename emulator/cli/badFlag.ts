/** A flag, or what a flag names, that cannot be used; the message says what was expected. */
export class BadFlag extends Error {}
