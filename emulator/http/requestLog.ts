/** The log of what the emulator was asked. */
import type { Claims } from "../api/claims";

/** One request that the API received, in the order of arrival. */
export interface LoggedRequest extends Claims {
  /** When, in the emulated clock: milliseconds since the epoch. */
  readonly at: number;
  /** The RequestId of the answer; "" when it had none. */
  readonly requestId: string;
  /** The State, OK for another action, an error code, or the name of the gateway fault. */
  readonly answer: string;
  /** Whether the service carried it out. False for each that it refused, as with RequestLimitExceeded. */
  readonly carriedOut: boolean;
}

/** One request that the metadata service received, in the order of arrival. */
export interface MetadataRequest {
  /** When, in the emulated clock: milliseconds since the epoch. */
  readonly at: number;
  /** The path, such as `/latest/meta-data/cam/security-credentials/sync`. */
  readonly path: string;
  /** OK, `http 404`, or the name of the gateway fault. */
  readonly answer: string;
}
