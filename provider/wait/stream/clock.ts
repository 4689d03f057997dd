import { setTimeout as timer } from "node:timers/promises";

/** The time of the waiting loop, so that tests can run hours in milliseconds. */
export interface Clock {
  /** Milliseconds since some fixed moment; never decreases. */
  now(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's monotonic clock: setting the wall clock makes no wait shorter or longer. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => timer(ms, undefined, signal && { signal }).catch(() => {}),
};
