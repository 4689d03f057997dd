import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";

const repository = path.resolve(__dirname, "../..");

describe("The demo", function () {
  this.timeout(180_000);

  it("shows syncs, an up that sends nothing, and a missing host by its name", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["-r", "ts-node/register/transpile-only", "scripts/demo.ts"],
      { cwd: repository, encoding: "utf8" },
    );
    assert.equal(status, 0, stdout + stderr);
    const [, first = "", unchanged = "", missing = "", added = ""] = stdout.split(/^── \d\. /m);
    assert.match(first, /not listed.*LatestEndTime {2}: "\d{4}-.*ins-web \(listed\), ins-db \(listed\)/s);
    assert.match(unchanged, /2 unchanged.*CWP got no request\./s);
    assert.match(missing, /CWP does not list ins-cache after 3 machine syncs\..*3 of\s+these\s+requests/s);
    assert.match(added, /ins-cache \(listed\).*1 of\s+these\s+requests/s);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: there should be none.
    assert.doesNotMatch(stdout, /\x1b|\b1 (times|requests)\b|stack rm/);
  });
});
