import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { emulatorAccount, startEmulator } from "../../../emulator";
import { judge } from "../../../provider/check/judge";
import type { ObservationRecord } from "../../../provider/check/record";
import { ownHome } from "../account/credentials/home";
import { run } from "./process";

/** In a file of its own, as it takes its time: two syncs, and the settle time after each. */
describe("cwp-check --observe, from its beginning to its end", function () {
  this.timeout(60_000);
  const home = ownHome();

  it("watches two syncs, shows its progress, and writes the record and its verdicts", async () => {
    const emulator = await startEmulator({ syncSeconds: 2 });
    const file = path.join(home.folder, "record.json");
    const { secretId, secretKey } = emulatorAccount;
    emulator.addHost({ id: "ins-1" });
    const { code, stdout, stderr } = await run(["--endpoint", emulator.url, "--observe", file, "--yes"], {
      env: { TENCENTCLOUD_SECRET_ID: secretId, TENCENTCLOUD_SECRET_KEY: secretKey },
    }).finally(() => emulator.stop());
    const { version, package: by, answers, findings } = readRecord(file);
    assert.equal(version, 1);
    assert.match(by, /^pulumi-tencentcloud-cwp \d+\.\d+\.\d+/);
    assert.deepEqual(findings, judge(answers));
    assert.equal(
      answers.length,
      emulator.requests.filter(({ action }) => action === "SyncMachines").length - 1,
    );
    // The number of polls inside such short syncs depends on this machine.
    const verdicts = [findings.A1, findings.A2, findings.A3];
    assert.equal(code, verdicts.every(({ verdict }) => verdict === "held") ? 0 : 1);
    for (const [i, { verdict, why }] of verdicts.entries()) {
      assert.ok(stdout.includes(`\nA${i + 1}  ${verdict.padEnd(8)}  ${why}\n`), stdout);
    }
    assert.match(stdout, /record\.json has each answer, and no key, host, account or RequestId\./);
    const lines = stderr.trim().split("\n");
    assert.equal(lines[0], "sync 1 of 2: waiting");
    assert.equal(lines.at(-1), "sync 2 of 2: ended");
    const text = readFileSync(file, "utf8");
    for (const secret of [secretId, secretKey, "127.0.0.1", "ins-1", "100000000001"]) {
      assert.ok(!text.includes(secret), secret);
    }
    assert.ok(emulator.requests.every(({ requestId }) => !text.includes(requestId)));
  });
});

function readRecord(file: string): ObservationRecord {
  return JSON.parse(readFileSync(file, "utf8"));
}
