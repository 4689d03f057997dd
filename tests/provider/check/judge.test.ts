import assert from "node:assert/strict";
import { type Findings, judge } from "../../../provider/check/judge";
import type { Observed } from "../../../provider/check/observed";

/**
 * An answer: its second, the connection, and its text: the state, then the seconds at which the latest sync
 * started and ended, or an error code. A start has a `+` after its connection.
 */
type Line = readonly [second: number, connection: string, says: string];

const time = (second = "") => (second ? `2020-11-11 12:${second.padStart(2, "0")}:00` : "");

function toObserved([second, by, says]: Line): Observed {
  const [connection, request] = [Number.parseInt(by, 10), by.endsWith("+") ? "start" : "poll"] as const;
  const sent = { connection, request, sentMs: second * 1000 - 40, receivedMs: second * 1000 } as const;
  const [state = "", times = ""] = says.split(" ");
  const [start, end] = times.split("-");
  return /^(SYNCING|FINISHED|NOTASK|PAUSED)$/.test(state)
    ? { ...sent, state, latestStartTime: time(start), latestEndTime: time(end) }
    : { ...sent, code: state };
}

const judgeLines = (lines: readonly Line[]): Findings => judge(lines.map(toObserved));

/** Polls in turn on connection 1, from one second to another. */
const polls = (from: number, to: number, says: string): Line[] =>
  Array.from({ length: to - from }, (_, i) => [from + i, "1", says]);

/** A sync that starts at 2, and is seen for thirty seconds. */
const seen: readonly Line[] = [
  [1, "1", "FINISHED 0-1"],
  [2, "1+", "SYNCING 2-1"],
  ...polls(3, 33, "SYNCING 2-1"),
];
const joined: readonly Line[] = [[20.5, "1+", "SYNCING 2-1"]];
const ended: readonly Line[] = polls(33, 40, "FINISHED 2-3");

describe("A record is judged", () => {
  it("to have seen nothing if it is empty", () => {
    const why = "Polls inside a sync: 0. A verdict needs 20.";
    const nothing = { verdict: "not seen", why };
    assert.deepEqual(judge([]), { A1: nothing, A2: nothing, A3: nothing });
  });

  describe("for A1, by first polls during a sync", () => {
    const verdict = (...more: Line[]) => judgeLines([...seen, ...more, ...ended]).A1.verdict;
    const rows: readonly [it: string, verdict: string, ...more: Line[]][] = [
      ["none was sent", "not seen"],
      ["one received SYNCING", "held", [10.5, "2", "SYNCING 2-1"]],
      ["one received the status before", "broken", [10.5, "2", "FINISHED 0-1"]],
      ["one received that, and the sync ended soon after", "broken", [30.5, "2", "FINISHED 0-1"]],
      ["one received the answer of an account without any sync", "broken", [10.5, "2", "NOTASK"]],
      [
        "one received an idle state beside the new start, and the sync continued",
        "broken",
        [10.5, "2", "FINISHED 2-1"],
      ],
      ["one received an idle state, and no end of the sync", "broken", [10.5, "2", "NOTASK 2"]],
      [
        "one was stale, but it was not the first",
        "held",
        [10.5, "2", "SYNCING 2-1"],
        [11.5, "2", "FINISHED 0-1"],
      ],
      [
        "one failed, and the next one received the status before",
        "broken",
        [10.5, "2", "NetworkFailure"],
        [11.5, "2", "FINISHED 0-1"],
      ],
      ["one was sent after the end", "not seen", [34.5, "2", "FINISHED 2-3"]],
      ["one was sent after the end, and stale", "not seen", [36.5, "2", "FINISHED 0-1"]],
    ];
    for (const [it_, expected, ...more] of rows) {
      it(`${expected} if ${it_}`, () => assert.equal(verdict(...more), expected));
    }

    it("broken even while the start is not shown yet", () => {
      const late: Line[] = [
        [1, "1", "FINISHED 0-1"],
        [2, "1+", "SYNCING 0-1"],
        ...polls(3, 6, "SYNCING 0-1"),
        [4.5, "2", "FINISHED 0-1"],
        ...polls(6, 33, "SYNCING 2-1"),
      ];
      assert.equal(judgeLines(late).A1.verdict, "broken");
    });

    it("and a false first poll says nothing of A2", () => {
      const { A2, longestStaleMs } = judgeLines([...seen, [10.5, "2", "FINISHED 0-1"], ...ended]);
      assert.deepEqual([A2.verdict, longestStaleMs], ["held", 0]);
    });

    it("not broken if it shows the end before others see it", () => {
      assert.equal(verdict([10.5, "2", "SYNCING 2-1"], [32.5, "3", "FINISHED 2-3"]), "held");
    });
  });

  describe("for A2, by the age of an answer beside an earlier answer", () => {
    const rows: readonly [it: string, verdict: string, ms: number, ...more: Line[]][] = [
      ["none is behind", "held", 0],
      ["one is four seconds behind", "held", 4_460, [6.5, "1", "FINISHED 0-1"]],
      ["one is ten seconds behind", "broken", 10_460, [12.5, "1", "FINISHED 0-1"]],
      ["an end is seen no longer", "broken", 5_960, [39, "1", "SYNCING 2-1"]],
      ["an answer has no times", "held", 0, [12.5, "1", "SYNCING"]],
    ];
    for (const [it_, expected, ms, ...more] of rows) {
      it(`${expected} if ${it_}`, () => {
        const { A2, longestStaleMs } = judgeLines([...seen, ...ended, ...more]);
        assert.deepEqual([A2.verdict, longestStaleMs], [expected, ms]);
      });
    }

    it("not seen if CWP gives no times", () => {
      const { A1, A2, A3 } = judgeLines([
        [1, "1", "NOTASK"],
        [2, "1+", "SYNCING"],
        ...polls(3, 33, "SYNCING"),
        [10.5, "2", "SYNCING"],
        ...polls(33, 40, "FINISHED"),
      ]);
      const why = "No answer had a start, so the age of an answer is not known.";
      assert.equal(A1.verdict, "held");
      assert.deepEqual(
        [A2, A3],
        [
          { verdict: "not seen", why },
          { verdict: "not seen", why },
        ],
      );
    });
  });

  describe("for A3, by a start in the middle of a sync", () => {
    const rows: readonly [it: string, verdict: string, did: string | undefined, ...more: Line[]][] = [
      ["there is none", "not seen", undefined],
      ["it begins nothing", "held", "joined", ...joined],
      ["it is refused", "held", "refused", [20.5, "1+", "FailedOperation"]],
      ["it is refused as in use", "held", "refused", [20.5, "1+", "ResourceInUse"]],
      ["it is refused for the limit", "not seen", undefined, [20.5, "1+", "RequestLimitExceeded"]],
      ["its answer is lost", "not seen", undefined, [20.5, "1+", "NetworkFailure"]],
      ["it is sent when the sync may have ended", "not seen", undefined, [32.5, "1+", "FailedOperation"]],
      ["a stale answer follows", "held", "joined", [4.5, "1+", "SYNCING 2-1"], [4.7, "1", "FINISHED 0-1"]],
      ["it is sent after the end", "not seen", undefined, [35.5, "1+", "FINISHED 2-3"]],
      ["the start moves", "broken", "began another", [20.5, "1+", "SYNCING 20-1"]],
      ["the start moves, and nothing else was sent", "broken", undefined, [20.5, "1", "SYNCING 20-1"]],
    ];
    for (const [it_, expected, did, ...more] of rows) {
      it(`${expected} if ${it_}`, () => {
        const { A3, busyStart } = judgeLines([...seen, ...more, ...ended]);
        assert.deepEqual([A3.verdict, busyStart], [expected, did]);
      });
    }

    it("not by a start that has begun the next sync between two polls", () => {
      const next: Line[] = [[32.5, "1+", "SYNCING 33-32"], ...polls(33, 60, "SYNCING 33-32")];
      const { A3, busyStart } = judgeLines([...seen, ...next]);
      assert.deepEqual([A3.verdict, busyStart], ["not seen", undefined]);
    });

    it("not broken if CWP shows no end beside SYNCING", () => {
      assert.equal(judgeLines([...seen, ...joined, ...ended, [41, "1", "SYNCING 40"]]).A3.verdict, "held");
    });

    it("not broken if the next sync begins between two polls", () => {
      const next = [...polls(33, 60, "SYNCING 33-32"), [60, "1", "FINISHED 33-34"]] as const;
      assert.equal(judgeLines([...seen, ...joined, ...next]).A3.verdict, "held");
    });

    it("not broken if the times change later than the state", () => {
      const late: Line[] = [
        [1, "1", "FINISHED 0-1"],
        [2, "1+", "SYNCING 0-1"],
        ...polls(3, 6, "SYNCING 0-1"),
        ...polls(6, 33, "SYNCING 2-1"),
        ...joined,
        ...polls(33, 36, "FINISHED 2-1"),
        ...polls(36, 40, "FINISHED 2-3"),
      ];
      assert.equal(judgeLines(late).A3.verdict, "held");
    });
  });

  it("with the longest delay until a sync has shown", () => {
    const late: Line[] = [
      [1, "1", "FINISHED 0-1"],
      [2, "1+", "FINISHED 0-1"],
      ...polls(3, 9, "FINISHED 0-1"),
      ...polls(9, 33, "SYNCING 9-1"),
    ];
    assert.equal(judgeLines(seen).startLagMs, 40);
    assert.equal(judgeLines(late).startLagMs, 7_040);
    // A start in the middle of a sync is not a start that the next sync shows.
    assert.equal(judgeLines([...seen, ...joined, ...ended, [60, "1", "SYNCING 59-33"]]).startLagMs, 40);
  });

  it("without states that this package does not know", () => {
    const { A1 } = judgeLines([...seen, [10.5, "2", "PAUSED 0-1"], ...ended]);
    assert.equal(A1.verdict, "not seen");
  });

  it("held only with twenty polls inside syncs", () => {
    const short = [...seen.slice(0, 20), ...joined, [21, "2", "SYNCING 2-1"] as Line];
    assert.equal(judgeLines(short).A2.why, "Polls inside a sync: 19. A verdict needs 20.");
    assert.equal(judgeLines([...short, [21.5, "1", "SYNCING 2-1"]]).A2.verdict, "held");
  });
});
