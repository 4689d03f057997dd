import { mock } from "node:test";
import type { Clock } from "../provider/wait/stream/clock";

/**
 * The one time of the waiting loop, the emulator, the credentials and the SDK's signatures. It stands still
 * but for what a test lets pass and for waits, which take no real time: so minutes of waiting over real HTTP
 * take milliseconds, and always the same course. `restore` gives the real time back.
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
