/** What goes wrong with an account's CWP, until it is told otherwise. */

/**
 * What goes wrong with an account's CWP. Every field is optional; without it, that part is healthy. All
 * durations are in seconds of the emulated clock and may be fractional. A trigger is a request with `Sync:
 * true`.
 */
export interface Faults {
  /**
   * A trigger is accepted, but its sync starts, and shows as SYNCING, only this much later. Until then every
   * answer, also that to the trigger, shows the old status. A sync of somebody else's that is in progress at
   * that moment takes its place.
   */
  startLagSeconds?: number;
  /**
   * An answer to `Sync: false` may show the status of up to this long ago, as from a replica that lags; just
   * after a trigger that is the status before the trigger. The first answer of all is always true. How old an
   * answer is: `random() * staleSeconds`, drawn for each request.
   */
  staleSeconds?: number;
  /** Every answer that may be stale is `staleSeconds` old, without a draw. */
  staleAlways?: boolean;
  /** Draws for `staleSeconds`, from 0 up to but not 1. Default: a generator with a fixed seed. */
  random?: () => number;
  /**
   * The service forgets a task that has finished: it says NOTASK, not FINISHED, with the times of the
   * finished sync.
   */
  forgets?: boolean;
  /** LatestStartTime and LatestEndTime are always empty. */
  emptyTimes?: boolean;
  /** This many syncs that a trigger starts never end; true: none ever does. */
  neverEnds?: number | boolean;
  /** The first so many triggers sent to an idle account are accepted but start nothing. */
  deafTriggers?: number;
  /**
   * What a trigger does during a sync. `join` (default): it starts nothing and answers the present status.
   * `FailedOperation`, `ResourceInUse`: it is refused with that code.
   */
  busyTrigger?: "join" | "FailedOperation" | "ResourceInUse";
  /** The state changes at once, but LatestStartTime and LatestEndTime follow only this much later. */
  laggingTimesSeconds?: number;
  /** LatestStartTime and LatestEndTime change at once, but the state follows only this much later. */
  laggingStateSeconds?: number;
  /** What to answer as State, whatever the true state, such as `PAUSED`. */
  unknownState?: string;
  /**
   * Syncs that somebody else starts. One that falls into another sync starts nothing. Those that an emulator
   * starts with may lie in the past, as its history; when faults are set later, those already past are
   * ignored.
   */
  foreignSyncs?: readonly ForeignSync[];
  /**
   * From now on somebody else starts one sync after the other, without a pause. Each takes this long, more
   * than 0.
   */
  backToBackSeconds?: number;
  /** DescribeMachines shows what a sync has found only this much later than the sync's end. */
  laggingListSeconds?: number;
  /**
   * The filters InstanceIds, Names and Ips of DescribeMachines also match a part of a text: no documentation
   * says that they do not.
   */
  looseFilters?: boolean;
  /** The names of the actions that the account's keys have no permission for. */
  deniedActions?: readonly string[];
}

/** A sync that somebody else starts. */
export interface ForeignSync {
  /** When it starts, in the emulated clock: milliseconds since the epoch. */
  readonly atMs: number;
  /** How long it takes, in seconds; may be fractional. */
  readonly seconds: number;
}
