import assert from "node:assert/strict";
import { parseStatus, type SyncStatus } from "../../../provider/cwp/status";
import { type Knowledge, learn, settlesAt } from "../../../provider/wait/evidence";

/** When an answer came, in seconds, and what it said: the state, then the seconds at which the latest run started and ended. */
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

function learned(answers: readonly Said[]): Knowledge {
  let known: Knowledge = { is: "unasked" };
  for (const [second, says] of answers) {
    known = learn(known, { status: status(says), sentAt: second * 1000 - 20, at: second * 1000 + 20 });
  }
  return known;
}

function verdict(answers: readonly Said[]): string {
  const known = learned(answers);
  return known.is === "watching" && known.shown ? "shown" : known.is;
}

function table(rows: readonly { it: string; after: readonly Said[]; knows: string }[]): void {
  for (const row of rows) {
    it(row.it, () => assert.equal(verdict(row.after), row.knows));
  }
}

describe("A run is recognised", () => {
  describe("from a baseline", () => {
    table([
      { it: "nothing is known before an answer", after: [], knows: "unasked" },
      { it: "a finished run is a baseline", after: [[0, "FINISHED 10-20"]], knows: "watching" },
      { it: "a forgotten run is a baseline", after: [[0, "NOTASK 10-20"]], knows: "watching" },
      { it: "no run ever is a baseline", after: [[0, "NOTASK"]], knows: "watching" },
      {
        it: "a run that is going is none, since it may be too old",
        after: [[0, "SYNCING 30-20"]],
        knows: "blocked",
      },
    ]);
  });

  describe("behind a run that was going first", () => {
    const going: Said = [0, "SYNCING 30-20"];
    table([
      { it: "that run blocks as long as it goes", after: [going, [60, "SYNCING 30-20"]], knows: "blocked" },
      {
        it: "its end is the baseline, not success",
        after: [going, [9, "FINISHED 30-40"]],
        knows: "watching",
      },
      {
        it: "its end beside NOTASK is the baseline too",
        after: [going, [9, "NOTASK 30-40"]],
        knows: "watching",
      },
      {
        it: "the same record again shows no other run",
        after: [going, [9, "FINISHED 30-40"], [20, "FINISHED 30-40"]],
        knows: "watching",
      },
      {
        it: "a stale SYNCING of it after its end shows no other run",
        after: [going, [9, "FINISHED 30-40"], [10, "SYNCING 30-20"]],
        knows: "watching",
      },
      {
        it: "the next run counts",
        after: [going, [9, "FINISHED 30-40"], [10, "SYNCING 42-40"], [20, "FINISHED 42-52"]],
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
        knows: "watching",
      },
      {
        it: "one idle answer between two SYNCING is staleness",
        after: [going, [6, "FINISHED 10-20"], [7, "SYNCING 30-20"]],
        knows: "blocked",
      },
      {
        it: "an old end that comes back after SYNCING without times is staleness",
        after: [
          [0, "SYNCING"],
          [8, "FINISHED 10-20"],
        ],
        knows: "blocked",
      },
      {
        it: "without times, idle answers free the caller once they have held for the settle time",
        after: [
          [0, "SYNCING"],
          [8, "FINISHED"],
          [10, "FINISHED"],
          [13.1, "FINISHED"],
        ],
        knows: "watching",
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
        it: "one look is enough, however soon",
        after: [baseline, [0.2, "FINISHED 30-30"]],
        knows: "finished",
      },
      { it: "SYNCING beside them is no end", after: [baseline, [9, "SYNCING 30-40"]], knows: "shown" },
      {
        it: "a newer start under SYNCING shows it at once",
        after: [baseline, [1, "SYNCING 30-20"]],
        knows: "shown",
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
        knows: "watching",
      },
      {
        it: "an older record, as from a stale answer, is not",
        after: [baseline, [1, "FINISHED 03-05"]],
        knows: "watching",
      },
      {
        it: "a stale SYNCING of the baseline's run is not",
        after: [baseline, [1, "SYNCING 10-05"]],
        knows: "watching",
      },
      { it: "a moved end alone is not", after: [baseline, [1, "FINISHED 10-21"]], knows: "watching" },
      {
        it: "empty times after a baseline with times are not",
        after: [baseline, [1, "FINISHED"]],
        knows: "watching",
      },
      {
        it: "an end older than the start is only weak",
        after: [baseline, [9, "FINISHED 30-20"]],
        knows: "shown",
      },
    ]);

    it("the status answered is the one that shows the end", () => {
      const known = learned([baseline, [9, "NOTASK 30-40"]]);
      assert.ok(known.is === "finished");
      assert.deepEqual(known.status, status("NOTASK 30-40"));
    });

    it("what is finished stays so", () => {
      const known = learned([baseline, [9, "FINISHED 30-40"], [10, "SYNCING 45-40"]]);
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
        knows: "watching",
      },
      {
        it: "so it may be where no times are ever given, though NOTASK looked like no run ever",
        after: [
          [0, "NOTASK"],
          [1, "SYNCING"],
        ],
        knows: "watching",
      },
      { it: "SYNCING after it shows the run", after: seen, knows: "shown" },
      { it: "one idle answer is not its end", after: [...seen, [7, "FINISHED"]], knows: "shown" },
      {
        it: "idle answers that held for the settle time are",
        after: [...seen, [7, "FINISHED"], [9, "FINISHED"], [12.1, "FINISHED"]],
        knows: "finished",
      },
      {
        it: "idle answers a moment short of it are not",
        after: [...seen, [7, "FINISHED"], [9, "FINISHED"], [12, "FINISHED"]],
        knows: "shown",
      },
      { it: "two looks are not enough", after: [...seen, [7, "FINISHED"], [14, "FINISHED"]], knows: "shown" },
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
        knows: "shown",
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
        knows: "shown",
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

    it("the moment when it has held long enough is known", () => {
      const last = learned([...seen, [7, "FINISHED"]]);
      assert.equal(settlesAt(last), 7_020 + 5_001);
      assert.equal(settlesAt(learned(seen)), undefined, "under SYNCING there is nothing to hold");
      assert.equal(settlesAt(learned([silent, [7, "FINISHED"]])), undefined, "no run has shown");
    });
  });

  it("no evidence, however long, is no run", () => {
    assert.equal(
      verdict([0, 1, 5, 6, 7, 20, 60, 600].map((second): Said => [second, "FINISHED 10-20"])),
      "watching",
    );
  });

  it("an unknown state is an error that names it", () => {
    assert.throws(
      () => status("PENDING 10-20"),
      /state "PENDING", which is none of NOTASK, SYNCING, FINISHED/,
    );
  });

  it("not by an end that stood beside SYNCING: it is an earlier run's, within the second of the start", () => {
    const seen: Said[] = [
      [0, "FINISHED 10-11"],
      [6, "SYNCING 30-30"],
      [7, "FINISHED 30-30"],
    ];
    assert.equal(verdict(seen), "shown");
    assert.equal(verdict([...seen, [8, "FINISHED 30-36"]]), "finished");
    const blocked: Said[] = [
      [0, "SYNCING 10-09"],
      [1, "SYNCING 10-10"],
      [7, "FINISHED 10-10"],
    ];
    assert.equal(verdict(blocked), "blocked");
    assert.equal(verdict([...blocked, [8, "FINISHED 10-16"]]), "watching");
  });

  it("not from an idle answer older than what this process has seen: it says nothing of now", () => {
    const old = { status: status("FINISHED 10-20"), sentAt: 0, at: 20, newestStart: time("30") };
    assert.equal(learn({ is: "unasked" }, old).is, "blocked");
    const same = { ...old, newestStart: time("10") };
    assert.equal(learn({ is: "unasked" }, same).is, "watching");
  });
});
