import assert from "node:assert/strict";
import { Scene } from "../scene";

describe("At debug level a wait shows each of its answers", () => {
  async function linesOf(
    options: ConstructorParameters<typeof Scene>[0],
    timeoutMs?: number,
  ): Promise<string[]> {
    const scene = new Scene(options);
    const lines: string[] = [];
    const log = { status() {}, warning() {}, info() {}, debug: (line: string) => void lines.push(line) };
    scene.call(0, { log, ...(timeoutMs && { timeoutMs }) });
    await scene.run();
    assert.equal(lines.length, scene.requests.length);
    return lines;
  }

  it("with its baseline, the run that counts, and its end", async () => {
    const lines = await linesOf({
      syncSeconds: 3,
      faults: { foreignSyncs: [{ atMs: -60_000, seconds: 3 }] },
    });
    const before = "the sync started 2020-11-11 11:59:00";
    assert.deepEqual(
      [lines[0], lines[1], lines.at(-1)],
      [
        `CWP poll, 40 ms: FINISHED, started 2020-11-11 11:59:00, ended 2020-11-11 11:59:03 (RequestId request-1). Baseline: ${before}.`,
        `CWP start, 40 ms: SYNCING, started 2020-11-11 12:00:00, ended 2020-11-11 11:59:03 (RequestId request-2). Counts, since it is newer than the anchor: ${before}.`,
        `CWP poll, 40 ms: FINISHED, started 2020-11-11 12:00:00, ended 2020-11-11 12:00:03 (RequestId request-${lines.length}). Ended: the sync started 2020-11-11 12:00:00.`,
      ],
    );
  });

  it("with a sync in progress that does not count, and the anchor once it is known", async () => {
    const lines = await linesOf({
      syncSeconds: 3,
      faults: { foreignSyncs: [{ atMs: -5_000, seconds: 30 }] },
    });
    assert.match(
      lines[0] ?? "",
      /SYNCING, started 2020-11-11 11:59:55, ended never \(.*\)\. In progress, does not count; anchor: none yet\.$/,
    );
    assert.match(
      lines[1] ?? "",
      /In progress, does not count; anchor: the sync started 2020-11-11 11:59:55\.$/,
    );
  });

  it("of an account that has had no sync", async () => {
    const [first] = await linesOf({ syncSeconds: 3 });
    assert.match(
      first ?? "",
      /^CWP poll, 40 ms: NOTASK, started never, ended never \(.*\)\. Baseline: no sync\.$/,
    );
  });

  it("with requests that fail", async () => {
    const lines = await linesOf({
      syncSeconds: 3,
      troubles: [
        { trouble: { does: "refuse", code: "RequestLimitExceeded" }, on: "any", after: 0 },
        { trouble: { does: "drop" }, on: "any", after: 0 },
      ],
    });
    assert.deepEqual(lines.slice(0, 2), [
      "CWP poll, 40 ms: RequestLimitExceeded (RequestId request-1). No baseline yet.",
      "CWP poll, 40 ms: NetworkFailure. No baseline yet.",
    ]);
  });
});
