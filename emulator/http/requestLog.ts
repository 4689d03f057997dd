/** The log of requests to the emulator. */
import type { Claims } from "../api/claims";

/** One request that the API received, in the order of arrival. */
export interface LoggedRequest extends Claims {
  /** Its time, in the emulated clock: milliseconds since the epoch. */
  readonly at: number;
  /** The RequestId of the answer; "" if it had none. */
  readonly requestId: string;
  /** The State, OK for another action, an error code, or the name of the gateway fault. */
  readonly answer: string;
  /** True if the service carried it out. False if it refused it, as with RequestLimitExceeded. */
  readonly carriedOut: boolean;
}

/** One request that the metadata service received, in the order of arrival. */
export interface MetadataRequest {
  /** Its time, in the emulated clock: milliseconds since the epoch. */
  readonly at: number;
  /** The path, such as `/latest/meta-data/cam/security-credentials/sync`. */
  readonly path: string;
  /** OK, `http 404`, or the name of the gateway fault. */
  readonly answer: string;
}
