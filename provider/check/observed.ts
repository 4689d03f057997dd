/** A request, and what came of it. */
export type Observed = ObservedAnswer | ObservedFailure;

interface ObservedRequest {
  /** A number for each connection, from 1. */
  readonly connection: number;
  readonly request: "poll" | "start";
  /** When it was sent and when its answer came, in milliseconds since the first request. */
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
