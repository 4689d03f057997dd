import { randomUUID } from "node:crypto";
import { actions } from "./actions";
import { Failure } from "./failure";
import { RateLimit } from "./rate-limit";
import { type HttpRequest, parseAuthorization, verifySignature } from "./signature";
import type { World } from "./world";

/** A key pair that the emulator accepts. */
export interface Account {
  readonly secretId: string;
  readonly secretKey: string;
  /** The session token, for a temporary key: each request must carry it as X-TC-Token. */
  readonly token?: string;
  /** Key pairs with the same name here belong to one account and share its hosts and syncs. Default: the secretId. */
  readonly account?: string;
}

/** What a request says of itself, checked or not. */
export interface Claims {
  /** "" when there is no X-TC-Action. */
  readonly action: string;
  /** The parameter `Sync`; undefined when it is absent or not a boolean. */
  readonly sync: boolean | undefined;
  /** "" when there is no readable Authorization. */
  readonly secretId: string;
}

/** An answer to an API request. */
export interface Answer {
  readonly requestId: string;
  /** The State, an error code, or OK. */
  readonly outcome: string;
  /** The JSON body. */
  readonly body: string;
}

const apiVersion = "2018-02-28";
const maximumRequestsPerSecond = 20;
/** The largest body that a TC3-signed POST may have. */
export const maximumBodyBytes = 10 * 1024 * 1024;

/** The API gateway before CWP: checks a request, then carries out its action on the account's world. */
export class Gateway {
  readonly #accounts: readonly Account[];
  readonly #worldOf: (account: Account) => World;
  readonly #realTime: () => number;
  readonly #rateLimit = new RateLimit(maximumRequestsPerSecond);

  constructor(accounts: readonly Account[], worldOf: (account: Account) => World, realTime: () => number) {
    this.#accounts = accounts;
    this.#worldOf = worldOf;
    this.#realTime = realTime;
  }

  answer(request: HttpRequest): Answer {
    const requestId = randomUUID();
    try {
      const response = this.#carryOut(request);
      const state: unknown = Reflect.get(response, "State");
      return {
        requestId,
        outcome: typeof state === "string" ? state : "OK",
        body: JSON.stringify({ Response: { ...response, RequestId: requestId } }),
      };
    } catch (error) {
      return failureAnswer(error, requestId);
    }
  }

  /**
   * The order of the checks is that of what the gateway must know for the next one: what it can read, who asks, what is
   * asked, whether that is too often, and only then the parameters of the action.
   */
  #carryOut(request: HttpRequest): object {
    const { method, headers, body } = request;
    if (method !== "POST") {
      throw new Failure(
        "UnsupportedProtocol",
        `The emulator takes POST requests only; this was a ${method}.`,
      );
    }
    if (body.length > maximumBodyBytes) {
      throw new Failure("RequestSizeLimitExceeded", "The request is larger than 10 MB.");
    }
    const actionName = requiredHeader(request, "X-TC-Action");
    const version = requiredHeader(request, "X-TC-Version");
    if (!/^\d+$/.test(requiredHeader(request, "X-TC-Timestamp"))) {
      throw new Failure(
        "InvalidParameter",
        "X-TC-Timestamp is not valid: expected whole seconds since the epoch.",
      );
    }
    requiredHeader(request, "Authorization");

    const account = this.#authenticate(request);
    if (account.token !== undefined && headers["x-tc-token"] !== account.token) {
      throw new Failure(
        "AuthFailure.TokenFailure",
        "This SecretId is temporary, and its X-TC-Token is missing or wrong.",
      );
    }
    if (version !== apiVersion) {
      throw new Failure("NoSuchVersion", `CWP has no API version \`${version}\`; it has ${apiVersion}.`);
    }
    const action = actions.get(actionName);
    if (action === undefined) {
      throw new Failure(
        "InvalidAction",
        `The request action=\`${actionName}\` is invalid. The emulator knows ${[...actions.keys()].join(", ")}.`,
      );
    }
    if (!this.#rateLimit.allows(`${accountName(account)} ${actionName}`, this.#realTime())) {
      throw new Failure(
        "RequestLimitExceeded",
        `Your current request times exceeds the frequency limit \`${maximumRequestsPerSecond}\` for a second. Please reduce the frequency of calls.`,
      );
    }
    return action(parseBody(body), this.#worldOf(account));
  }

  #authenticate(request: HttpRequest): Account {
    const { secretId } = parseAuthorization(request.headers.authorization ?? "");
    const account = this.#accounts.find((candidate) => candidate.secretId === secretId);
    if (account === undefined) {
      throw new Failure(
        "AuthFailure.SecretIdNotFound",
        "The SecretId is not found, please ensure that your SecretId is correct.",
      );
    }
    verifySignature(request, account.secretKey, this.#realTime());
    return account;
  }
}

/** The name under which key pairs share a world. */
export function accountName({ account, secretId }: Account): string {
  return account ?? secretId;
}

/** The answer to a request that failed. */
export function failureAnswer(error: unknown, requestId: string = randomUUID()): Answer {
  const { code, message } =
    error instanceof Failure ? error : new Failure("InternalError", `The emulator failed: ${error}`);
  return {
    requestId,
    outcome: code,
    body: JSON.stringify({ Response: { Error: { Code: code, Message: message }, RequestId: requestId } }),
  };
}

/** What a request says of itself, for the log and for faults aimed at one kind of request. */
export function readClaims({ headers, body }: HttpRequest): Claims {
  let sync: unknown;
  let secretId = "";
  try {
    secretId = parseAuthorization(headers.authorization ?? "").secretId;
  } catch {
    // An unreadable header names nobody.
  }
  try {
    sync = Reflect.get(new Object(parseBody(body)), "Sync");
  } catch {
    // An unreadable body asks for nothing.
  }
  return {
    action: headers["x-tc-action"] ?? "",
    sync: typeof sync === "boolean" ? sync : undefined,
    secretId,
  };
}

function requiredHeader({ headers }: HttpRequest, name: string): string {
  const value = headers[name.toLowerCase()];
  if (value === undefined || value === "") {
    throw new Failure("MissingParameter", `The request is missing a required parameter \`${name}\`.`);
  }
  return value;
}

function parseBody(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString("utf8");
  if (text === "") {
    return {};
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure("InvalidParameter", "The request body is not valid JSON.");
  }
}
