/** Where docs/troubleshooting.md says more about a failure. */
import { CwpError } from "../api/errors";
import { type Heading, withHeading } from "./headings";
import type { CheckFailure } from "./inputs";
import { UnfinishedSync } from "./unfinishedSync";

/** The codes of this package. All others are Tencent Cloud's. */
const ofCodes: Readonly<Record<string, Heading | undefined>> = {
  InvalidSettings: "credentials",
  NetworkFailure: "network",
  RequestTimeout: "network",
  HttpStatus: "network",
  Aborted: "network",
  BadAnswer: "notFromTheApi",
  UnknownState: "unknownState",
  SyncTimeout: "gaveUp",
  NothingStarted: "gaveUp",
  HostsNotListed: "hosts",
  LookUpTimeout: "hosts",
  // Somebody pressed Ctrl-C, and the message says how to go on.
  Cancelled: undefined,
};

/** The same failure, with where to read more at the end of its message. */
export function errorWithHeading(error: unknown): unknown {
  if (error instanceof UnfinishedSync) {
    return new UnfinishedSync(naming(error.cause), error.outputs);
  }
  return error instanceof CwpError ? naming(error) : error;
}

function naming(error: CwpError): CwpError {
  const heading = headingOf(error);
  return heading ? error.saying(withHeading(error.message, heading)) : error;
}

function headingOf({ code, topic }: CwpError): Heading | undefined {
  return topic ?? (Object.hasOwn(ofCodes, code) ? ofCodes[code] : "errorCodes");
}

/** The reasons why arguments cannot be used. */
export function reasonsWithHeading(failures: readonly CheckFailure[]): string[] {
  return failures.map(({ property, reason }) =>
    withHeading(reason, property === "endpoint" ? "endpoint" : "arguments"),
  );
}
