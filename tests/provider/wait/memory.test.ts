import assert from "node:assert/strict";
import { ApiError } from "../../../provider/cwp/errors";
import { Memory } from "../../../provider/wait/memory";
import type { Told } from "../../../provider/wait/wait";

/** An answer to a poll of this moment by which the latest run started at this second of the service's. */
function poll(sentAt: number, second: string, account = "the account"): Told {
  const status = {
    state: "FINISHED",
    latestStartTime: second && `2020-11-11 12:00:${second}`,
    latestEndTime: "",
    requestId: "request",
  } as const;
  const outcome = { status, sentAt, at: sentAt + 40, mayBeFirst: true, newestStart: "" };
  return { request: "poll", sentAt, account, outcome };
}

function refusal(sentAt: number, account = "the account"): Told {
  const outcome = new ApiError("RequestLimitExceeded", "Too many requests", "request");
  return { request: "poll", sentAt, account, outcome };
}

describe("What a process keeps of an account", () => {
  const sentAt = ({ history }: Memory) => history.map((told) => told.sentAt);

  it("is the latest of what was asked, and no more than an up needs", () => {
    const memory = new Memory();
    for (let moment = 1; moment <= 600; moment += 1) {
      memory.keep(poll(moment, "10"));
    }
    assert.equal(memory.history.length, 500);
    assert.equal(sentAt(memory).at(-1), 600);
  });

  it("is nothing of another account, once that has answered", () => {
    const memory = new Memory();
    memory.keep(poll(100, "30"));
    memory.keep(refusal(200, "another"));
    assert.deepEqual(sentAt(memory), [100, 200]);
    memory.keep(poll(300, "10", "another"));
    assert.deepEqual(sentAt(memory), [300]);
    assert.equal(memory.newestStartOf("another"), "2020-11-11 12:00:10");
    assert.equal(memory.newestStartOf("the account"), "");
  });

  it("is the newest start, whatever stale answers say", () => {
    const memory = new Memory();
    assert.equal(memory.newestStartOf("the account"), "");
    for (const second of ["20", "10", ""]) {
      memory.keep(poll(100, second));
      assert.equal(memory.newestStartOf("the account"), "2020-11-11 12:00:20");
    }
  });

  it("is that a second must pass after a run has shown before the record of the next is another", () => {
    const memory = new Memory();
    memory.keep(poll(100, "20"));
    assert.ok(memory.recordNewUntil < 0, "the first run that is seen may be long over");
    memory.keep(poll(1_000, "21"));
    assert.equal(memory.recordNewUntil, 2_040);
    memory.keep(poll(5_000, "21"));
    assert.equal(memory.recordNewUntil, 2_040);
  });

  it("is that also after the first run ever", () => {
    const memory = new Memory();
    memory.keep(poll(100, ""));
    assert.ok(memory.recordNewUntil < 0);
    memory.keep(poll(1_000, "20"));
    assert.equal(memory.recordNewUntil, 2_040);
  });
});
