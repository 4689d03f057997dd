import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { findOrGetActionlint } from "../../scripts/actionlint";

const root = path.resolve(__dirname, "../..");
const folder = path.join(root, ".github/workflows");

/** Runs actionlint without what it may find on the machine, so that it says the same everywhere. */
function check(command: string, ...args: string[]) {
  return spawnSync(command, ["-no-color", "-shellcheck=", "-pyflakes=", ...args], {
    cwd: root,
    encoding: "utf8",
  });
}

describe("The workflows of the hosted CI", () => {
  const files = readdirSync(folder).map((name) => path.join(folder, name));

  describe("for actionlint", () => {
    let actionlint: string;

    before(async function () {
      this.timeout(180_000);
      const got = await findOrGetActionlint();
      if ("missing" in got) {
        console.log(`      actionlint is left out: ${got.missing}.`);
        this.skip();
      }
      actionlint = got.command;
    });

    it("are good", () => {
      const { status, stdout, stderr } = check(actionlint, ...files);
      assert.equal(status, 0, stdout + stderr);
    });

    it("would not be with a mistake", () => {
      const { status, stdout } = spawnSync(actionlint, ["-no-color", "-shellcheck=", "-pyflakes=", "-"], {
        input: "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    needs: nothing\n    steps: []\n",
        encoding: "utf8",
      });
      assert.equal(status, 1);
      assert.match(stdout, /"nothing"/);
    });
  });

  it("run nothing of this package but its scripts", () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    const run = files.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/\bnpm (?:run (?:-s )?)([\w:-]+)/g)].map(
        ([, name = ""]) => name,
      ),
    );
    assert.ok(run.length > 0);
    assert.deepEqual(
      run.filter((name) => !(name in scripts)),
      [],
    );
  });

  it("give no more rights than a job needs", () => {
    for (const file of files) {
      assert.match(readFileSync(file, "utf8"), /^permissions:\n {2}contents: read$/m, file);
    }
  });
});
