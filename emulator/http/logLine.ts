/** The log as a person reads it. */
import { requestKind } from "../api/claims";
import { serviceTime } from "../world/status";
import type { LoggedRequest } from "./requestLog";

/** As wide as AssumeRoleWithWebIdentity. */
const REQUEST_WIDTH = 25;
/** As wide as FINISHED with its times. */
const SUMMARY_WIDTH = 34;
const LEAST_ID_WIDTH = 20;

/** The width that the SecretIds of a log need. Longer SecretIds, of temporary credentials, are cut to it. */
export function idWidth(secretIds: readonly string[]): number {
  return Math.max(LEAST_ID_WIDTH, ...secretIds.map(({ length }) => length));
}

/**
 * One line for one request, for a person to read:
 *
 *     20:01:04  SyncMachines      trigger  AKIDexample           SYNCING   started 20:01:04          (RequestId)
 *
 * `summary` is the outcome of the request. Times are the service's own, in UTC+8, without the date if it is
 * the date of the line.
 */
export function logLine(request: LoggedRequest, summary: string, width: number): string {
  const [date, time] = serviceTime(request.at).split(" ");
  const kind = requestKind(request);
  const action = request.action || "no action";
  const word = kind === "start" ? "trigger" : kind;
  const columns = [
    time,
    cut(kind === "sts" ? action : `${action.padEnd(16)}  ${word}`, REQUEST_WIDTH),
    cut(request.secretId || "no SecretId", width),
    summary.replaceAll(`${date} `, "").padEnd(SUMMARY_WIDTH),
    request.requestId && `(${request.requestId})`,
  ];
  return oneLine(columns);
}

/** One line for one request to the metadata service. */
export function metadataLine(at: number, summary: string): string {
  const [, time] = serviceTime(at).split(" ");
  return oneLine([time, "metadata", summary]);
}

/** A client may send line ends, and worse. */
function oneLine(columns: readonly (string | undefined)[]): string {
  return columns
    .join("  ")
    .trimEnd()
    .replaceAll(/\p{Cc}/gu, " ");
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}
