import assert from "node:assert/strict";
import { ApiError, BadAnswer, type CwpError, NoAnswer, UnknownState } from "../../../../provider/api/errors";
import { parseStatus, type SyncStatus } from "../../../../provider/cwp/status";
import { endingOf } from "../../../../provider/wait/report/endings";
import { SETTLE_MS } from "../../../../provider/wait/run/evidence";
import { PATIENCE_MS, PATIENCE_UNREACHED_MS } from "../../../../provider/wait/run/failureRow";
import { nextPoll } from "../../../../provider/wait/run/schedule";
import { nextStep, type Step } from "../../../../provider/wait/run/step";
import {
  beginWait,
  GRACE_MS,
  isAwaitingRun,
  lengthBefore,
  MOST_STARTS,
  markReachable,
  observe,
  type Result,
  type Wait,
  type Wanted,
} from "../../../../provider/wait/run/wait";
import type { UnfinishedRun, WaitError } from "../../../../provider/wait/run/waitError";

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

/** A wait to which events happen one after the other, each in no time. */
class Story {
  private account = "the account";
  private newestStart = "";

  constructor(
    public wait: Wait,
    public now = 0,
  ) {}

  static of(goal: Wait["goal"], wanted: Partial<Wanted> = {}) {
    return new Story(beginWait({ timeoutMs: HOUR, ...wanted, goal }, 0));
  }

  at(ms: number): this {
    this.now = ms;
    return this;
  }

  later(ms: number): this {
    return this.at(this.now + ms);
  }

  /** From now on this account answers. */
  by(account: string): this {
    this.account = account;
    this.newestStart = "";
    return this;
  }

  poll(says: string): this {
    return this.observe("poll", says);
  }

  start(says: string): this {
    return this.observe("start", says);
  }

  fail(error: CwpError): this {
    return this.observe("poll", error);
  }

  startFails(error: CwpError): this {
    return this.observe("start", error);
  }

  /** The service answers another wait of the process. */
  isReachable(): this {
    this.wait = markReachable(this.wait);
    return this;
  }

  private observe(request: Result["request"], what: string | CwpError): this {
    const { account, newestStart, now: sentAt } = this;
    const mayBeFirst = request === "poll" && !isAwaitingRun(this.wait);
    const outcome =
      typeof what === "string"
        ? { status: status(what), account, sentAt, at: sentAt, mayBeFirst, newestStart }
        : what;
    this.wait = observe(this.wait, { request, sentAt, outcome });
    if ("status" in outcome && outcome.status.latestStartTime > newestStart) {
      this.newestStart = outcome.status.latestStartTime;
    }
    return this;
  }

  get step(): Step {
    return nextStep(this.wait, this.now);
  }

  get does(): Step["does"] {
    return this.step.does;
  }

  get error(): WaitError {
    const { step } = this;
    assert.ok(step.does === "fail", `it does not fail: ${step.does}`);
    return endingOf(this.wait, step.why, this.now);
  }

  /** Lets it poll and start, with the same answer each time, until its next step is another. */
  until(does: Step["does"], says: string): this {
    for (let requests = 0; requests < 1000; requests++) {
      const { step } = this;
      if (step.does === does) {
        return this;
      }
      assert.ok("at" in step, `it does ${step.does}`);
      this.at(Math.max(this.now, step.at));
      step.does === "start" ? this.start(says) : this.poll(says);
    }
    throw new Error("it never ends");
  }
}

const idle = "FINISHED 10-20";

describe("A wait", () => {
  describe("that wants a finished run", () => {
    it("polls at once, before it starts anything", () => {
      assert.deepEqual(Story.of("finished").step, { does: "poll", at: 0 });
    });

    it("starts a sync as soon as it has seen the account idle", () => {
      assert.equal(Story.of("finished").poll(idle).does, "start");
      assert.equal(Story.of("finished").poll("NOTASK").does, "start");
    });

    it("starts no sync while another run is in progress, but after its end", () => {
      const story = Story.of("finished").poll("SYNCING 30-20").at(MINUTE).poll("SYNCING 30-20");
      assert.equal(story.does, "poll");
      assert.equal(story.at(2 * MINUTE).poll("FINISHED 30-40").does, "start");
    });

    it("starts no sync if another run has begun since it saw the account idle", () => {
      assert.equal(Story.of("finished").poll(idle).later(50).poll("SYNCING 30-20").does, "poll");
    });

    it("succeeds with the status that shows the end", () => {
      const story = Story.of("finished").poll(idle).start("SYNCING 30-20").later(9_000).poll("NOTASK 30-40");
      assert.deepEqual(story.step, { does: "succeed", status: status("NOTASK 30-40") });
    });

    it("only polls after its start", () => {
      const story = Story.of("finished").poll(idle).start("SYNCING 30-20");
      for (let polls = 0; polls < 50; polls++) {
        const { step } = story;
        assert.ok(step.does === "poll");
        story.at(step.at).poll("SYNCING 30-20");
      }
    });

    it("polls again early enough for weak evidence to have held, and then believes it", () => {
      const story = Story.of("finished").poll("FINISHED").start("SYNCING").at(10_000).poll("SYNCING");
      story.at(12_000).poll("FINISHED");
      const polls: number[] = [];
      while (story.does === "poll" && polls.length < 9) {
        const { step } = story;
        assert.ok(step.does === "poll");
        polls.push(step.at);
        story.at(step.at).poll("FINISHED");
      }
      assert.equal(story.does, "succeed");
      assert.equal(polls.at(-1), 17_001);
    });
  });

  describe("with another goal", () => {
    it("a status: it takes any answer", () => {
      assert.deepEqual(Story.of("status").poll("SYNCING 30-20").step, {
        does: "succeed",
        status: status("SYNCING 30-20"),
      });
    });

    it("a started run: an accepted start is enough", () => {
      assert.equal(Story.of("started").poll(idle).does, "start");
      assert.equal(Story.of("started").poll(idle).start(idle).does, "succeed");
    });

    it("a started run: another pipeline's run that began after it is enough", () => {
      assert.equal(Story.of("started").poll(idle).later(50).poll("SYNCING 30-20").does, "succeed");
    });

    it("a started run: a run that was in progress when it began is not enough", () => {
      assert.equal(Story.of("started").poll("SYNCING 30-20").does, "poll");
    });

    it("a started run: a start whose answer was lost is not enough, before the run shows", () => {
      const story = Story.of("started").poll(idle).startFails(noAnswer);
      assert.equal(story.does, "poll");
      assert.equal(story.later(500).poll("SYNCING 30-20").does, "succeed");
    });
  });

  describe("whose start shows nothing", () => {
    it("starts again after a grace that doubles, and gives up after the last", () => {
      const story = Story.of("finished");
      const starts: number[] = [];
      for (;;) {
        const { step } = story;
        if (!("at" in step)) {
          break;
        }
        story.at(Math.max(story.now, step.at));
        if (step.does === "start") {
          starts.push(story.now);
        }
        step.does === "start" ? story.start(idle) : story.poll(idle);
      }
      assert.deepEqual(starts, [0, GRACE_MS, 3 * GRACE_MS]);
      assert.equal(starts.length, MOST_STARTS);
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

    it("polls for the run of a start without an answer before it starts again", () => {
      const story = Story.of("finished").poll(idle).startFails(noAnswer);
      assert.equal(story.does, "poll");
      assert.equal(story.later(1_000).poll(idle).does, "poll", "within the grace");
      assert.equal(story.at(GRACE_MS).does, "poll", "the last poll was within the grace");
      assert.equal(story.poll(idle).does, "start");
    });

    it("does not start again when that run shows", () => {
      const story = Story.of("finished").poll(idle).startFails(noAnswer).later(1_000).poll("SYNCING 30-20");
      assert.equal(story.at(GRACE_MS).poll("SYNCING 30-20").does, "poll");
    });

    it("takes FailedOperation for an account that is busy: polls, and waits for the run it finds", () => {
      const story = Story.of("finished").poll(idle).startFails(busy);
      assert.equal(story.does, "poll");
      story.later(500).poll("SYNCING 30-20");
      assert.equal(story.later(MINUTE).poll("FINISHED 30-40").does, "succeed");
    });
  });

  describe("whose start is refused", () => {
    const unavailable = new ApiError("ServiceUnavailable", "Unavailable", "id-unavailable");
    const inUse = new ApiError("ResourceInUse", "A sync is in progress", "id-in-use");

    it("polls before it starts again, and counts no start", () => {
      const story = Story.of("finished").poll(idle);
      for (let times = 0; times < 10; times++) {
        assert.equal(story.startFails(unavailable).does, "poll");
        assert.equal(story.later(50).poll(idle).does, "start");
      }
      assert.equal(story.wait.starts, 0);
    });

    it("pauses from half a second up to eight, which polls that work do not shorten", () => {
      const story = Story.of("finished").poll(idle);
      const pauses: number[] = [];
      for (let times = 0; times < 7; times++) {
        story.startFails(unavailable);
        const { now } = story;
        const { step } = story.later(50).poll(idle);
        assert.ok(step.does === "start");
        pauses.push(step.at - now);
        story.at(step.at);
      }
      assert.deepEqual(pauses, [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    });

    it("pauses no longer than the common pace, if the refusal is for the number of requests", () => {
      const story = Story.of("finished").poll(idle);
      for (let times = 0; times < 20; times++) {
        assert.deepEqual(story.startFails(limited).later(100).poll(idle).step, {
          does: "start",
          at: story.now,
        });
      }
    });

    it("takes the run of another pipeline that shows meanwhile", () => {
      const story = Story.of("finished").poll(idle).startFails(unavailable).later(50).poll("SYNCING 30-20");
      assert.equal(story.does, "poll");
      assert.equal(story.later(8_000).poll("FINISHED 30-38").does, "succeed");
    });

    it("starts again after ResourceInUse only if a later answer shows no run in progress", () => {
      const story = Story.of("finished").poll(idle).at(100).startFails(inUse);
      assert.deepEqual(story.step, { does: "poll", at: 100 });
      const polls: number[] = [];
      for (let { step } = story; step.does === "poll"; { step } = story) {
        story.at(Math.max(step.at, story.now + 100)).poll(idle);
        polls.push(story.now);
      }
      assert.equal(story.does, "start");
      assert.deepEqual(polls.map(Math.round), [200, 1_867, 3_533, 5_101]);
    });

    it("gives up after two minutes of refusals, whatever its polls say, and names the refusal", () => {
      const story = Story.of("finished").poll(idle);
      let starts = 1;
      while (story.startFails(unavailable).does !== "fail") {
        const { step } = story.later(50).poll(idle);
        assert.ok(step.does === "start");
        story.at(step.at);
        starts += 1;
      }
      assert.ok(story.now > PATIENCE_MS && story.now < PATIENCE_MS + 9_000, `at ${story.now} ms`);
      assert.ok(starts < 24, `${starts} starts`);
      assert.match(story.error.message, /^ServiceUnavailable: .* Tried \d+ times in 2 min/);
    });

    it("lasts as long as RequestLimitExceeded does", () => {
      const story = Story.of("finished").poll(idle);
      for (let minute = 0; minute < 30; minute++) {
        assert.equal(story.at(minute * MINUTE).startFails(limited).does, "poll");
        story.later(100).poll(idle);
      }
      assert.equal(story.does, "start");
    });

    it("that repeats a start without effect, polls at once and starts again", () => {
      const story = Story.of("finished").poll(idle).start(idle).at(GRACE_MS).poll(idle);
      assert.equal(story.does, "start");
      story.startFails(unavailable);
      assert.deepEqual(story.step, { does: "poll", at: GRACE_MS });
      assert.deepEqual(story.later(100).poll(idle).step, { does: "start", at: GRACE_MS + 500 });
      assert.equal(story.wait.starts, 1);
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

    it("retries after three times InternalError, not after four", () => {
      const story = Story.of("finished").fail(internal).fail(internal).fail(internal);
      assert.equal(story.does, "poll");
      const { code, message } = story.later(7_000).fail(internal).error;
      assert.equal(code, "InternalError");
      assert.match(message, /Tried 4 times in 7 s\. Run "pulumi up" again later\.$/);
    });

    it("forgets earlier failures with a good answer", () => {
      const story = Story.of("finished").poll("SYNCING 30-20");
      for (let times = 0; times < 20; times++) {
        story.later(100).fail(internal).fail(internal).fail(internal).poll("SYNCING 30-20");
      }
      assert.equal(story.does, "poll");
    });

    for (const error of [noAnswer, new BadAnswer("it is not JSON")]) {
      it(`retries after ${error.code} from a service that has answered for ${PATIENCE_MS / 1000} s`, () => {
        const story = Story.of("finished").poll("SYNCING 30-20").at(MINUTE).fail(error);
        assert.equal(story.later(PATIENCE_MS).fail(error).does, "poll");
        assert.equal(story.later(1).fail(error).error.code, error.code);
      });
    }

    it("is not as patient with an address that has never answered", () => {
      const story = Story.of("finished").fail(noAnswer);
      assert.equal(story.later(PATIENCE_UNREACHED_MS).fail(noAnswer).does, "poll");
      assert.match(
        story.later(1).fail(noAnswer).error.message,
        /did not answer within 9 s\. Tried 3 times in 5 s\./,
      );
    });

    it("takes an error code for an answer of the service", () => {
      const story = Story.of("finished").fail(limited).later(MINUTE).fail(noAnswer);
      assert.equal(story.does, "poll");
    });

    it("retries for as long as RequestLimitExceeded lasts, since the service is there", () => {
      const story = Story.of("finished");
      for (let minute = 0; minute < 20; minute++) {
        story.at(minute * MINUTE).fail(limited);
        assert.equal(story.does, "poll", `after ${minute} minutes`);
      }
      assert.equal(story.poll(idle).does, "start");
    });

    it("does not count a time of refusals alone against a service that is silent later", () => {
      const story = Story.of("finished").poll("SYNCING 30-20").fail(noAnswer);
      for (let minute = 1; minute < 10; minute++) {
        story.at(minute * MINUTE).fail(limited);
      }
      assert.equal(story.later(PATIENCE_MS).fail(noAnswer).does, "poll");
      assert.equal(story.later(1).fail(noAnswer).error.code, noAnswer.code);
    });

    it("counts InternalError further, whatever was refused in between", () => {
      const story = Story.of("finished").fail(internal).fail(internal).fail(limited).fail(internal);
      assert.equal(story.does, "poll");
      assert.equal(story.fail(limited).does, "poll");
      assert.equal(story.fail(internal).error.code, "InternalError");
    });

    it("ends its row of failures with an answer to any wait of its process", () => {
      const story = Story.of("finished").poll("SYNCING 30-20").fail(noAnswer);
      assert.equal(
        story
          .later(1_000)
          .isReachable()
          .later(5 * MINUTE)
          .fail(noAnswer).does,
        "poll",
      );
      story.isReachable();
      for (let times = 0; times < 4; times++) {
        story.fail(internal).isReachable();
      }
      assert.equal(story.does, "poll");
    });

    it("takes an answer to any wait of its process for a sign that the address works", () => {
      const story = Story.of("finished").isReachable().fail(noAnswer).later(PATIENCE_MS).fail(noAnswer);
      assert.equal(story.does, "poll");
    });

    it("polls again before it gives up, however sparse its polls had become", () => {
      const story = Story.of("finished")
        .poll("SYNCING 30-20")
        .at(30 * MINUTE)
        .poll("SYNCING 30-20")
        .later(1)
        .fail(noAnswer);
      const { step } = story;
      assert.deepEqual(step, { does: "poll", at: story.now });
      assert.equal(story.later(10 * MINUTE).does, "poll");
    });

    it("offers to resume, after a start", () => {
      const story = Story.of("finished")
        .poll(idle)
        .start("SYNCING 30-20")
        .later(9)
        .fail(new ApiError("UnauthorizedOperation", "No", "id-1"));
      const { message, unfinished, last } = story.error;
      assert.match(
        message,
        /CAM action cwp:SyncMachines.* Run "pulumi up" again to continue waiting for the same sync\.$/,
      );
      assert.deepEqual(unfinished, {
        state: "FINISHED",
        latestStartTime: "2020-11-11 12:00:10",
        latestEndTime: "2020-11-11 12:00:20",
        shown: true,
        account: "the account",
      });
      assert.equal(last?.state, "SYNCING");
    });
  });

  describe("at its deadline", () => {
    const timeoutMs = MINUTE;

    it("polls once more", () => {
      const story = Story.of("finished", { timeoutMs }).poll(idle).start("SYNCING 30-20");
      story.at(MINUTE - 500).poll("SYNCING 30-20");
      assert.deepEqual(story.step, { does: "poll", at: MINUTE });
      assert.equal(story.at(MINUTE).does, "poll");
    });

    it("succeeds when that poll shows the end", () => {
      const story = Story.of("finished", { timeoutMs }).poll(idle).start("SYNCING 30-20").at(MINUTE);
      assert.equal(story.poll("FINISHED 30-40").does, "succeed");
    });

    it("starts nothing any more", () => {
      const story = Story.of("finished", { timeoutMs })
        .at(MINUTE - 500)
        .poll(idle);
      assert.deepEqual(story.step, { does: "poll", at: MINUTE });
    });

    it("says that the run did not finish, what was seen, and how to continue", () => {
      const story = Story.of("finished", { timeoutMs })
        .poll(idle)
        .start("SYNCING 30-20")
        .later(9_000)
        .fail(limited);
      const { code, message, requestId, unfinished } = story.at(MINUTE).poll("SYNCING 30-20").error;
      assert.equal(code, "SyncTimeout");
      assert.equal(requestId, "id of SYNCING 30-20");
      assert.equal(unfinished?.shown, true);
      assert.equal(
        message,
        "The machine sync did not finish within 1 min: the last of 3 answers was SYNCING, started 2020-11-11 12:00:30 (RequestId id of SYNCING 30-20); the RequestId of the request that started it is id of SYNCING 30-20; failed requests: 1 RequestLimitExceeded. " +
          'Run "pulumi up" again to continue waiting for the same sync, or allow more time with customTimeouts.',
      );
    });

    it("says that the run did not show, if it did not", () => {
      const story = Story.of("finished", { timeoutMs })
        .at(MINUTE - 2_000)
        .poll(idle)
        .start(idle)
        .at(MINUTE)
        .poll(idle);
      assert.match(
        story.error.message,
        /^The machine sync did not show within 1 min: the last of 3 answers was FINISHED/,
      );
      assert.equal(story.error.unfinished?.shown, false);
    });

    it("says that another run was in the way, if so", () => {
      const story = Story.of("finished", { timeoutMs })
        .poll("SYNCING 30-20")
        .at(MINUTE)
        .poll("SYNCING 30-20");
      const { code, message, unfinished } = story.error;
      assert.equal(code, "SyncTimeout");
      assert.match(
        message,
        /^No machine sync could be started within 1 min, since another sync was still in progress: the last of 2 answers was SYNCING/,
      );
      assert.match(message, /Run "pulumi up" again later, or allow more time with customTimeouts\.$/);
      assert.equal(unfinished, undefined);
    });

    it("does not speak of another run when there was none", () => {
      const story = Story.of("finished", { timeoutMs }).poll(idle).startFails(limited).at(MINUTE).poll(idle);
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
      account: "the account",
    };

    it("polls, and starts nothing while the run is in progress", () => {
      const story = Story.of("finished", { run });
      assert.deepEqual(story.step, { does: "poll", at: 0 });
      assert.equal(story.poll("SYNCING 30-20").does, "poll");
      assert.equal(story.at(HOUR / 2).poll("SYNCING 30-20").does, "poll");
    });

    it("succeeds at once when it has ended meanwhile", () => {
      assert.equal(Story.of("finished", { run }).poll("FINISHED 30-40").does, "succeed");
    });

    it("does not measure its elapsed time by the run before", () => {
      const story = Story.of("finished", { run }).poll("SYNCING 30-20");
      assert.equal(lengthBefore(story.wait), undefined);
      assert.deepEqual(story.step, { does: "poll", at: nextPoll(0) });
    });

    it("does not take the record before the run for its end", () => {
      const story = Story.of("finished", { run: { ...run, shown: false } }).poll(idle);
      assert.equal(story.does, "poll");
    });

    it("starts a run that has never shown again, after the grace", () => {
      const story = Story.of("finished", { run: { ...run, shown: false } });
      assert.equal(story.until("start", idle).now, GRACE_MS);
    });

    it("leaves the run to be resumed if its own time is over too", () => {
      const story = Story.of("finished", { run, timeoutMs: MINUTE })
        .poll("SYNCING 30-20")
        .at(MINUTE)
        .poll("SYNCING 30-20");
      assert.deepEqual(story.error.unfinished, run);
    });

    it("leaves the run to be resumed if the service never answers", () => {
      const story = Story.of("finished", { run, timeoutMs: MINUTE }).fail(noAnswer).at(MINUTE).fail(noAnswer);
      assert.deepEqual(story.error.unfinished, run);
    });
  });

  describe("that finds a run of another account in the state, or of no account", () => {
    const run: UnfinishedRun = {
      state: "FINISHED",
      latestStartTime: "2020-11-11 12:00:10",
      latestEndTime: "2020-11-11 12:00:20",
      shown: true,
      account: "another account",
    };
    const { account: _none, ...unnamed } = run;

    for (const [whose, kept] of [
      ["another account", run],
      ["an account that the state does not name", unnamed],
      ["an account without a name", { ...run, account: "" }],
    ] as const) {
      it(`starts a sync: ${whose}`, () => {
        const story = Story.of("finished", { run: kept }).poll("FINISHED 30-40");
        assert.equal(story.does, "start");
        story.start("SYNCING 50-40").later(9_000).poll("FINISHED 50-59");
        assert.deepEqual(story.step, { does: "succeed", status: status("FINISHED 50-59") });
      });

      it(`keeps the run if it fails before an answer shows the account: ${whose}`, () => {
        const story = Story.of("finished", { run: kept, timeoutMs: MINUTE });
        story.fail(noAnswer).later(10_000).fail(noAnswer);
        assert.deepEqual(story.error.unfinished, kept);
        const cancelled = endingOf(Story.of("finished", { run: kept }).wait, { is: "cancelled" }, 0);
        assert.deepEqual(cancelled.unfinished, kept);
      });

      it(`keeps nothing of the run if it fails after that: ${whose}`, () => {
        const story = Story.of("finished", { run: kept })
          .poll(idle)
          .fail(new UnknownState("PENDING", "id-1"));
        assert.equal(story.error.unfinished, undefined);
      });
    }
  });

  it("takes no run of an account without a name for a run of another account", () => {
    const run: UnfinishedRun = {
      state: "NOTASK",
      latestStartTime: "",
      latestEndTime: "",
      shown: true,
      account: "",
    };
    assert.equal(Story.of("finished", { run }).by("").poll("FINISHED 30-40").does, "start");
  });

  describe("whose account changes during the wait", () => {
    const moved = () =>
      Story.of("finished").poll(idle).start("SYNCING 30-20").later(9_000).by("another account");

    it("syncs that account too, and takes no run of the first for it", () => {
      const story = moved().poll("FINISHED 12-18");
      assert.equal(story.does, "start");
      assert.equal(story.start("SYNCING 50-18").does, "poll");
      assert.equal(story.later(9_000).poll("FINISHED 50-58").does, "succeed");
    });

    it("does not count a run that is in progress there", () => {
      const story = moved().poll("SYNCING 40-18");
      assert.equal(story.does, "poll");
      assert.equal(story.later(9_000).poll("FINISHED 40-48").does, "start");
    });

    it("may start as many syncs there as before", () => {
      const story = moved().until("fail", idle);
      assert.equal(story.error.code, "NothingStarted");
      assert.equal(story.wait.starts, MOST_STARTS);
    });

    it("leaves a run of that account to be resumed, not of the first", () => {
      const story = moved()
        .poll("FINISHED 12-18")
        .start("SYNCING 50-18")
        .fail(new UnknownState("PENDING", "id-1"));
      const { unfinished } = story.error;
      assert.equal(unfinished?.account, "another account");
      assert.equal(unfinished?.latestStartTime, "2020-11-11 12:00:12");
    });
  });

  describe("that finds a sync in progress", () => {
    const current = "SYNCING 10-05";

    it("polls again only when the answer can show the newest run after it began", () => {
      const story = Story.of("finished").poll(current);
      assert.deepEqual(story.step, { does: "poll", at: SETTLE_MS + 1 });
    });

    it("polls as the schedule says from then on", () => {
      const story = Story.of("finished")
        .poll(current)
        .at(SETTLE_MS + 1)
        .poll(current);
      assert.deepEqual(story.step, { does: "poll", at: nextPoll(SETTLE_MS + 1) });
    });

    it("waits for the run after it, whichever pipeline started that, and starts none", () => {
      const story = Story.of("finished")
        .poll(current)
        .at(SETTLE_MS + 1)
        .poll(current);
      assert.equal(story.at(20_000).poll("SYNCING 32-31").does, "poll");
      assert.equal(story.at(40_000).poll("FINISHED 32-51").does, "succeed");
      assert.equal(story.wait.starts, 0);
    });

    it("learns the length of that sync from the run after it, and polls accordingly", () => {
      const story = Story.of("finished")
        .poll(current)
        .at(SETTLE_MS + 1)
        .poll(current);
      assert.equal(lengthBefore(story.wait), undefined);
      story.at(20_000).poll("SYNCING 32-31");
      assert.equal(lengthBefore(story.wait), 21_000);
      const begun = SETTLE_MS + 1;
      assert.deepEqual(story.step, { does: "poll", at: begun + nextPoll(20_000 - begun, 21_000) });
      story.at(30_000).poll("SYNCING 32-31");
      assert.equal(lengthBefore(story.wait), 21_000);
    });

    it("does not learn it if the service shows no end beside the run", () => {
      const story = Story.of("finished")
        .poll(current)
        .at(SETTLE_MS + 1)
        .poll(current);
      story.at(20_000).poll("SYNCING 32");
      assert.equal(lengthBefore(story.wait), undefined);
      const begun = SETTLE_MS + 1;
      assert.deepEqual(story.step, { does: "poll", at: begun + nextPoll(20_000 - begun) });
    });
  });

  it("learns the length of a finished run, and polls accordingly", () => {
    const story = Story.of("finished").poll(idle).start("SYNCING 30-20");
    assert.equal(lengthBefore(story.wait), 10_000);
    assert.deepEqual(story.step, { does: "poll", at: nextPoll(0, 10_000) });
  });
});
