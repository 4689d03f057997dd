import { duration } from "../api/duration";
import type { Report } from "./report";

/** Returns the report for a person: two columns, one line for each fact. */
export function tableOf(report: Report): string {
  const { account, endpoint, actions } = report;
  return inColumns([
    ["account", account.accountId ?? "not known"],
    ["SecretId", account.secretId === null ? "none" : `${account.secretId} (${account.source})`],
    ["endpoint", `${endpoint.url ?? "none"}${endpoint.proxy ? ` by way of ${endpoint.proxy}` : ""}`],
    ["answer", endpoint.roundTripMs === null ? "none" : `in ${duration(endpoint.roundTripMs)}`],
    ["clock", clock(endpoint.clockSkewSeconds)],
    ["cwp:SyncMachines", syncMachines(actions["cwp:SyncMachines"])],
    ["cwp:DescribeMachines", describeMachines(actions["cwp:DescribeMachines"])],
  ]);
}

/** Aligns rows of two cells: the first cells are equally wide. */
export function inColumns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `${first.padEnd(width)}  ${second}\n`).join("");
}

/** Below this difference, in seconds, the time of the answer may be its cause. */
const NOTEWORTHY_SECONDS = 3;

function clock(seconds: number | undefined): string {
  if (seconds === undefined) {
    return "not known";
  }
  return Math.abs(seconds) < NOTEWORTHY_SECONDS
    ? "right"
    : `${duration(Math.abs(seconds) * 1000)} ${seconds > 0 ? "ahead" : "behind"}`;
}

function syncMachines(action: Report["actions"]["cwp:SyncMachines"]): string {
  const { state, latestStartTime, latestEndTime } = action;
  const ended = state === "SYNCING" ? "" : latestEndTime;
  const seen = [state, latestStartTime && `started ${latestStartTime}`, ended && `ended ${ended}`];
  return `${permission(action, " (polls and starts)")}${afterColon(seen.filter(Boolean).join(", "))}`;
}

function describeMachines(action: Report["actions"]["cwp:DescribeMachines"]): string {
  const { total } = action;
  return `${permission(action)}${afterColon(total === undefined ? "" : `${total} CVM in all regions`)}`;
}

/** Describes the permission. `what` is the purpose of the action. */
function permission({ allowed, code }: Report["actions"]["cwp:DescribeMachines"], what = ""): string {
  const permitted = allowed === null ? "not known" : `${allowed ? "allowed" : "refused"}${what}`;
  return `${permitted}${afterColon(code)}`;
}

function afterColon(text = ""): string {
  return text && `: ${text}`;
}
