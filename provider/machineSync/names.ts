/* The names of the properties of a MachineSync. A program imports this file too, so it imports nothing. */

/** The arguments, in the order in which messages list them. */
export const argumentNames = [
  "hosts",
  "triggers",
  "skipAwait",
  "region",
  "endpoint",
  "profile",
  "assumeRole",
] as const;

/** The outputs that show the account's latest sync. */
export const statusNames = [
  "state",
  "latestStartTime",
  "latestEndTime",
  "durationSeconds",
  "requestId",
] as const;

/** The outputs beside the arguments. */
export const outputNames = [...statusNames, "machines"] as const;
