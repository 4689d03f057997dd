import assert from "node:assert/strict";
import { parseStatus, type SyncStatus } from "../../../../provider/cwp/status";
import { type Answer, type Knowledge, learn, settlesAt } from "../../../../provider/wait/run/evidence";

/**
 * The second of an answer, and its text: the state, then the seconds at which the latest run started and
 * ended.
 */
type Said = readonly [second: number, says: string];

const time = (second: string | undefined) => (second ? `2020-11-11 12:00:${second}` : "");

function status(says: string): SyncStatus {
  const [State, times = ""] = says.split(" ");
  const [start, end] = times.split("-");
  return parseStatus({
    State,
    LatestStartTime: time(start),
    LatestEndTime: time(end),
    RequestId: "request",
  });
}

/** An answer that took 40 ms, around the second that is given. */
function answer([second, says]: Said, rest: Partial<Answer> = {}): Answer {
  const [sentAt, at] = [second * 1000 - 20, second * 1000 + 20];
  return { status: status(says), sentAt, at, mayBeFirst: true, newestStart: "", ...rest };
}

/**
 * The knowledge of a wait that began right before the first second, and whose process got no other answers.
 */
function learnAll(answers: readonly Said[], mayBeFirst = true): Knowledge {
  let known: Knowledge = { is: "unasked" };
  let newestStart = "";
  for (const said of answers) {
    const one = answer(said, { mayBeFirst, newestStart });
    known = learn(known, one, -20);
    newestStart = one.status.latestStartTime > newestStart ? one.status.latestStartTime : newestStart;
  }
  return known;
}

interface Row {
  readonly it: string;
  readonly after: readonly Said[];
  readonly knows: Knowledge["is"];
  /** True if an idle answer may be a first answer. Default true. */
  readonly mayBeFirst?: boolean;
}

function verdict(answers: readonly Said[], mayBeFirst = true): Knowledge["is"] {
  return learnAll(answers, mayBeFirst).is;
}

function table(rows: readonly Row[]): void {
  for (const { it: title, after, knows, mayBeFirst } of rows) {
    it(title, () => assert.equal(verdict(after, mayBeFirst), knows));
  }
}

describe("A run is recognised", () => {
  describe("from a baseline", () => {
    table([
      { it: "nothing is known before an answer", after: [], knows: "unasked" },
      { it: "a finished run is a baseline", after: [[0, "FINISHED 10-20"]], knows: "idle" },
      { it: "a forgotten run is a baseline", after: [[0, "NOTASK 10-20"]], knows: "idle" },
      { it: "no run ever is a baseline", after: [[0, "NOTASK"]], knows: "idle" },
      {
        it: "a run in progress is none, since it may be too old",
        after: [[0, "SYNCING 30-20"]],
        knows: "blocked",
      },
    ]);
  });

  describe("behind a run that was in progress first", () => {
    const current: Said = [0, "SYNCING 30-20"];
    table([
      {
        it: "that run blocks as long as it is in progress",
        after: [current, [60, "SYNCING 30-20"]],
        knows: "blocked",
      },
      {
        it: "its end is the baseline, not success",
        after: [current, [9, "FINISHED 30-40"]],
        knows: "idle",
      },
      {
        it: "its end beside NOTASK is the baseline too",
        after: [current, [9, "NOTASK 30-40"]],
        knows: "idle",
      },
      {
        it: "the same record again shows no other run",
        after: [current, [9, "FINISHED 30-40"], [20, "FINISHED 30-40"]],
        knows: "idle",
      },
      {
        it: "a stale SYNCING of it after its end shows no other run",
        after: [current, [9, "FINISHED 30-40"], [10, "SYNCING 30-20"]],
        knows: "idle",
      },
      {
        it: "the next run counts",
        after: [current, [9, "FINISHED 30-40"], [10, "SYNCING 42-40"], [20, "FINISHED 42-52"]],
        knows: "finished",
      },
      {
        it: "an end within the settle time may be that of a run before it, in a stale answer",
        after: [
          [0, "SYNCING 10-05"],
          [1, "FINISHED 10-20"],
        ],
        knows: "blocked",
      },
      {
        it: "a run hidden behind such a stale end does not count",
        after: [
          [0, "SYNCING 10-05"],
          [1, "FINISHED 10-20"],
          [2, "SYNCING 22-20"],
          [59, "FINISHED 22-59"],
        ],
        knows: "idle",
      },
      {
        it: "one idle answer between two SYNCING is staleness",
        after: [current, [6, "FINISHED 10-20"], [7, "SYNCING 30-20"]],
        knows: "blocked",
      },
      {
        it: "an old end that shows again after SYNCING without times is staleness",
        after: [
          [0, "SYNCING"],
          [8, "FINISHED 10-20"],
        ],
        knows: "blocked",
      },
      {
        it: "without times, idle answers free the wait once they have held for the settle time",
        after: [
          [0, "SYNCING"],
          [8, "FINISHED"],
          [10, "FINISHED"],
          [13.1, "FINISHED"],
        ],
        knows: "idle",
      },
      {
        it: "without times, idle answers that have not held so long do not",
        after: [
          [0, "SYNCING"],
          [8, "FINISHED"],
          [10, "FINISHED"],
          [13, "FINISHED"],
        ],
        knows: "blocked",
      },
      {
        it: "SYNCING among idle answers starts the settle time again",
        after: [
          [0, "SYNCING"],
          [8, "FINISHED"],
          [10, "SYNCING"],
          [11, "FINISHED"],
          [13.1, "FINISHED"],
          [15, "FINISHED"],
        ],
        knows: "blocked",
      },
    ]);
  });

  describe("while this process awaits another's run, when no answer can be a first one", () => {
    const later = (rows: readonly Omit<Row, "mayBeFirst">[]) =>
      table(rows.map((row) => ({ ...row, mayBeFirst: false })));
    later([
      {
        it: "an idle answer within the settle time may be older than the resource",
        after: [[5, "FINISHED 10-20"]],
        knows: "unasked",
      },
      { it: "so may SYNCING", after: [[5, "SYNCING 10-05"]], knows: "unasked" },
      { it: "a later idle answer is a baseline", after: [[5.1, "FINISHED 10-20"]], knows: "idle" },
      {
        it: "a run that is in progress in a later answer is an anchor",
        after: [
          [5.1, "SYNCING 10-05"],
          [9, "SYNCING 22-20"],
        ],
        knows: "running",
      },
      {
        it: "one within the settle time is none",
        after: [
          [5, "SYNCING 10-05"],
          [9, "SYNCING 22-20"],
        ],
        knows: "blocked",
      },
      {
        it: "a later idle answer that is older than what was seen is no baseline",
        after: [
          [3, "SYNCING 22-20"],
          [5.1, "FINISHED 10-20"],
        ],
        knows: "blocked",
      },
    ]);
  });

  describe("by a start newer than a start that was the newest after the wait began", () => {
    const old: Said = [0, "SYNCING 10-05"];
    const anchor: Said = [5.1, "SYNCING 10-05"];
    table([
      {
        it: "SYNCING later than the settle time shows such a start, and the next one counts",
        after: [old, anchor, [20, "SYNCING 32-31"]],
        knows: "running",
      },
      {
        it: "SYNCING within it does not: the run that shows next may be older than the resource",
        after: [old, [5, "SYNCING 10-05"], [20, "SYNCING 32-31"]],
        knows: "blocked",
      },
      {
        it: "but that run is such a start itself, and the one after it counts",
        after: [old, [5, "SYNCING 10-05"], [20, "SYNCING 32-31"], [40, "SYNCING 52-51"]],
        knows: "running",
      },
      {
        it: "the same start again is not newer",
        after: [old, anchor, [20, "SYNCING 10-05"], [40, "SYNCING 10-05"]],
        knows: "blocked",
      },
      {
        it: "an older start, as from a stale answer, is not newer",
        after: [old, anchor, [6, "SYNCING 03-02"]],
        knows: "blocked",
      },
      {
        it: "another pipeline's run that ended between two polls counts",
        after: [old, anchor, [20, "FINISHED 12-19"]],
        knows: "finished",
      },
      {
        it: "its end must not be one that stood beside SYNCING",
        after: [old, [5.1, "SYNCING 10-12"], [20, "FINISHED 12-12"]],
        knows: "running",
      },
      {
        it: "the end of the old run is no end of one that counts, but frees the account",
        after: [old, anchor, [20, "FINISHED 10-19"]],
        knows: "idle",
      },
      {
        it: "an idle answer that is older than what was seen shows no such start",
        after: [
          [0, "SYNCING 30-20"],
          [6, "FINISHED 10-20"],
          [7, "SYNCING 30-20"],
        ],
        knows: "blocked",
      },
      {
        it: "an answer without a start shows none",
        after: [
          [0, "SYNCING"],
          [6, "SYNCING"],
          [20, "SYNCING 32-31"],
        ],
        knows: "blocked",
      },
      {
        it: "an idle answer without a start shows none either",
        after: [
          [0, "SYNCING 10-05"],
          [6, "FINISHED"],
          [20, "SYNCING 32-31"],
        ],
        knows: "blocked",
      },
      {
        it: "not even if it says that there has never been a run, since one has shown",
        after: [
          [0, "SYNCING"],
          [6, "NOTASK"],
          [20, "SYNCING 32"],
        ],
        knows: "blocked",
      },
    ]);
  });

  describe("to have ended though the account was never seen idle", () => {
    const first: readonly Said[] = [
      [0, "FINISHED 10-20"],
      [6, "SYNCING 26-20"],
    ];
    table([
      {
        it: "by a newer start, and an end that is not before its own start",
        after: [...first, [40, "SYNCING 38-36"]],
        knows: "finished",
      },
      {
        it: "even if it was in the way of the wait's start",
        after: [
          [0, "SYNCING 10-05"],
          [6, "SYNCING 10-05"],
          [20, "SYNCING 22-21"],
          [40, "SYNCING 38-36"],
        ],
        knows: "finished",
      },
      {
        it: "not by a newer start beside the end of before",
        after: [...first, [40, "SYNCING 38-20"]],
        knows: "running",
      },
      {
        it: "not by a newer start without an end",
        after: [...first, [40, "SYNCING 38"]],
        knows: "running",
      },
      {
        it: "not by an end alone, beside its own start",
        after: [...first, [40, "SYNCING 26-36"]],
        knows: "running",
      },
      {
        it: "not by an end that stood beside its own start before",
        after: [...first, [9, "SYNCING 26-26"], [40, "SYNCING 38-26"]],
        knows: "running",
      },
      {
        it: "but by the next end after that",
        after: [...first, [9, "SYNCING 26-26"], [40, "SYNCING 38-26"], [41, "SYNCING 38-37"]],
        knows: "finished",
      },
      {
        it: "by an end that shows later than the newer start, when times lag",
        after: [...first, [40, "SYNCING 38-20"], [42, "SYNCING 38-36"]],
        knows: "finished",
      },
      {
        it: "not where its own start has never shown",
        after: [
          [0, "FINISHED"],
          [6, "SYNCING"],
          [40, "SYNCING 38-36"],
        ],
        knows: "running",
      },
    ]);

    it("the status has the run's own start and that end, and is finished", () => {
      const known = learnAll([...first, [40, "SYNCING 38-36"]]);
      assert.ok(known.is === "finished");
      assert.deepEqual(known.status, status("FINISHED 26-36"));
    });

    it("the status has its own start even if two more runs have begun since", () => {
      const known = learnAll([...first, [40, "SYNCING 38-20"], [59, "SYNCING 50-48"]]);
      assert.ok(known.is === "finished");
      assert.equal(known.status.latestStartTime, time("26"));
    });
  });

  describe("behind a run whose earlier end was blank", () => {
    table([
      {
        it: "its own end frees the account",
        after: [
          [0, "SYNCING 10"],
          [6, "FINISHED 10-12"],
        ],
        knows: "idle",
      },
      {
        it: "an end within the second of its start may be the one of before that was blank",
        after: [
          [0, "SYNCING 10"],
          [6, "FINISHED 10-10"],
        ],
        knows: "blocked",
      },
      {
        it: "an end before its start is that one",
        after: [
          [0, "SYNCING 10"],
          [6, "FINISHED 10-05"],
        ],
        knows: "blocked",
      },
    ]);
  });

  describe("by a record that has moved", () => {
    const baseline: Said = [0, "FINISHED 10-20"];
    table([
      {
        it: "a newer start and another end are its end",
        after: [baseline, [9, "FINISHED 30-40"]],
        knows: "finished",
      },
      {
        it: "NOTASK beside them is its end as well",
        after: [baseline, [9, "NOTASK 30-40"]],
        knows: "finished",
      },
      {
        it: "one poll is enough, however soon",
        after: [baseline, [0.2, "FINISHED 30-30"]],
        knows: "finished",
      },
      { it: "SYNCING beside them is no end", after: [baseline, [9, "SYNCING 30-40"]], knows: "running" },
      {
        it: "a newer start under SYNCING shows it at once",
        after: [baseline, [1, "SYNCING 30-20"]],
        knows: "running",
      },
      {
        it: "the first run ever is known by its record",
        after: [
          [0, "NOTASK"],
          [1, "SYNCING 30"],
          [9, "FINISHED 30-40"],
        ],
        knows: "finished",
      },
      {
        it: "the baseline's own record is not",
        after: [baseline, [60, "FINISHED 10-20"]],
        knows: "idle",
      },
      {
        it: "an older record, as from a stale answer, is not",
        after: [baseline, [1, "FINISHED 03-05"]],
        knows: "idle",
      },
      {
        it: "a stale SYNCING of the baseline's run is not",
        after: [baseline, [1, "SYNCING 10-05"]],
        knows: "idle",
      },
      { it: "a moved end alone is not", after: [baseline, [1, "FINISHED 10-21"]], knows: "idle" },
      {
        it: "empty times after a baseline with times are not",
        after: [baseline, [1, "FINISHED"]],
        knows: "idle",
      },
      {
        it: "an end older than the start is only weak",
        after: [baseline, [9, "FINISHED 30-20"]],
        knows: "running",
      },
    ]);

    it("the answered status is the status that shows the end", () => {
      const known = learnAll([baseline, [9, "NOTASK 30-40"]]);
      assert.ok(known.is === "finished");
      assert.deepEqual(known.status, status("NOTASK 30-40"));
    });

    it("a finished run stays finished", () => {
      const known = learnAll([baseline, [9, "FINISHED 30-40"], [10, "SYNCING 45-40"]]);
      assert.ok(known.is === "finished");
      assert.equal(known.status.latestEndTime, time("40"));
    });
  });

  describe("by weak evidence, which must hold", () => {
    const silent: Said = [0, "FINISHED"];
    const seen: readonly Said[] = [silent, [6, "SYNCING"]];
    table([
      {
        it: "SYNCING within the settle time may be older than the baseline",
        after: [silent, [4, "SYNCING"]],
        knows: "idle",
      },
      {
        it: "so it may be where no times are ever given, though NOTASK looked like no run ever",
        after: [
          [0, "NOTASK"],
          [1, "SYNCING"],
        ],
        knows: "idle",
      },
      { it: "SYNCING after it shows the run", after: seen, knows: "running" },
      { it: "one idle answer is not its end", after: [...seen, [7, "FINISHED"]], knows: "running" },
      {
        it: "idle answers that held for the settle time are",
        after: [...seen, [7, "FINISHED"], [9, "FINISHED"], [12.1, "FINISHED"]],
        knows: "finished",
      },
      {
        it: "idle answers a moment short of it are not",
        after: [...seen, [7, "FINISHED"], [9, "FINISHED"], [12, "FINISHED"]],
        knows: "running",
      },
      {
        it: "two polls are not enough",
        after: [...seen, [7, "FINISHED"], [14, "FINISHED"]],
        knows: "running",
      },
      {
        it: "SYNCING between idle answers starts the settle time again",
        after: [
          ...seen,
          [7, "FINISHED"],
          [9, "SYNCING"],
          [10, "FINISHED"],
          [12.1, "FINISHED"],
          [14, "FINISHED"],
        ],
        knows: "running",
      },
      {
        it: "a run within the baseline's own second is known so",
        after: [
          [0, "FINISHED 10-10"],
          [6, "SYNCING 10-10"],
          [7, "FINISHED 10-10"],
          [9, "FINISHED 10-10"],
          [12.1, "FINISHED 10-10"],
        ],
        knows: "finished",
      },
      {
        it: "a run that ends in the second of the baseline's end is known so",
        after: [
          [0, "FINISHED 10-20"],
          [1, "FINISHED 20-20"],
          [3, "FINISHED 20-20"],
          [6.1, "FINISHED 20-20"],
        ],
        knows: "finished",
      },
      {
        it: "times that lag and change while it holds start the settle time again",
        after: [
          [0, "FINISHED 10-20"],
          [6, "SYNCING 10-20"],
          [7, "FINISHED 10-20"],
          [9, "FINISHED 10-20"],
          [12.1, "FINISHED 30-20"],
        ],
        knows: "running",
      },
      {
        it: "times that lag and then show the end need not hold",
        after: [
          [0, "FINISHED 10-20"],
          [6, "SYNCING 10-20"],
          [7, "FINISHED 30-20"],
          [9, "FINISHED 30-40"],
        ],
        knows: "finished",
      },
    ]);

    it("the moment at which it has held long enough is known", () => {
      const last = learnAll([...seen, [7, "FINISHED"]]);
      assert.equal(settlesAt(last), 7_020 + 5_001);
      assert.equal(settlesAt(learnAll(seen)), undefined, "under SYNCING there is nothing to hold");
      assert.equal(settlesAt(learnAll([silent, [7, "FINISHED"]])), undefined, "no run has shown");
    });
  });

  it("no evidence, however long, is no run", () => {
    assert.equal(
      verdict([0, 1, 5, 6, 7, 20, 60, 600].map((second): Said => [second, "FINISHED 10-20"])),
      "idle",
    );
  });

  it("an old answer with times is not the end of a run, if the answers before it had none", () => {
    const seen: Said[] = [
      [0, "FINISHED"],
      [9, "SYNCING"],
      [10, "FINISHED 01-02"],
    ];
    assert.equal(verdict(seen), "running");
  });

  it("an unknown state is an error that names it", () => {
    assert.throws(
      () => status("PENDING 10-20"),
      /state "PENDING", which is none of NOTASK, SYNCING, FINISHED/,
    );
  });

  it("not by an end that SYNCING has shown: it is an earlier run's, within the second of the start", () => {
    const seen: Said[] = [
      [0, "FINISHED 10-11"],
      [6, "SYNCING 30-30"],
      [7, "FINISHED 30-30"],
    ];
    assert.equal(verdict(seen), "running");
    assert.equal(verdict([...seen, [8, "FINISHED 30-36"]]), "finished");
    const blocked: Said[] = [
      [0, "SYNCING 10-09"],
      [1, "SYNCING 10-10"],
      [7, "FINISHED 10-10"],
    ];
    assert.equal(verdict(blocked), "blocked");
    assert.equal(verdict([...blocked, [8, "FINISHED 10-16"]]), "idle");
  });

  it("not from an idle answer older than the newest start of this process: it says nothing of now", () => {
    const known = (newestStart: string) =>
      learn({ is: "unasked" }, answer([0, "FINISHED 10-20"], { newestStart }), -20).is;
    assert.equal(known(time("30")), "blocked");
    assert.equal(known(time("10")), "idle");
  });
});
