/** The signature TC3-HMAC-SHA256. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { Failure } from "../world/failure";

/** An HTTP request as it arrived. Header names are in lower case. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The raw bytes. */
  readonly body: Uint8Array;
}

/** The parts of the `Authorization` header. */
export interface Authorization {
  readonly secretId: string;
  /** The date of the credential scope, `YYYY-MM-DD` in UTC. */
  readonly date: string;
  /** The service of the credential scope. Clients differ: `cwp`, or the first label of their endpoint. */
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const CLOCK_WINDOW_SECONDS = 300;

const authorizationPattern =
  /^TC3-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{4}-\d{2}-\d{2})\/([^/,\s]+)\/tc3_request, *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/;

/** Reads an `Authorization` header. Throws the Failure AuthFailure.InvalidAuthorization. */
export function parseAuthorization(header: string): Authorization {
  const [, secretId, date, service, signedHeaders, signature] =
    authorizationPattern.exec(header.trim()) ?? [];
  if (!secretId || !date || !service || !signedHeaders || !signature) {
    throw new Failure(
      "AuthFailure.InvalidAuthorization",
      "The Authorization header is not of the form `TC3-HMAC-SHA256 Credential=SecretId/YYYY-MM-DD/service/tc3_request, SignedHeaders=content-type;host, Signature=…`.",
    );
  }
  return { secretId, date, service, signedHeaders: signedHeaders.split(";"), signature };
}

/**
 * Checks the TC3-HMAC-SHA256 signature of a request, as in https://cloud.tencent.com/document/api/213/30654.
 * `nowMs` is the real time, in milliseconds since the epoch.
 *
 * Throws a Failure: AuthFailure.InvalidAuthorization, AuthFailure.SignatureExpire (more than 5 minutes off),
 * or AuthFailure.SignatureFailure.
 */
export function verifySignature(request: HttpRequest, secretKey: string, nowMs: number): void {
  const authorization = parseAuthorization(request.headers.authorization ?? "");
  const timestamp = request.headers["x-tc-timestamp"] ?? "";
  if (!(Math.abs(Number(timestamp) - nowMs / 1000) <= CLOCK_WINDOW_SECONDS)) {
    throw new Failure(
      "AuthFailure.SignatureExpire",
      "The provided credentials could not be validated because the signature has expired: X-TC-Timestamp is more than 5 minutes off the server's time.",
    );
  }
  const { date, signedHeaders, signature } = authorization;
  const mustBeSigned = ["content-type", "host"];
  const isRight =
    mustBeSigned.every((name) => signedHeaders.includes(name)) &&
    date === new Date(Number(timestamp) * 1000).toISOString().slice(0, 10) &&
    signedHosts(request.headers.host ?? "").some((host) =>
      timingSafeEqual(
        Buffer.from(signature, "hex"),
        sign(canonicalRequest(request, signedHeaders, host), authorization, secretKey, timestamp),
      ),
    );
  if (!isRight) {
    throw new Failure(
      "AuthFailure.SignatureFailure",
      "The provided credentials could not be validated. Please check your signature is correct.",
    );
  }
}

/**
 * The hosts that a client may have signed. Most clients sign the Host header that they send: with the port
 * (Python, Go, Java), or their whole endpoint with its scheme (tccli). The Node SDK sends the port but signs
 * without it.
 */
function signedHosts(sent: string): string[] {
  return [sent, sent.replace(/:\d+$/, "")];
}

function canonicalRequest(request: HttpRequest, signedHeaders: readonly string[], host: string): string {
  const headers = signedHeaders.map((name) => {
    const value = name === "host" ? host : (request.headers[name] ?? "");
    return `${name}:${value.trim().toLowerCase()}\n`;
  });
  const hashedBody = createHash("sha256").update(request.body).digest("hex");
  // The third line is the query, which is always empty for a POST.
  return [request.method, request.path, "", headers.join(""), signedHeaders.join(";"), hashedBody].join("\n");
}

function sign(
  canonical: string,
  { date, service }: Authorization,
  secretKey: string,
  timestamp: string,
): Buffer {
  const hashedRequest = createHash("sha256").update(canonical).digest("hex");
  const stringToSign = ["TC3-HMAC-SHA256", timestamp, `${date}/${service}/tc3_request`, hashedRequest].join(
    "\n",
  );
  const secretDate = hmac(`TC3${secretKey}`, date);
  const secretService = hmac(secretDate, service);
  return hmac(hmac(secretService, "tc3_request"), stringToSign);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
