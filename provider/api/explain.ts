/** The failures of a request as errors of this package. */
import type { Endpoint } from "./connection";
import { duration } from "./duration";
import { ApiError, BadAnswer, type CwpError, NoAnswer } from "./errors";
import { isLoopback } from "./loopback";
import { excerpt } from "./printable";

/** The most characters that an error repeats of what a service said, and of a code or an id. */
const LONGEST_SENTENCE = 1_000;
const LONGEST_NAME = 100;

const checkTheWay =
  "Check the network, tencentcloud-cwp:endpoint and the proxy settings (HTTPS_PROXY, NO_PROXY).";

/** Explains that there was no whole answer within the time limit. */
export function explainTimeout(host: string, timeoutMs: number): NoAnswer {
  return new NoAnswer(
    "RequestTimeout",
    `${host} did not answer within ${duration(timeoutMs)}. ${checkTheWay}`,
  );
}

/**
 * Explains a redirect. Only its host is named: a path or a query may hold a secret. No retry helps, and the
 * API has no redirects.
 */
export function explainRedirect({ protocol, host }: Endpoint, status: number, location: string): NoAnswer {
  const to = URL.canParse(location, `${protocol}//${host}`)
    ? new URL(location, `${protocol}//${host}`)
    : undefined;
  const where = to?.host
    ? excerpt(`${to.protocol}//${to.host}`, LONGEST_NAME)
    : "an address that cannot be read";
  return new NoAnswer(
    "HttpStatus",
    `${host} answered with HTTP status ${status}, a redirect to ${where}. The request was not sent there. ${checkTheWay}`,
    "never",
  );
}

export function explainNoJson(host: string): BadAnswer {
  return new BadAnswer(`what ${host} sent is not the JSON of a Tencent Cloud API`);
}

export function explainSize(host: string): BadAnswer {
  return new BadAnswer(`${host} sent more than 10 MB`, "", "few");
}

export function explainCompression(host: string): BadAnswer {
  return new BadAnswer(`what ${host} sent is compressed, though it was asked not to`, "", "few");
}

export function explainCut(host: string): NoAnswer {
  return noConnection(host, "it broke in the middle of an answer");
}

/**
 * The SDK throws four kinds of error: an API error has `code` and `requestId`; an HTTP status other than 200
 * only `httpCode`; a network failure only a message; and a body that is not the documented JSON surfaces as
 * node-fetch's FetchError or a TypeError.
 */
export function explain(error: unknown, endpoint: Endpoint, action: string): CwpError {
  const { host } = endpoint;
  const thrown = error instanceof Error ? error : new Error(String(error));
  const code: unknown = Reflect.get(thrown, "code");
  const requestId: unknown = Reflect.get(thrown, "requestId");
  const httpCode: unknown = Reflect.get(thrown, "httpCode");
  if (typeof httpCode === "number") {
    return badStatus(host, httpCode);
  }
  // Only the SDK's own exception has a traceId; a system error of the socket has a `code` too.
  if ("traceId" in thrown && typeof code === "string") {
    const id = typeof requestId === "string" ? requestId : "";
    return new ApiError(
      excerpt(code, LONGEST_NAME),
      excerpt(thrown.message, LONGEST_SENTENCE),
      excerpt(id, LONGEST_NAME),
      action,
    );
  }
  // No other text is passed on: node-fetch may quote a header, and a header may hold a secret.
  const [, cause] = /^request to \S+ failed, reason: (.*)/.exec(thrown.message) ?? [];
  const [, ofProxy] = /^proxy status (\d+)$/.exec(cause ?? "") ?? [];
  if (ofProxy !== undefined) {
    return badStatus(`The proxy on the way to ${host}`, Number(ofProxy));
  }
  if (cause !== undefined) {
    return noConnection(
      host,
      cause.includes("wrong version number") ? noTls(endpoint) : excerpt(cause, LONGEST_SENTENCE),
    );
  }
  // node-fetch's word for a connection that broke. All else is about the content of the answer.
  return Reflect.get(thrown, "type") === "system" ? explainCut(host) : explainNoJson(host);
}

function badStatus(who: string, status: number): NoAnswer {
  const passing = status >= 500 || status === 429 || status === 408;
  const advice =
    status === 407
      ? " The proxy wants a password: put it into HTTPS_PROXY, as in http://USER:PASSWORD@HOST:PORT."
      : passing
        ? ""
        : ` ${checkTheWay}`;
  return new NoAnswer(
    "HttpStatus",
    `${who} answered with HTTP status ${status}.${advice}`,
    passing ? "yes" : "never",
  );
}

function noTls({ host }: Endpoint): string {
  const plain = isLoopback(new URL(`https://${host}`).hostname)
    ? `: the endpoint of an emulator begins with http://, as in http://${host}`
    : "";
  return `the server does not speak TLS at this port${plain}`;
}

function noConnection(host: string, cause: string): NoAnswer {
  return new NoAnswer("NetworkFailure", `No connection to ${host}: ${cause}. ${checkTheWay}`);
}
