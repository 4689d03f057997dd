import { mock } from "node:test";
import type { Clock } from "../provider/wait/stream/clock";

/**
 * The common time of the waiting loop, the emulator, the credentials and the SDK's signatures. It passes only
 * when a test moves it and during waits, which take no real time: so minutes of waiting over real HTTP take
 * milliseconds, and are always the same. `restore` returns to the real time.
 */
export class HurriedTime implements Clock {
  constructor(startMs: number = Date.UTC(2020, 10, 11, 4)) {
    mock.timers.enable({ apis: ["Date"], now: startMs });
  }

  restore(): void {
    mock.timers.reset();
  }

  now(): number {
    return Date.now();
  }

  pass(ms: number): void {
    mock.timers.setTime(Date.now() + Math.ceil(ms));
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (!signal?.aborted) {
      this.pass(ms);
    }
  }
}
