import assert from "node:assert/strict";
import type { AccountAnswer } from "../../../../provider/wait/run/wait";
import { Memory } from "../../../../provider/wait/stream/memory";

/** An answer to a poll at this moment: the latest run started at this second of the service's clock. */
function answer(sentAt: number, second: string, account = "the account"): AccountAnswer {
  const status = {
    state: "FINISHED",
    latestStartTime: second && `2020-11-11 12:00:${second}`,
    latestEndTime: "",
    requestId: "request",
  } as const;
  return { status, account, sentAt, at: sentAt + 40, mayBeFirst: true, newestStart: "" };
}

describe("A process's memory of an account", () => {
  it("forgets one account once another has answered", () => {
    const memory = new Memory();
    memory.record(answer(100, "30"));
    memory.record(answer(300, "10", "another"));
    assert.equal(memory.newestStartOf("another"), "2020-11-11 12:00:10");
    assert.equal(memory.newestStartOf("the account"), "");
    assert.ok(memory.recordNewUntil < 0, "the start of one account says nothing of the other");
  });

  it("keeps the newest start, whatever stale answers say", () => {
    const memory = new Memory();
    assert.equal(memory.newestStartOf("the account"), "");
    for (const second of ["20", "10", ""]) {
      memory.record(answer(100, second));
      assert.equal(memory.newestStartOf("the account"), "2020-11-11 12:00:20");
    }
  });

  it("makes a second pass after a run has shown, before the record of the next is another", () => {
    const memory = new Memory();
    memory.record(answer(100, "20"));
    assert.ok(memory.recordNewUntil < 0, "the first run that is seen may be long over");
    memory.record(answer(1_000, "21"));
    assert.equal(memory.recordNewUntil, 2_040);
    memory.record(answer(5_000, "21"));
    assert.equal(memory.recordNewUntil, 2_040);
  });

  it("does so after the first run ever too", () => {
    const memory = new Memory();
    memory.record(answer(100, ""));
    assert.ok(memory.recordNewUntil < 0);
    memory.record(answer(1_000, "20"));
    assert.equal(memory.recordNewUntil, 2_040);
  });
});
