import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

const root = path.resolve(__dirname, "../..");
const folder = path.join(root, ".github/workflows");

describe("The workflows of the hosted CI", () => {
  const files = readdirSync(folder).map((name) => path.join(folder, name));

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
