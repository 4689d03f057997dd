/*
 * The names of the properties of a MachineSync. A program imports them too, so nothing stands here that would
 * have to be loaded with them.
 */

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

/** What shows of the account's latest sync. */
export const statusNames = [
  "state",
  "latestStartTime",
  "latestEndTime",
  "durationSeconds",
  "requestId",
] as const;

/** What an operation puts out beside the arguments. */
export const outputNames = [...statusNames, "machines"] as const;
