import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";

const repository = path.resolve(__dirname, "../..");

describe("The demo", function () {
  this.timeout(180_000);

  it("ends with the times of a real sync, as the README says", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["-r", "ts-node/register/transpile-only", "scripts/demo.ts"],
      { cwd: repository, encoding: "utf8" },
    );
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /The first up synced machines: +LatestStartTime \d{4}-.+, LatestEndTime \d{4}-/);
    assert.match(stdout, /0 in the unchanged up, 1 with the new host, 0 in the refresh, 0 in the destroy/);
  });
});
