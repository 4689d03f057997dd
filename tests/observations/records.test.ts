import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { judge } from "../../provider/check/judge";
import type { Observed } from "../../provider/check/observed";
import type { ObservationRecord } from "../../provider/check/record";
import { falseSuccess, momentsOf, replay } from "./replay";

const records = readdirSync(__dirname)
  .filter((file) => file.endsWith(".json"))
  .map((file): readonly [string, ObservationRecord] => [
    file,
    JSON.parse(readFileSync(path.join(__dirname, file), "utf8")),
  ]);

/** The mistakes in an answer of a file that a user has sent. */
function strangeIn(answer: Observed): string[] {
  const time = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)?$/;
  const { connection, request, sentMs, receivedMs, ...rest } = answer;
  const isRequest =
    [connection, sentMs, receivedMs].every((number) => Number.isInteger(number) && number >= 0) &&
    ["poll", "start"].includes(request);
  const isOutcome =
    "code" in rest
      ? Object.keys(rest).length === 1 && /^[\w.]+$/.test(rest.code)
      : Object.keys(rest).length === 3 &&
        /^[A-Z]+$/.test(rest.state) &&
        time.test(rest.latestStartTime) &&
        time.test(rest.latestEndTime);
  return isRequest && isOutcome ? [] : [JSON.stringify(answer)];
}

const verdictsOf = ({ A1, A2, A3 }: ObservationRecord["findings"]) =>
  [A1, A2, A3].map(({ verdict }) => verdict);
const isHeld = ({ findings }: ObservationRecord) =>
  verdictsOf(findings).every((verdict) => verdict === "held");

/**
 * Begins a wait at every moment of a record, and returns the false successes and the number of the others.
 */
async function waitsIn(answers: readonly Observed[], keepsA1 = true) {
  const wrong: string[] = [];
  let right = 0;
  for (const beginsMs of momentsOf(answers)) {
    const one = { answers, beginsMs, keepsA1 };
    const success = await replay(one);
    const why = success && falseSuccess(success, one);
    wrong.push(...(why ? [why] : []));
    right += success && !why ? 1 : 0;
  }
  return { wrong, right };
}

describe("The record", function () {
  this.timeout(60_000);

  it("of a plain, a forgetting, a refusing and a lagging service is there", () => {
    assert.deepEqual(
      records.map(([file]) => file).filter((file) => file.startsWith("emulator-")),
      ["forgets", "lags", "plain", "refuses"].map((name) => `emulator-${name}.json`),
    );
    assert.ok(records.every(([file, record]) => !file.startsWith("emulator-") || isHeld(record)));
  });

  for (const [file, record] of records) {
    describe(file, () => {
      it("holds what cwp-check writes, and nothing else", () => {
        const { version, package: by, answers, findings, ...more } = record;
        assert.deepEqual([version, more], [1, {}]);
        assert.match(by, /^pulumi-tencentcloud-cwp \d+\.\d+\.\d+$/);
        assert.deepEqual(answers.flatMap(strangeIn), []);
        assert.deepEqual(verdictsOf(judge(answers)), verdictsOf(findings));
      });

      if (isHeld(record)) {
        it("gives no wait a sync that began before it, whenever it begins", async () => {
          const { wrong, right } = await waitsIn(record.answers);
          assert.deepEqual(wrong, []);
          assert.ok(right > 0, "no wait has succeeded");
        });
      }
    });
  }

  it("of a service that breaks A1 would give one such a sync", async () => {
    const [, lags] = records.find(([file]) => file === "emulator-lags.json") ?? assert.fail();
    const { wrong } = await waitsIn(lags.answers, false);
    assert.ok(wrong.length > 0);
    assert.match(wrong[0] ?? "", /^A wait that began at \d+ ms took the sync of .* for its own, though /);
  });

  it("of a service that breaks A2 would give one such a sync", async () => {
    const [, plain] = records.find(([file]) => file === "emulator-plain.json") ?? assert.fail();
    // Each poll shows the answer of the poll 14 s before it.
    const polls = plain.answers.filter(({ request }) => request === "poll");
    const late = plain.answers.map((answer) => {
      const old = polls.findLast(({ sentMs }) => sentMs <= answer.sentMs - 14_000) ?? plain.answers[0];
      return answer.request === "poll" ? { ...old, ...timesOf(answer) } : answer;
    }) as Observed[];
    assert.equal(judge(late).A2.verdict, "broken");
    const { wrong } = await waitsIn(late);
    assert.ok(wrong.length > 0);
  });
});

const timesOf = ({ connection, request, sentMs, receivedMs }: Observed) => ({
  connection,
  request,
  sentMs,
  receivedMs,
});
