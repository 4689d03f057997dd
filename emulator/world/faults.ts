/**
 * The lasting faults of an account's CWP. Every field is optional; without it, that part is healthy. All
 * durations are in seconds of the emulated clock and may be fractional. A start is a request with `Sync:
 * true`.
 */
export interface Faults {
  /**
   * The service accepts a start, but its sync begins, and shows as SYNCING, only this much later. Until then
   * every answer, also the answer to the start, shows the old status. If another pipeline's sync is in
   * progress then, it takes the place of this sync.
   */
  startLagSeconds?: number;
  /**
   * An answer to `Sync: false` may show the status of up to this long ago, as from a replica that lags: just
   * after a start, the status before the start. The first answer of all is always true. The age of an answer
   * is `random() * staleSeconds`, drawn for each request.
   */
  staleSeconds?: number;
  /** Every answer that may be stale is `staleSeconds` old, without a draw. */
  staleAlways?: boolean;
  /** Draws for `staleSeconds`, from 0 up to but not 1. Default: a generator with a fixed seed. */
  random?: () => number;
  /**
   * The service forgets a finished sync: its State is NOTASK, not FINISHED, with the times of that sync.
   */
  forgets?: boolean;
  /** LatestStartTime and LatestEndTime are always empty. */
  emptyTimes?: boolean;
  /** This many syncs that a start begins never end; true: none of these ends. */
  neverEnds?: number | boolean;
  /** The service accepts this many starts of an idle account without effect. */
  deafTriggers?: number;
  /**
   * The effect of a start during a sync. `join` (default): none, and the answer is the present status.
   * `FailedOperation`, `ResourceInUse`: a refusal with that code.
   */
  busyTrigger?: "join" | "FailedOperation" | "ResourceInUse";
  /** The state changes at once, but LatestStartTime and LatestEndTime follow only this much later. */
  laggingTimesSeconds?: number;
  /** LatestStartTime and LatestEndTime change at once, but the state follows only this much later. */
  laggingStateSeconds?: number;
  /** The State in every answer, whatever the true state, such as `PAUSED`. */
  unknownState?: string;
  /**
   * Syncs that another pipeline starts. A start during another sync has no effect. In the options of an
   * emulator they may lie in the past, as its history; faults that are set later ignore past syncs.
   */
  foreignSyncs?: readonly ForeignSync[];
  /**
   * From now on another pipeline starts one sync after the other, without a pause. Each takes this long, more
   * than 0.
   */
  backToBackSeconds?: number;
  /** DescribeMachines shows the hosts that a sync has found only this much later than the sync's end. */
  laggingListSeconds?: number;
  /**
   * The filters InstanceIds, Names and Ips of DescribeMachines also match a part of a text: no documentation
   * says that they do not.
   */
  looseFilters?: boolean;
  /** The names of the actions that the account's keys have no permission for. */
  deniedActions?: readonly string[];
}

/** A sync that another pipeline starts. */
export interface ForeignSync {
  /** Its start, in the emulated clock: milliseconds since the epoch. */
  readonly atMs: number;
  /** Its length, in seconds; may be fractional. */
  readonly seconds: number;
}
