/** Answers of the API, for the client and for the log. */
import { randomUUID } from "node:crypto";
import { Failure } from "../world/failure";

/** An answer to an API request. */
export interface Answer {
  readonly requestId: string;
  /** The State, an error code, or OK. */
  readonly outcome: string;
  /** True if the action was carried out. */
  readonly carriedOut: boolean;
  /** The outcome and more, for a person who reads the log. */
  readonly summary: string;
  /** The JSON body. */
  readonly body: string;
}

/** FINISHED, the longest state. */
const OUTCOME_WIDTH = 8;

/** The answer to a request that was carried out; `notes` are remarks for the log. */
export function successAnswer(response: object, requestId: string, notes: readonly string[]): Answer {
  const state: unknown = Reflect.get(response, "State");
  const outcome = typeof state === "string" ? state : "OK";
  return {
    requestId,
    outcome,
    carriedOut: true,
    summary: summarize(outcome, [...showTimes(outcome, response), ...notes]),
    body: JSON.stringify({ Response: { ...response, RequestId: requestId } }),
  };
}

/** The answer to a request that failed; `notes` are remarks for the log, before the message. */
export function failureAnswer(
  error: unknown,
  requestId: string = randomUUID(),
  notes: readonly string[] = [],
): Answer {
  const { code, message } =
    error instanceof Failure ? error : new Failure("InternalError", `The emulator failed: ${error}`);
  return {
    requestId,
    outcome: code,
    carriedOut: false,
    summary: summarize(code, [...notes, message]),
    body: JSON.stringify({ Response: { Error: { Code: code, Message: message }, RequestId: requestId } }),
  };
}

function summarize(outcome: string, details: readonly string[]): string {
  return `${outcome.padEnd(OUTCOME_WIDTH)}  ${details.join("; ")}`.trimEnd();
}

/**
 * The times that a status shows. During a sync, or if the end is older than the start, the end belongs to the
 * sync before.
 */
function showTimes(state: string, response: object): string[] {
  const start: unknown = Reflect.get(response, "LatestStartTime");
  const end: unknown = Reflect.get(response, "LatestEndTime");
  if (typeof start !== "string" || typeof end !== "string" || start === "") {
    return [];
  }
  return [state === "SYNCING" || end < start ? `started ${start}` : `ran ${start} to ${end}`];
}
