import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";

const root = path.resolve(__dirname, "../..");
const built = path.join(root, "dist/sdk/index.js");

/**
 * The files that an import of the built package loads, in a program that has loaded Pulumi before, as paths
 * from the package's root.
 */
function listLoaded(): string[] {
  const program = `
    require("@pulumi/pulumi");
    const before = new Set(Object.keys(require.cache));
    require(${JSON.stringify(built)});
    console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !before.has(file))));
  `;
  const files: unknown = JSON.parse(
    execFileSync(process.execPath, ["-e", program], { cwd: root, encoding: "utf8" }),
  );
  assert.ok(Array.isArray(files));
  return files.map((file) => path.relative(root, String(file)).replaceAll(path.sep, "/")).sort();
}

describe("Importing the package", function () {
  this.timeout(60_000);

  before(() => {
    if (!existsSync(built)) {
      execFileSync("npm", ["run", "-s", "build"], { cwd: root, stdio: "inherit" });
    }
  });

  it("loads a few small files and nothing else, above all not the Tencent SDK and the provider", () => {
    const own = ["bundled", "index", "machineSync", "mistake", "options", "shim", "status", "triggers"];
    assert.deepEqual(listLoaded(), [
      "dist/provider/api/duration.js",
      "dist/provider/machineSync/headings.js",
      "dist/provider/machineSync/names.js",
      ...own.map((name) => `dist/sdk/${name}.js`),
    ]);
  });
});
