import { setTimeout as timer } from "node:timers/promises";

/** Time as the waiting loop sees it, so that tests can run hours in milliseconds. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's monotonic clock: setting the wall clock neither cuts a wait short nor draws it out. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => timer(ms, undefined, signal && { signal }).catch(() => {}),
};
