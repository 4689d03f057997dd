import { randomUUID } from "node:crypto";
import { Failure } from "../world/failure";
import type { RequestKind } from "../world/faults";
import type { World } from "../world/world";
import { cwpActions } from "./actions";
import { answerInWords } from "./answerInWords";
import { type Account, accountName, type Keys } from "./keys";
import { RateLimit } from "./rateLimit";
import type { Role } from "./roles";
import { type HttpRequest, parseAuthorization, verifySignature } from "./signature";
import { Sts } from "./sts";

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
  /** The same and more, for a person who reads the log. */
  readonly words: string;
  /** The JSON body. */
  readonly body: string;
}

/** One service's API, told from the others by its version. */
interface Api {
  readonly service: string;
  readonly version: string;
  /** Whether Tencent Cloud documents X-TC-Region as required. */
  readonly needsRegion: boolean;
  /** The most that one account may send of one action. */
  readonly requestsPerSecond: number;
  readonly actions: ReadonlyMap<string, (parameters: unknown, caller: Account, note: Note) => object>;
}

/** Is told in words what the log should say of a request. */
type Note = (words: string) => void;

/** Who sends a request that needs no signature. */
const nobody: Account = { secretId: "", secretKey: "" };

/** The largest body that a TC3-signed POST may have. */
export const maximumBodyBytes = 10 * 1024 * 1024;

/** The API gateway before CWP and STS: checks a request, then carries out its action. */
export class Gateway {
  readonly #keys: Keys;
  readonly #realTime: () => number;
  readonly #apis: readonly Api[];
  readonly #rateLimit = new RateLimit();

  constructor(
    keys: Keys,
    roles: readonly Role[],
    worldOf: (account: Account) => World,
    realTime: () => number,
  ) {
    this.#keys = keys;
    this.#realTime = realTime;
    const sts = new Sts(roles, keys);
    this.#apis = [
      {
        service: "CWP",
        version: "2018-02-28",
        needsRegion: false,
        requestsPerSecond: 20,
        actions: new Map(
          [...cwpActions].map(([name, action]) => [
            name,
            (parameters, caller, note) => action(parameters, worldOf(caller), note),
          ]),
        ),
      },
      {
        service: "STS",
        version: "2018-08-13",
        needsRegion: true,
        requestsPerSecond: 600,
        actions: new Map([
          ["AssumeRole", (parameters) => sts.assumeRole(parameters)],
          ["AssumeRoleWithWebIdentity", (parameters) => sts.assumeRoleWithWebIdentity(parameters)],
        ]),
      },
    ];
  }

  answer(request: HttpRequest): Answer {
    const requestId = randomUUID();
    const notes: string[] = [];
    try {
      const response = this.#carryOut(request, (words) => notes.push(words));
      const state: unknown = Reflect.get(response, "State");
      const outcome = typeof state === "string" ? state : "OK";
      return {
        requestId,
        outcome,
        words: answerInWords(outcome, notes, response),
        body: JSON.stringify({ Response: { ...response, RequestId: requestId } }),
      };
    } catch (error) {
      return failureAnswer(error, requestId, notes);
    }
  }

  /**
   * The order of the checks is that of what the gateway must know for the next one: what it can read, who asks, what is
   * asked, whether that is too often, and only then the parameters of the action.
   */
  #carryOut(request: HttpRequest, note: Note): object {
    const { method, body } = request;
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
    const isUnsigned = requiredHeader(request, "Authorization") === "SKIP";

    const caller =
      isUnsigned && actionName === "AssumeRoleWithWebIdentity" ? nobody : this.#authenticate(request);
    const api = this.#apis.find((candidate) => candidate.version === version);
    if (api === undefined) {
      const known = this.#apis.map((one) => `${one.version} (${one.service})`).join(" and ");
      throw new Failure(
        "NoSuchVersion",
        `There is no API version \`${version}\`. The emulator has ${known}.`,
      );
    }
    const action = api.actions.get(actionName);
    if (action === undefined) {
      throw new Failure(
        "InvalidAction",
        `The request action=\`${actionName}\` is invalid. Of ${api.service} ${version}, the emulator knows ${[...api.actions.keys()].join(", ")}.`,
      );
    }
    if (api.needsRegion) {
      requiredHeader(request, "X-TC-Region");
    }
    const { requestsPerSecond } = api;
    if (
      !this.#rateLimit.allows(`${accountName(caller)} ${actionName}`, requestsPerSecond, this.#realTime())
    ) {
      throw new Failure(
        "RequestLimitExceeded",
        `Your current request times exceeds the frequency limit \`${requestsPerSecond}\` for a second. Please reduce the frequency of calls.`,
      );
    }
    return action(parseBody(body), caller, note);
  }

  #authenticate(request: HttpRequest): Account {
    const { secretId } = parseAuthorization(request.headers.authorization ?? "");
    const account = this.#keys.find(secretId);
    if (account === undefined) {
      throw new Failure(
        "AuthFailure.SecretIdNotFound",
        "The SecretId is not found, please ensure that your SecretId is correct.",
      );
    }
    verifySignature(request, account.secretKey, this.#realTime());
    if (account.token !== undefined && request.headers["x-tc-token"] !== account.token) {
      throw new Failure(
        "AuthFailure.TokenFailure",
        "This SecretId is temporary, and its X-TC-Token is missing or wrong.",
      );
    }
    if (this.#keys.hasEnded(account)) {
      throw new Failure("AuthFailure.TokenFailure", "This SecretId is temporary, and it has expired.");
    }
    return account;
  }
}

/** The answer to a request that failed; `notes` are what the log should say of it before the message. */
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
    words: answerInWords(code, [...notes, message]),
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

/** What kind of request it is, for faults aimed at one kind. */
export function requestKind({ action, sync }: Claims): RequestKind {
  if (action.startsWith("AssumeRole")) {
    return "sts";
  }
  return action === "SyncMachines" && sync === true ? "trigger" : "read";
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
