import { createHash, createHmac } from "node:crypto";
import * as http from "node:http";
import { emulatorAccount } from "../../../emulator";

/** A request as one client writes and signs it, by default as the Python SDK. */
export interface SignedRequest {
  readonly url: string;
  readonly action?: string;
  readonly parameters?: object;
  /** The raw body. Default: the parameters as JSON. */
  readonly body?: string;
  readonly version?: string;
  readonly secretId?: string;
  readonly secretKey?: string;
  readonly token?: string;
  readonly region?: string;
  readonly method?: string;
  readonly contentType?: string;
  /** The Host header. Default: host and port of the URL. */
  readonly host?: string;
  /** The host in the signature. Default: the Host header. */
  readonly signedHost?: string;
  readonly service?: string;
  readonly signsAction?: boolean;
  /** Default true. */
  readonly signsHost?: boolean;
  /** Seconds since the epoch. Default: now. */
  readonly timestamp?: number;
  /** Headers that replace the default headers; undefined leaves a header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number | undefined;
  readonly contentType: string | undefined;
  readonly text: string;
}

/** The headers of a request, signed with TC3-HMAC-SHA256. Independent of the emulator's own check. */
export function signedHeaders(request: SignedRequest): Record<string, string> {
  const {
    action = "SyncMachines",
    body = JSON.stringify(request.parameters ?? {}),
    version = "2018-02-28",
    secretId = emulatorAccount.secretId,
    secretKey = emulatorAccount.secretKey,
    method = "POST",
    contentType = "application/json",
    host = new URL(request.url).host,
    signedHost = host,
    service = "cwp",
    timestamp = Math.floor(Date.now() / 1000),
  } = request;
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text);
  const date = new Date(timestamp * 1000).toISOString().split("T")[0] ?? "";
  const lines = [`content-type:${contentType}`];
  if (request.signsHost ?? true) {
    lines.push(`host:${signedHost}`);
  }
  if (request.signsAction) {
    lines.push(`x-tc-action:${action.toLowerCase()}`);
  }
  const names = lines.map((one) => one.split(":")[0]).join(";");
  const canonical = `${method}\n/\n\n${lines.join("\n")}\n\n${names}\n${sha256(body)}`;
  const scope = `${date}/${service}/tc3_request`;
  const toSign = `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`;
  const dateKey = hmac(`TC3${secretKey}`, date).digest();
  const signingKey = hmac(hmac(dateKey, service).digest(), "tc3_request").digest();
  const signature = hmac(signingKey, toSign).digest("hex");
  return {
    Host: host,
    "Content-Type": contentType,
    "X-TC-Action": action,
    "X-TC-Version": version,
    "X-TC-Timestamp": String(timestamp),
    Authorization: `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    ...(request.region !== undefined && { "X-TC-Region": request.region }),
    ...(request.token !== undefined && { "X-TC-Token": request.token }),
  };
}

/** Signs and sends a request. Rejects if the connection breaks before the whole answer is there. */
export function sendSigned(request: SignedRequest): Promise<Reply> {
  const { url, method = "POST", body = JSON.stringify(request.parameters ?? {}), signal } = request;
  const headers = Object.entries({ ...signedHeaders(request), ...request.headers });
  return new Promise((resolve, reject) => {
    const outgoing = http.request(url, {
      method,
      agent: false,
      headers: Object.fromEntries(
        headers.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
      ...(signal && { signal }),
    });
    outgoing.on("error", reject);
    outgoing.on("response", async (incoming) => {
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of incoming) {
          chunks.push(chunk);
        }
        resolve({
          status: incoming.statusCode,
          contentType: incoming.headers["content-type"],
          text: Buffer.concat(chunks).toString("utf8"),
        });
      } catch (error) {
        reject(error);
      }
    });
    outgoing.end(method === "GET" ? undefined : body);
  });
}

/**
 * The `Response` of an answer, which must be well-formed: status 200, exact content type, a RequestId.
 */
export async function call(request: SignedRequest): Promise<Record<string, unknown>> {
  const { status, contentType, text } = await sendSigned(request);
  const { Response: response } = JSON.parse(text);
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(response.RequestId);
  if (status !== 200 || contentType !== "application/json" || !isUuid) {
    throw new Error(`Not an answer of the API: status ${status}, ${contentType}, ${text}`);
  }
  return response;
}

/** The error code of an answer; undefined if it is a success. */
export async function errorCode(request: SignedRequest): Promise<unknown> {
  const { Error: error } = await call(request);
  return typeof error === "object" && error !== null ? Reflect.get(error, "Code") : undefined;
}
