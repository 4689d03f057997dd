/** A request and its result. */
export type Observed = ObservedAnswer | ObservedFailure;

interface ObservedRequest {
  /** A number for each connection, from 1. */
  readonly connection: number;
  readonly request: "poll" | "start";
  /** The moments of the request and of its answer, in milliseconds since the first request. */
  readonly sentMs: number;
  readonly receivedMs: number;
}

export interface ObservedAnswer extends ObservedRequest {
  /** As CWP wrote them. */
  readonly state: string;
  readonly latestStartTime: string;
  readonly latestEndTime: string;
}

interface ObservedFailure extends ObservedRequest {
  /** Tencent Cloud's error code, or one of this package, such as NetworkFailure. */
  readonly code: string;
}
