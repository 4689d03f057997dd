/** The errors of this package, and the meaning of each error code of Tencent Cloud. */
import { inspect } from "node:util";
import { excerpt, makePrintable } from "./printable";

/** The retries that may help: as long as the retry budget lasts, a few times only, or none. */
export type Retry = "yes" | "few" | "never";

/** The settings that an error is about, if its code does not show it. */
export type Topic = "credentials" | "endpoint";

/** A failure of this package. Its message says what happened and what to do. */
export class CwpError extends Error {
  /** False if nothing was sent to CWP, for example because there were no credentials. */
  sent = true;

  topic: Topic | undefined;

  constructor(
    /** Tencent Cloud's error code if there is one, else a code of this package. */
    readonly code: string,
    message: string,
    readonly retry: Retry,
    /** The id of the failed request, if the service gave it. */
    readonly requestId: string = "",
  ) {
    super(makePrintable(message));
    this.name = "CwpError";
    // Pulumi's dynamic provider host prints the stack of errors of check, diff and read; a user needs only
    // the message.
    this.stack = this.message;
  }

  /** Returns the same failure with another message. */
  withMessage(message: string): CwpError {
    const { code, retry, requestId, sent, topic } = this;
    return Object.assign(new CwpError(code, message, retry, requestId), { sent, topic });
  }

  /** Returns only the message, for a person at a terminal; Node would print every field too. */
  [inspect.custom](): string {
    return this.message;
  }
}

/** A setting that cannot be used: nothing was sent. */
export class SettingsError extends CwpError {
  constructor(message: string, topic: Topic = "credentials") {
    super("InvalidSettings", message, "never");
    this.sent = false;
    this.topic = topic;
  }
}

/** The user's names for the settings in an error's advice. */
export interface Names {
  /** The setting or file of the keys that signed the request: `secretId and secretKey in FILE`. */
  readonly keys?: string;
  /** The setting that names the role: `the argument assumeRole`. */
  readonly role?: string;
}

/** The service answered with an error code. */
export class ApiError extends CwpError {
  private readonly said: string;
  private readonly action: string;
  private readonly names: Names;

  /** `action` is the CAM action that the request needs. */
  constructor(code: string, said: string, requestId: string, action = "cwp:SyncMachines", names: Names = {}) {
    const { retry, advice: text } = meaningOf(code);
    const { keys, role } = names;
    const words: Readonly<Record<string, string>> = {
      ACTION: action,
      " (KEYS)": keys ? ` (${keys})` : "",
      " (ROLE)": role ? ` (${role})` : "",
    };
    const advice = text.replace(/ACTION| \(KEYS\)| \(ROLE\)/g, (word) => words[word] ?? word);
    // It matches dots only from the first dot: else 200 000 dots would take a minute.
    const sentence = said.trim().replace(/(?<![.。])[.。]+$/, "") || "no reason given";
    super(
      code,
      `${code}: ${sentence} (RequestId ${requestId || "none"}).${advice && ` ${advice}`}`,
      retry,
      requestId,
    );
    this.said = said;
    this.action = action;
    this.names = names;
  }

  /** Returns the same error. Its advice names the user's own settings. */
  withNames(names: Names): ApiError {
    const { code, requestId, sent } = this;
    const named = new ApiError(code, this.said, requestId, this.action, { ...this.names, ...names });
    named.sent = sent;
    return named;
  }
}

/** A request without a usable answer: it may or may not have been carried out. */
export class NoAnswer extends CwpError {
  constructor(
    code: "NetworkFailure" | "RequestTimeout" | "HttpStatus" | "Aborted",
    message: string,
    retry: Retry = "yes",
    topic?: Topic,
  ) {
    super(code, message, retry);
    this.topic = topic;
  }
}

/** An answer without the documented shape, such as a proxy's error page. */
export class BadAnswer extends CwpError {
  constructor(what: string, requestId = "", retry: Retry = "yes") {
    super(
      "BadAnswer",
      `This is no answer of the API: ${what}. A proxy or a wrong endpoint answers like this: check tencentcloud-cwp:endpoint and the proxy settings.`,
      retry,
      requestId,
    );
  }
}

/** An answer with a state that this package does not know: the sync may or may not have ended. */
export class UnknownState extends CwpError {
  constructor(state: string, requestId: string) {
    super(
      "UnknownState",
      `CWP answered with the state "${excerpt(state, 100)}", which is none of NOTASK, SYNCING, FINISHED (RequestId ${requestId || "none"}). A newer version of pulumi-tencentcloud-cwp may know it.`,
      "never",
      requestId,
    );
  }
}

interface Meaning {
  readonly retry: Retry;
  readonly advice: string;
}

const lookUp = "Tencent Cloud's API documentation says what the code means.";

const stop = (advice: string): Meaning => ({ retry: "never", advice });
const again = (retry: Retry, advice = ""): Meaning => ({ retry, advice });

const checkCredentials = "Check the SecretId and SecretKey (KEYS).";
const grant =
  'Grant this identity the CAM action ACTION, as by the policy {"version":"2.0","statement":[{"effect":"allow","action":["ACTION"],"resource":["*"]}]}.';
const checkRole = "Check the role's ARN (ROLE).";
const checkEndpoint =
  "Check that tencentcloud-cwp:endpoint is a CWP endpoint, such as cwp.tencentcloudapi.com.";

/**
 * The codes that Tencent Cloud documents (API 3.0, common error codes and codes of SyncMachines). A full code
 * is looked up first, then the part before its dot; a code found in neither way is final.
 */
const meanings: ReadonlyMap<string, Meaning> = new Map(
  Object.entries({
    RequestLimitExceeded: again("yes"),
    ResourceInUse: again("yes"),
    ResourceUnavailable: again("yes"),
    ServiceUnavailable: again("yes"),
    "FailedOperation.APIServerFail": again("yes"),
    FailedOperation: again("few"),
    InternalError: again(
      "few",
      "This is a fault of the service: try again later, or give Tencent Cloud the RequestId.",
    ),

    AuthFailure: stop(checkCredentials),
    "AuthFailure.SecretIdNotFound": stop(
      `The SecretId is unknown or disabled. ${checkCredentials} Keys of the international site work only with cwp.intl.tencentcloudapi.com.`,
    ),
    "AuthFailure.SignatureExpire": stop(
      "The clock of this machine is off by more than five minutes: set it right (NTP), then run again.",
    ),
    "AuthFailure.TokenFailure": stop(
      "The temporary credentials have ended or do not fit together: get new ones. Permanent keys take no token. Check the SecretId, SecretKey and token (KEYS).",
    ),
    "AuthFailure.UnauthorizedOperation": stop(grant),
    UnauthorizedOperation: stop(grant),
    IpNotInWhitelist: stop("Add this machine's address to the allowed addresses of the SecretId."),
    IpInBlacklist: stop("Take this machine's address off the blocked addresses of the account."),
    "InternalError.GetRoleError": stop(checkRole),
    "ResourceNotFound.RoleNotFound": stop(checkRole),
    UnsupportedRegion: stop(
      "CWP needs no region. Set tencentcloud-cwp:region or TENCENTCLOUD_CWP_REGION to none, and leave the argument region out.",
    ),
    InvalidAction: stop(checkEndpoint),
    NoSuchVersion: stop(checkEndpoint),
  }),
);

/** Returns the meaning of an error code for a wait. */
function meaningOf(code: string): Meaning {
  return meanings.get(code) ?? meanings.get(code.split(".")[0] ?? "") ?? stop(lookUp);
}

/**
 * Returns true if a request with this failure may still have been carried out. An error code says that it was
 * not, but for the codes of a failure inside the service; without an answer it is not known.
 */
export function mayHaveWorked(error: CwpError): boolean {
  const [family] = error.code.split(".");
  if (!error.sent) {
    return false;
  }
  return !(error instanceof ApiError) || family === "InternalError" || family === "FailedOperation";
}
