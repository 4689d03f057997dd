import { apis } from "./apis";
import { readJsonBody } from "./json";
import { type HttpRequest, parseAuthorization } from "./signature";

/** The claims of a request, checked or not: for the log, and for faults of one kind of request. */
export interface Claims {
  /** The name in X-TC-Action; "" when there is none. */
  readonly action: string;
  /** The parameter `Sync`; undefined when it is absent or not a boolean. */
  readonly sync: boolean | undefined;
  /** The SecretId; "" when there is no readable Authorization. */
  readonly secretId: string;
  /** The region in X-TC-Region; "" when there is none. */
  readonly region: string;
  /** The language in X-TC-Language; "" when there is none. */
  readonly language: string;
  /** The parameters of the action; `{}` when the body is not a JSON object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * A kind of API request. `start`: SyncMachines with `Sync: true`; `trigger`: its older name; `sts`: an action
 * of STS; `read`: any other request.
 */
export type RequestKind = "start" | "trigger" | "read" | "sts";

const stsActions: readonly string[] = apis.flatMap(({ service, actions }) =>
  service === "STS" ? actions.map(({ name }) => name) : [],
);

export function readClaims({ headers, body }: HttpRequest): Claims {
  const parameters = readParameters(body);
  const { Sync: sync } = parameters;
  return {
    action: headers["x-tc-action"] ?? "",
    sync: typeof sync === "boolean" ? sync : undefined,
    secretId: readSecretId(headers.authorization ?? ""),
    region: headers["x-tc-region"] ?? "",
    language: headers["x-tc-language"] ?? "",
    parameters,
  };
}

export function requestKind({ action, sync }: Pick<Claims, "action" | "sync">): "start" | "read" | "sts" {
  if (stsActions.includes(action)) {
    return "sts";
  }
  return action === "SyncMachines" && sync === true ? "start" : "read";
}

function readSecretId(authorization: string): string {
  try {
    return parseAuthorization(authorization).secretId;
  } catch {
    // An unreadable header names no key.
    return "";
  }
}

function readParameters(body: Uint8Array): Record<string, unknown> {
  try {
    const parameters = readJsonBody(body);
    return typeof parameters === "object" && parameters !== null && !Array.isArray(parameters)
      ? { ...parameters }
      : {};
  } catch {
    // An unreadable body asks for nothing.
    return {};
  }
}
