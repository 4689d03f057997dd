import assert from "node:assert/strict";
import { ApiError, BadAnswer, type CwpError, NoAnswer, UnknownState } from "../../../provider/cwp/errors";
import { parseStatus, type SyncStatus } from "../../../provider/cwp/status";
import {
  answered,
  arrive,
  type Caller,
  failed,
  GRACE_MS,
  MOST_TRIGGERS,
  nextStep,
  PATIENCE_MS,
  PATIENCE_UNREACHED_MS,
  type Step,
  triggered,
  triggerFailed,
} from "../../../provider/wait/wait";
import { type UnfinishedRun, WaitError } from "../../../provider/wait/waitError";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** `FINISHED 10-20`: the state, then the seconds at which the latest run started and ended. */
function status(says: string): SyncStatus {
  const [State, times = ""] = says.split(" ");
  const [start, end] = times.split("-").map((second) => second && `2020-11-11 12:00:${second}`);
  return parseStatus({
    State,
    LatestStartTime: start ?? "",
    LatestEndTime: end ?? "",
    RequestId: `id of ${says}`,
  });
}

const limited = new ApiError("RequestLimitExceeded", "Too many requests", "id-limited");
const internal = new ApiError("InternalError", "internal error", "id-internal");
const busy = new ApiError("FailedOperation", "Operation failed", "id-busy");
const noAnswer = new NoAnswer("RequestTimeout", "cwp.tencentcloudapi.com did not answer within 9 s.");

/** A caller to whom one thing happens after the other, each in no time. */
class Story {
  constructor(
    public caller: Caller,
    public now = 0,
  ) {}

  static of(
    goal: Caller["goal"],
    { timeoutMs = HOUR, run }: { timeoutMs?: number; run?: UnfinishedRun } = {},
  ) {
    return new Story(arrive(goal, 0, timeoutMs, run));
  }

  at(ms: number): this {
    this.now = ms;
    return this;
  }

  later(ms: number): this {
    return this.at(this.now + ms);
  }

  answer(says: string): this {
    this.caller = answered(this.caller, { status: status(says), sentAt: this.now, at: this.now });
    return this;
  }

  trigger(says: string): this {
    this.caller = triggered(this.caller, { status: status(says), sentAt: this.now, at: this.now });
    return this;
  }

  fail(error: CwpError): this {
    this.caller = failed(this.caller, error, this.now);
    return this;
  }

  triggerFail(error: CwpError): this {
    this.caller = triggerFailed(this.caller, error, this.now);
    return this;
  }

  get step(): Step {
    return nextStep(this.caller, this.now);
  }

  get does(): Step["does"] {
    return this.step.does;
  }

  get error(): WaitError {
    const { step } = this;
    assert.ok(step.does === "fail", `it does not fail: ${step.does}`);
    assert.ok(step.error instanceof WaitError);
    return step.error;
  }

  /** Looks and triggers as it wants to, the account saying the same on and on, until it does something else. */
  until(does: Step["does"], says: string): this {
    for (let requests = 0; requests < 1000; requests++) {
      const { step } = this;
      if (step.does === does) {
        return this;
      }
      assert.ok("at" in step, `it does ${step.does}`);
      this.at(Math.max(this.now, step.at));
      step.does === "trigger" ? this.trigger(says) : this.answer(says);
    }
    throw new Error("it goes on for ever");
  }
}

const idle = "FINISHED 10-20";

describe("A caller", () => {
  describe("that wants a finished run", () => {
    it("looks at once, before it triggers anything", () => {
      assert.deepEqual(Story.of("finished").step, { does: "look", at: 0 });
    });

    it("triggers as soon as it has seen the account idle", () => {
      assert.equal(Story.of("finished").answer(idle).does, "trigger");
      assert.equal(Story.of("finished").answer("NOTASK").does, "trigger");
    });

    it("does not trigger while another run is going, but when that has ended", () => {
      const story = Story.of("finished").answer("SYNCING 30-20").at(MINUTE).answer("SYNCING 30-20");
      assert.equal(story.does, "look");
      assert.equal(story.at(2 * MINUTE).answer("FINISHED 30-40").does, "trigger");
    });

    it("does not trigger when another run has begun since it saw the account idle", () => {
      assert.equal(Story.of("finished").answer(idle).later(50).answer("SYNCING 30-20").does, "look");
    });

    it("succeeds with the status that shows the end", () => {
      const story = Story.of("finished")
        .answer(idle)
        .trigger("SYNCING 30-20")
        .later(9_000)
        .answer("NOTASK 30-40");
      assert.deepEqual(story.step, { does: "succeed", status: status("NOTASK 30-40") });
    });

    it("only looks after its trigger", () => {
      const story = Story.of("finished").answer(idle).trigger("SYNCING 30-20");
      for (let looks = 0; looks < 50; looks++) {
        const { step } = story;
        assert.ok(step.does === "look");
        story.at(step.at).answer("SYNCING 30-20");
      }
    });

    it("looks again early enough for weak evidence to have held, and then believes it", () => {
      const story = Story.of("finished").answer("FINISHED").trigger("SYNCING").at(10_000).answer("SYNCING");
      story.at(12_000).answer("FINISHED");
      const looks: number[] = [];
      while (story.does === "look" && looks.length < 9) {
        const { step } = story;
        assert.ok(step.does === "look");
        looks.push(step.at);
        story.at(step.at).answer("FINISHED");
      }
      assert.equal(story.does, "succeed");
      assert.equal(looks.at(-1), 17_001);
    });
  });

  describe("that wants less", () => {
    it("a status, takes any answer", () => {
      assert.deepEqual(Story.of("status").answer("SYNCING 30-20").step, {
        does: "succeed",
        status: status("SYNCING 30-20"),
      });
    });

    it("a started run, is content with a trigger that was taken", () => {
      assert.equal(Story.of("started").answer(idle).does, "trigger");
      assert.equal(Story.of("started").answer(idle).trigger(idle).does, "succeed");
    });

    it("a started run, is content with somebody else's that began after it came", () => {
      assert.equal(Story.of("started").answer(idle).later(50).answer("SYNCING 30-20").does, "succeed");
    });

    it("a started run, is not content with one that was going when it came", () => {
      assert.equal(Story.of("started").answer("SYNCING 30-20").does, "look");
    });

    it("a started run, is not content with a trigger whose answer was lost, before the run shows", () => {
      const story = Story.of("started").answer(idle).triggerFail(noAnswer);
      assert.equal(story.does, "look");
      assert.equal(story.later(500).answer("SYNCING 30-20").does, "succeed");
    });
  });

  describe("whose trigger shows nothing", () => {
    it("triggers again after a grace that doubles, and gives up after the last", () => {
      const story = Story.of("finished");
      const triggers: number[] = [];
      for (;;) {
        const { step } = story;
        if (!("at" in step)) {
          break;
        }
        story.at(Math.max(story.now, step.at));
        if (step.does === "trigger") {
          triggers.push(story.now);
        }
        step.does === "trigger" ? story.trigger(idle) : story.answer(idle);
      }
      assert.deepEqual(triggers, [0, GRACE_MS, 3 * GRACE_MS]);
      assert.equal(triggers.length, MOST_TRIGGERS);
      assert.equal(story.now, 7 * GRACE_MS);
      const { code, message, unfinished } = story.error;
      assert.equal(code, "NothingStarted");
      assert.match(message, /^CWP started no machine sync in 1 min 10 s though it was asked 3 times: /);
      assert.match(
        message,
        /the last of \d+ answers was FINISHED, started 2020-11-11 12:00:10 \(RequestId id of /,
      );
      assert.match(message, /Check in the CWP console .* then run "pulumi up" again\.$/);
      assert.ok(unfinished);
    });

    it("looks for the run of a trigger without an answer before it triggers again", () => {
      const story = Story.of("finished").answer(idle).triggerFail(noAnswer);
      assert.equal(story.does, "look");
      assert.equal(story.later(1_000).answer(idle).does, "look", "within the grace");
      assert.equal(story.at(GRACE_MS).does, "look", "the last look was within the grace");
      assert.equal(story.answer(idle).does, "trigger");
    });

    it("does not trigger again when that run shows", () => {
      const story = Story.of("finished")
        .answer(idle)
        .triggerFail(noAnswer)
        .later(1_000)
        .answer("SYNCING 30-20");
      assert.equal(story.at(GRACE_MS).answer("SYNCING 30-20").does, "look");
    });

    it("takes FailedOperation for an account that is busy: looks, and waits for the run it finds", () => {
      const story = Story.of("finished").answer(idle).triggerFail(busy);
      assert.equal(story.does, "look");
      story.later(500).answer("SYNCING 30-20");
      assert.equal(story.later(MINUTE).answer("FINISHED 30-40").does, "succeed");
    });

    it("repeats a trigger that was certainly refused, which counts for nothing", () => {
      const story = Story.of("finished").answer(idle);
      for (let times = 0; times <= MOST_TRIGGERS; times++) {
        assert.equal(story.later(1_000).triggerFail(limited).does, "trigger");
      }
      assert.equal(story.caller.triggers, 0);
    });
  });

  describe("in trouble", () => {
    it("gives up at once on an error that no retry helps, in the error's own words", () => {
      const error = new ApiError("AuthFailure.SignatureExpire", "Signature expired.", "id-1");
      const failure = Story.of("finished").fail(error).error;
      assert.equal(failure.code, "AuthFailure.SignatureExpire");
      assert.equal(failure.requestId, "id-1");
      assert.equal(failure.message, error.message);
      assert.match(failure.message, /clock of this machine is off/);
      assert.equal(failure.unfinished, undefined);
    });

    it("gives up at once on a state that it does not know", () => {
      assert.equal(Story.of("finished").fail(new UnknownState("PENDING", "id-1")).error.code, "UnknownState");
    });

    it("bears InternalError three times, not four", () => {
      const story = Story.of("finished").fail(internal).fail(internal).fail(internal);
      assert.equal(story.does, "look");
      const { code, message } = story.later(7_000).fail(internal).error;
      assert.equal(code, "InternalError");
      assert.match(message, /Tried 4 times in 7 s\. Run "pulumi up" again later\.$/);
    });

    it("forgets earlier failures with a good answer", () => {
      const story = Story.of("finished").answer("SYNCING 30-20");
      for (let times = 0; times < 20; times++) {
        story.later(100).fail(internal).fail(internal).fail(internal).answer("SYNCING 30-20");
      }
      assert.equal(story.does, "look");
    });

    for (const error of [limited, noAnswer, new BadAnswer("it is not JSON")]) {
      it(`bears ${error.code} from a service that has answered for ${PATIENCE_MS / 1000} s`, () => {
        const story = Story.of("finished").answer("SYNCING 30-20").at(MINUTE).fail(error);
        assert.equal(story.later(PATIENCE_MS).fail(error).does, "look");
        assert.equal(story.later(1).fail(error).error.code, error.code);
      });
    }

    it("is not as patient with an address that has never answered", () => {
      const story = Story.of("finished").fail(noAnswer);
      assert.equal(story.later(PATIENCE_UNREACHED_MS).fail(noAnswer).does, "look");
      assert.match(
        story.later(1).fail(noAnswer).error.message,
        /did not answer within 9 s\. Tried 3 times in 5 s\./,
      );
    });

    it("takes an error code for an answer of the service", () => {
      const story = Story.of("finished").fail(limited).later(MINUTE).fail(noAnswer);
      assert.equal(story.does, "look");
    });

    it("asks again before it gives up, however sparse its looks had become", () => {
      const story = Story.of("finished")
        .answer("SYNCING 30-20")
        .at(30 * MINUTE)
        .answer("SYNCING 30-20")
        .later(1)
        .fail(noAnswer);
      const { step } = story;
      assert.deepEqual(step, { does: "look", at: story.now });
      assert.equal(story.later(10 * MINUTE).does, "look");
    });

    it("offers to resume, after a trigger", () => {
      const story = Story.of("finished")
        .answer(idle)
        .trigger("SYNCING 30-20")
        .later(9)
        .fail(new ApiError("UnauthorizedOperation", "No", "id-1"));
      const { message, unfinished, last } = story.error;
      assert.match(
        message,
        /CAM action cwp:SyncMachines.* Run "pulumi up" again to go on waiting for the same sync\.$/,
      );
      assert.deepEqual(unfinished, {
        state: "FINISHED",
        latestStartTime: "2020-11-11 12:00:10",
        latestEndTime: "2020-11-11 12:00:20",
        shown: true,
      });
      assert.equal(last?.state, "SYNCING");
    });
  });

  describe("at its deadline", () => {
    const timeoutMs = MINUTE;

    it("looks once more", () => {
      const story = Story.of("finished", { timeoutMs }).answer(idle).trigger("SYNCING 30-20");
      story.at(MINUTE - 500).answer("SYNCING 30-20");
      assert.deepEqual(story.step, { does: "look", at: MINUTE });
      assert.equal(story.at(MINUTE).does, "look");
    });

    it("succeeds when that look shows the end", () => {
      const story = Story.of("finished", { timeoutMs }).answer(idle).trigger("SYNCING 30-20").at(MINUTE);
      assert.equal(story.answer("FINISHED 30-40").does, "succeed");
    });

    it("triggers nothing any more", () => {
      const story = Story.of("finished", { timeoutMs })
        .at(MINUTE - 500)
        .answer(idle);
      assert.deepEqual(story.step, { does: "look", at: MINUTE });
    });

    it("says that the run did not finish, what was seen, and how to go on", () => {
      const story = Story.of("finished", { timeoutMs })
        .answer(idle)
        .trigger("SYNCING 30-20")
        .later(9_000)
        .fail(limited);
      const { code, message, requestId, unfinished } = story.at(MINUTE).answer("SYNCING 30-20").error;
      assert.equal(code, "SyncTimeout");
      assert.equal(requestId, "id of SYNCING 30-20");
      assert.equal(unfinished?.shown, true);
      assert.equal(
        message,
        "The machine sync did not finish within 1 min: the last of 3 answers was SYNCING, started 2020-11-11 12:00:30 (RequestId id of SYNCING 30-20); the trigger's RequestId is id of SYNCING 30-20; failed requests: 1 RequestLimitExceeded. " +
          'Run "pulumi up" again to go on waiting for the same sync, or allow more time with customTimeouts.',
      );
    });

    it("says that the run did not show, when it did not", () => {
      const story = Story.of("finished", { timeoutMs })
        .at(MINUTE - 2_000)
        .answer(idle)
        .trigger(idle)
        .at(MINUTE)
        .answer(idle);
      assert.match(
        story.error.message,
        /^The machine sync did not show within 1 min: the last of 3 answers was FINISHED/,
      );
      assert.equal(story.error.unfinished?.shown, false);
    });

    it("says that another run was in the way, when one was", () => {
      const story = Story.of("finished", { timeoutMs })
        .answer("SYNCING 30-20")
        .at(MINUTE)
        .answer("SYNCING 30-20");
      const { code, message, unfinished } = story.error;
      assert.equal(code, "SyncTimeout");
      assert.match(
        message,
        /^No machine sync could be started within 1 min, since another one was still going: the last of 2 answers was SYNCING/,
      );
      assert.match(message, /Run "pulumi up" again later, or allow more time with customTimeouts\.$/);
      assert.equal(unfinished, undefined);
    });

    it("does not speak of another run when there was none", () => {
      const story = Story.of("finished", { timeoutMs })
        .answer(idle)
        .triggerFail(limited)
        .at(MINUTE)
        .answer(idle);
      assert.doesNotMatch(story.error.message, /another one/);
      assert.match(story.error.message, /1 RequestLimitExceeded/);
    });

    it("gives the reason when there never was an answer", () => {
      const { code, message } = Story.of("status", { timeoutMs: 2_000 })
        .fail(limited)
        .at(2_000)
        .fail(limited).error;
      assert.equal(code, "RequestLimitExceeded");
      assert.match(
        message,
        /^No answer within 2 s: RequestLimitExceeded: Too many requests \(RequestId id-limited\)\./,
      );
    });
  });

  describe("that resumes a run", () => {
    const run: UnfinishedRun = {
      state: "FINISHED",
      latestStartTime: "2020-11-11 12:00:10",
      latestEndTime: "2020-11-11 12:00:20",
      shown: true,
    };

    it("looks, and triggers nothing while the run goes", () => {
      const story = Story.of("finished", { run });
      assert.deepEqual(story.step, { does: "look", at: 0 });
      assert.equal(story.answer("SYNCING 30-20").does, "look");
      assert.equal(story.at(HOUR / 2).answer("SYNCING 30-20").does, "look");
    });

    it("succeeds at once when it has ended meanwhile", () => {
      assert.equal(Story.of("finished", { run }).answer("FINISHED 30-40").does, "succeed");
    });

    it("does not take the record of before the run for its end", () => {
      const story = Story.of("finished", { run: { ...run, shown: false } }).answer(idle);
      assert.equal(story.does, "look");
    });

    it("triggers again, after the grace, a run that has never shown", () => {
      const story = Story.of("finished", { run: { ...run, shown: false } });
      assert.equal(story.until("trigger", idle).now, GRACE_MS);
    });

    it("hands the run on when its own time is over too", () => {
      const story = Story.of("finished", { run, timeoutMs: MINUTE })
        .answer("SYNCING 30-20")
        .at(MINUTE)
        .answer("SYNCING 30-20");
      assert.deepEqual(story.error.unfinished, run);
    });

    it("hands the run on when the service never answers", () => {
      const story = Story.of("finished", { run, timeoutMs: MINUTE }).fail(noAnswer).at(MINUTE).fail(noAnswer);
      assert.deepEqual(story.error.unfinished, run);
    });
  });
});
