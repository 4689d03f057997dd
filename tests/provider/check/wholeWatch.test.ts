import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { mock } from "node:test";
import { emulatorAccount, startEmulator } from "../../../emulator";
import { checkAccount } from "../../../provider/check/account";
import { readCommandLine } from "../../../provider/check/commandLine";
import { judge } from "../../../provider/check/judge";
import { watchAccount } from "../../../provider/check/observeCommand";
import type { ObservationRecord } from "../../../provider/check/record";
import { inHurriedTime } from "../../hurriedTime";
import { ownHome } from "../account/credentials/home";
import type { Ended } from "./process";

/** In this process: two syncs and the settle time after each take no time. */
async function observe(args: readonly string[]): Promise<Ended> {
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    mock.method(process[name], "write", (text: string) => {
      printed[name] += text;
      return true;
    });
  }
  const signals = mock.method(process, "once", () => process);
  try {
    const line = readCommandLine([...args]);
    assert.equal(line.does, "observe");
    const { report, asked } = await checkAccount(line.source);
    assert.ok(asked);
    const code = await watchAccount(line, report, asked);
    assert.deepEqual(
      signals.mock.calls.map((call) => call.arguments.at(0)),
      ["SIGINT", "SIGTERM"],
    );
    return { code, ...printed };
  } finally {
    mock.restoreAll();
  }
}

describe("cwp-check --observe, from its beginning to its end", () => {
  const home = ownHome();
  inHurriedTime();

  it("watches two syncs, shows its progress, and writes the record and its verdicts", async () => {
    const emulator = await startEmulator({ syncSeconds: 2 });
    const file = path.join(home.folder, "record.json");
    const { secretId, secretKey } = emulatorAccount;
    emulator.addHost({ id: "ins-1" });
    process.env.TENCENTCLOUD_SECRET_ID = secretId;
    process.env.TENCENTCLOUD_SECRET_KEY = secretKey;
    const { code, stdout, stderr } = await observe([
      "--endpoint",
      emulator.url,
      "--observe",
      file,
      "--yes",
    ]).finally(() => emulator.stop());
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
