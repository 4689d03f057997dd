import type { Run } from "./status";

/** A sync that starts at `atMs`, unless another sync is in progress then. */
export interface DueSync {
  readonly atMs: number;
  readonly by: Run["by"];
  /** Its length, in seconds. Default: the length of all syncs. */
  readonly seconds?: number | undefined;
}

/** The number of back-to-back syncs that are recorded when the clock is moved far. */
const MOST_AT_ONCE = 1000;

/**
 * The syncs of an account, started and due. Two never run at once: a sync that is due during another is
 * dropped. There are no timers: `catchUp` starts due syncs.
 */
export class Runs {
  /** The started syncs, oldest first. */
  readonly started: Run[] = [];
  private due: DueSync[] = [];
  private endless = 0;
  private backToBack: { readonly fromMs: number; readonly lengthMs: number } | undefined;

  constructor(
    private readonly now: () => number,
    private seconds: number,
  ) {}

  /** Sets the length of syncs that start from now on, in seconds. */
  setSeconds(seconds: number): void {
    this.catchUp();
    this.seconds = seconds;
  }

  add(...due: readonly DueSync[]): void {
    this.due.push(...due);
  }

  /** Forgets the due syncs of other pipelines. */
  dropForeign(): void {
    this.due = this.due.filter(({ by }) => by !== "foreign");
  }

  /** From now on, so many syncs that requests start never end. */
  setEndless(count: number): void {
    this.endless = count;
  }

  /**
   * From now on, another pipeline starts a sync of this length whenever none is in progress; undefined: it
   * stops.
   */
  setBackToBack(seconds: number | undefined): void {
    this.backToBack =
      seconds === undefined
        ? undefined
        : { fromMs: this.now(), lengthMs: Math.max(1, milliseconds(seconds)) };
  }

  isRunning(ms: number): boolean {
    const latest = this.started.at(-1);
    return latest !== undefined && ms < latest.endMs;
  }

  /** The number of syncs that have finished at this moment. */
  countFinished(ms: number): number {
    return this.started.findLastIndex(({ endMs }) => endMs <= ms) + 1;
  }

  /** Starts the due syncs, and returns the present moment. */
  catchUp(): number {
    const now = this.now();
    const due = this.due.filter(({ atMs }) => atMs <= now).sort((a, b) => a.atMs - b.atMs);
    this.due = this.due.filter(({ atMs }) => atMs > now);
    for (const { atMs, by, seconds } of due) {
      this.startBackToBack(atMs);
      if (!this.isRunning(atMs)) {
        this.started.push({ startMs: atMs, endMs: atMs + this.length(by, seconds), by });
      }
    }
    this.startBackToBack(now);
    return now;
  }

  private startBackToBack(untilMs: number): void {
    if (this.backToBack === undefined) {
      return;
    }
    const { fromMs, lengthMs } = this.backToBack;
    let startMs = Math.max(fromMs, this.started.at(-1)?.endMs ?? fromMs);
    const unrecorded = Math.floor((untilMs - startMs) / lengthMs) - MOST_AT_ONCE;
    startMs += Math.max(0, unrecorded) * lengthMs;
    for (; startMs <= untilMs; startMs += lengthMs) {
      this.started.push({ startMs, endMs: startMs + lengthMs, by: "foreign" });
    }
  }

  private length(by: Run["by"], seconds = this.seconds): number {
    if (by !== "foreign" && this.endless > 0) {
      this.endless -= 1;
      return Number.POSITIVE_INFINITY;
    }
    return milliseconds(seconds);
  }
}

export function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
