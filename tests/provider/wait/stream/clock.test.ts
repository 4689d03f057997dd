import assert from "node:assert/strict";
import { systemClock } from "../../../../provider/wait/stream/clock";

const LONG_MS = 60_000;

describe("The clock of the waits", () => {
  it("sleeps as long as asked", async () => {
    const before = systemClock.now();
    await systemClock.sleep(30, new AbortController().signal);
    const slept = systemClock.now() - before;
    assert.ok(slept >= 29 && slept < LONG_MS, `it slept ${slept} ms`);
  });

  it("wakes when the signal aborts, and does not fall asleep after it", async () => {
    const abort = new AbortController();
    const before = systemClock.now();
    const asleep = systemClock.sleep(LONG_MS, abort.signal);
    abort.abort();
    await asleep;
    await systemClock.sleep(LONG_MS, abort.signal);
    assert.ok(systemClock.now() - before < 1_000);
  });
});
