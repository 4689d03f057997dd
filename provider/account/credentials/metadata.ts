import { NoAnswer } from "../../api/errors";
import { MOST_BYTES } from "../../api/exchange";
import { limitTime } from "../../api/timeLimit";

/** The metadata service, which only CVM instances can reach. */
export const METADATA_URL = "http://metadata.tencentyun.com";

/**
 * The time limit of the metadata service, in milliseconds. If there is one, it answers in a few milliseconds.
 */
const METADATA_MS = 1_500;

/** The error codes of a network for an unknown host, or a host that does not listen. */
const absentCodes = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];

const elsewhere = "It was asked for the CVM role of this machine; if it has none, set other credentials.";

/**
 * Reads a page of the metadata service; undefined if there is no such service or no such page. Throws a
 * NoAnswer that may pass if the service seems to fail now.
 */
export function askMetadata(url: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  return limitTime(METADATA_MS, signal, async (limit) => {
    try {
      // A redirect leads to a login page of the network in use, not to a metadata service.
      const response = await fetch(url, { signal: limit.signal, redirect: "manual" });
      if (response.ok) {
        return await readText(response);
      }
      await response.body?.cancel();
      return throwIfFailing(response.status);
    } catch (error) {
      if (error instanceof NoAnswer) {
        throw error;
      }
      if (signal?.aborted) {
        throw failure("Aborted", "The request to the metadata service was given up.");
      }
      if (limit.signal.aborted) {
        throw failure(
          "RequestTimeout",
          `The metadata service did not answer within ${METADATA_MS / 1000} s. ${elsewhere}`,
        );
      }
      return throwUnlessAbsent(error);
    }
  });
}

async function readText({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) {
      throw failure("NetworkFailure", `The metadata service sent more than 10 MB. ${elsewhere}`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function throwIfFailing(status: number): undefined {
  if (status >= 500 || status === 429) {
    throw failure("HttpStatus", `The metadata service answered with HTTP status ${status}.`);
  }
}

function throwUnlessAbsent(error: unknown): undefined {
  const code = codeOf(error);
  if (!absentCodes.includes(code)) {
    throw failure("NetworkFailure", `No connection to the metadata service: ${code}. ${elsewhere}`);
  }
}

function failure(
  code: "NetworkFailure" | "RequestTimeout" | "HttpStatus" | "Aborted",
  message: string,
): NoAnswer {
  return new NoAnswer(code, message, "yes", "credentials");
}

/** Returns the error code of the system. A host with several addresses has a code for each. */
function codeOf(error: unknown): string {
  const cause: unknown = Reflect.get(Object(error), "cause");
  const each: unknown = Reflect.get(Object(cause), "errors");
  const [first] = Array.isArray(each) ? each : [cause];
  return String(
    Reflect.get(Object(first), "code") ?? Reflect.get(Object(cause), "code") ?? "no reason given",
  );
}
