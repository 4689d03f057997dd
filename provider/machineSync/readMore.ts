/** Adds to messages the heading of docs/troubleshooting.md that says more. */
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
  // The user pressed Ctrl-C, and the message says what to do.
  Cancelled: undefined,
};

/** Returns the same failure. Its message ends with the heading to read. */
export function errorWithHeading(error: unknown): unknown {
  if (error instanceof UnfinishedSync) {
    return new UnfinishedSync(addHeading(error.cause), error.outputs);
  }
  return error instanceof CwpError ? addHeading(error) : error;
}

function addHeading(error: CwpError): CwpError {
  const heading = headingOf(error);
  return heading ? error.withMessage(withHeading(error.message, heading)) : error;
}

function headingOf({ code, topic }: CwpError): Heading | undefined {
  return topic ?? (Object.hasOwn(ofCodes, code) ? ofCodes[code] : "errorCodes");
}

/** Returns the reasons of the failures, each with the heading to read. */
export function reasonsWithHeading(failures: readonly CheckFailure[]): string[] {
  return failures.map(({ property, reason }) =>
    withHeading(reason, property === "endpoint" ? "endpoint" : "arguments"),
  );
}
