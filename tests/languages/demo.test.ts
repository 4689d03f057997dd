import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { record } from "../../scripts/picture/recording";
import { rowsOf, textOf } from "../../scripts/picture/screen";

const repository = path.resolve(__dirname, "../..");

describe("The demo at a terminal", function () {
  this.timeout(180_000);

  before(function () {
    if (spawnSync("python3", ["--version"]).status !== 0) {
      this.skip(); // Nothing else here gives a command a terminal.
    }
  });

  // docs/troubleshooting.md has these widths.
  for (const [columns, shows] of [
    [80, /^ \+ {3}└─ pulumi-nodejs:dynamic\/tencentcloud-cwp:MachineSync {2}machines {4}creat/m],
    [120, /machines {4}updating \(\d+s\)[. ]+\[diff: ~hosts\]; 2 s left/],
  ] as const) {
    it(`shows Pulumi's own tree in ${columns} columns, and no line of its own is longer`, async () => {
      const shots = await record({
        command: [process.execPath, "-r", "ts-node/register/transpile-only", "scripts/demo.ts"],
        cwd: repository,
        env: Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ""])),
        rows: 50,
        columns,
      });
      const screens = shots.map(({ screen }) => rowsOf(screen).join("\n"));
      assert.ok(
        screens.some((screen) => shows.test(screen)),
        screens.at(-1),
      );
      const last = shots.at(-1)?.screen ?? [];
      assert.ok(rowsOf(last).includes("── Next ".padEnd(columns, "─")), textOf(last));
      const colours = new Set(last.flat().map(({ style }) => style.colour));
      assert.ok(colours.size > 2, "there are no colours");
    });
  }
});

describe("The demo in a pipe", function () {
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
