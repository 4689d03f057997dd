import type { Clock } from "../provider/wait/stream/clock";

interface Sleeper {
  readonly wakesAt: number;
  wake(): void;
}

/**
 * A clock whose time passes only while all code sleeps, so that hours of waiting take milliseconds. It starts
 * at 0 and counts whole milliseconds; a fraction is rounded up, as a timer rounds it.
 */
export class VirtualClock implements Clock {
  private time = 0;
  private readonly sleepers = new Set<Sleeper>();

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const sleeper: Sleeper = {
        wakesAt: Math.ceil(this.time + Math.max(0, ms)),
        wake: () => {
          this.sleepers.delete(sleeper);
          signal?.removeEventListener("abort", sleeper.wake);
          resolve();
        },
      };
      signal?.addEventListener("abort", sleeper.wake, { once: true });
      this.sleepers.add(sleeper);
    });
  }

  /** The moments at which the present sleeps end: empty if there are none. */
  get pending(): readonly number[] {
    return [...this.sleepers].map(({ wakesAt }) => wakesAt);
  }

  /**
   * Lets time pass until no sleep is left, or only sleeps beyond `until`. Fails if that takes more than
   * `mostSteps`.
   */
  async run(until = Number.POSITIVE_INFINITY, mostSteps = 100_000): Promise<void> {
    for (let step = 0; step < mostSteps; step++) {
      // All work of this moment is done before the next moment.
      await new Promise(setImmediate);
      const next = this.earliest();
      if (!next || next.wakesAt > until) {
        this.time = until < Number.POSITIVE_INFINITY ? Math.max(this.time, until) : this.time;
        return;
      }
      this.time = Math.max(this.time, next.wakesAt);
      next.wake();
    }
    throw new Error(`Still not quiet after ${mostSteps} steps, at ${this.time} ms.`);
  }

  private earliest(): Sleeper | undefined {
    let earliest: Sleeper | undefined;
    for (const sleeper of this.sleepers) {
      if (!earliest || sleeper.wakesAt < earliest.wakesAt) {
        earliest = sleeper;
      }
    }
    return earliest;
  }
}
