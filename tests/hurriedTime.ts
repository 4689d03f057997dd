import { mock } from "node:test";
import { type Clock, systemClock } from "../provider/wait/stream/clock";

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

/** How far the clock of this process is ahead of the machine's, in milliseconds: it only increases. */
let ahead = 0;

/**
 * Lets every test of a suite run in hurried time, with the waits that share the clock of this process. An answer
 * that never comes takes as long as ever.
 */
export function inHurriedTime(): void {
  let time: HurriedTime;
  let began: number;

  beforeEach(() => {
    time = new HurriedTime(Date.now());
    began = time.now();
    const before = performance.now() + ahead;
    systemClock.now = () => before + time.now() - began;
    mock.method(systemClock, "sleep", time.sleep.bind(time));
  });
  afterEach(() => {
    ahead += time.now() - began;
    systemClock.now = () => performance.now() + ahead;
    mock.restoreAll();
    time.restore();
  });
}
