/** What goes wrong with an account's CWP, for as long as it is told so. */

/**
 * How an account's CWP misbehaves. Every field is optional; an absent one is healthy. All durations are in seconds of the
 * world's clock and may be fractional.
 */
export interface Faults {
  /**
   * A trigger is accepted, but its run starts, and shows as SYNCING, only this much later. Until then every answer, that
   * to the trigger included, shows the old status. A run of somebody else's that is going at that moment takes its place.
   */
  startLagSeconds?: number;
  /**
   * An answer to `Sync: false` may show the status as it was up to this long ago, as from a replica that lags; just after
   * a trigger that is the status of before the trigger. The world's first answer, and the first after `World.freshen()`,
   * is always true. How old an answer is: `random() * staleSeconds`, drawn for each request.
   */
  staleSeconds?: number;
  /** Every answer that may be stale is `staleSeconds` old, with no draw. */
  staleAlways?: boolean;
  /** Draws for `staleSeconds`, from 0 up to but not 1. Default: a generator with a fixed seed. */
  random?: () => number;
  /** The service forgets a task that has finished: NOTASK in place of FINISHED, beside the finished run's times. */
  forgets?: boolean;
  /** LatestStartTime and LatestEndTime are always empty. */
  emptyTimes?: boolean;
  /** This many triggered runs never end; true: none ever does. */
  neverEnds?: number | boolean;
  /** The first so many triggers sent to an idle account are accepted but start nothing. */
  deafTriggers?: number;
  /**
   * What a trigger does during a run. `join` (default): it starts nothing and answers the present status.
   * `FailedOperation`: it is refused with that code.
   */
  busyTrigger?: "join" | "FailedOperation";
  /** The state changes at once, but LatestStartTime and LatestEndTime follow only this much later. */
  laggingTimesSeconds?: number;
  /** What to answer as State, whatever the true state, such as `PAUSED`. */
  unknownState?: string;
  /**
   * Syncs that somebody else starts. One that falls into a run starts nothing. Those given to a new world may lie in its
   * past, as its history; when faults are set later, those already past are ignored.
   */
  foreignSyncs?: readonly ForeignSync[];
  /** From now on somebody else syncs without a pause, for ever: each sync takes this long, above 0. */
  backToBackSeconds?: number;
  /** DescribeMachines knows of a finished sync only this much later. */
  laggingListSeconds?: number;
  /** The filters InstanceIds, Names and Ips of DescribeMachines match a part of a text too, as nobody rules out. */
  looseFilters?: boolean;
  /** The actions, by their names, that the account's keys have no permission for. */
  deniedActions?: readonly string[];
}

/** A sync that somebody else starts. */
export interface ForeignSync {
  /** When it starts, in the world's clock: milliseconds since the epoch. */
  readonly atMs: number;
  /** How long it takes, in seconds; may be fractional. */
  readonly seconds: number;
}
