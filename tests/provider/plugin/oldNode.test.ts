import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { isTooOld, nodeNeeded } from "../../../provider/plugin/oldNode";

/** Its answers to Pulumi are tested with real versions, in tests/languages. */
describe("A Node.js that is too old for the plugin", () => {
  it("is excluded by package.json", () => {
    const manifest = fs.readFileSync(path.resolve(__dirname, "../../../package.json"), "utf8");
    const [, oldest = ""] = /^>=(\d+)$/.exec(JSON.parse(manifest).engines.node) ?? [];
    assert.deepEqual([`v${oldest}.0.0`, `v${Number(oldest) - 1}.99.9`, "v6.0.0", "v100.0.0"].map(isTooOld), [
      false,
      true,
      true,
      false,
    ]);
    assert.match(nodeNeeded("there is none"), new RegExp(`^Node\\.js ${oldest} or later `));
  });
});
