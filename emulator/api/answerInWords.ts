/** FINISHED, the longest state. */
const outcomeWidth = 8;

/** How an answer came out, for the log: its State or error code, the times that its `Response` shows, and the notes. */
export function answerInWords(outcome: string, notes: readonly string[], response: object = {}): string {
  return `${outcome.padEnd(outcomeWidth)}  ${[...times(outcome, response), ...notes].join("; ")}`.trimEnd();
}

/** The times of a status. While a sync goes, or when it is older than the start, the end is that of the sync before. */
function times(state: string, response: object): string[] {
  const start: unknown = Reflect.get(response, "LatestStartTime");
  const end: unknown = Reflect.get(response, "LatestEndTime");
  if (typeof start !== "string" || typeof end !== "string" || start === "") {
    return [];
  }
  return [state === "SYNCING" || end < start ? `started ${start}` : `ran ${start} to ${end}`];
}
