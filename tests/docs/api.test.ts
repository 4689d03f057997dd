import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { root } from "./documents";

const remedy = 'Run "npm run api", and commit docs/api.';

describe("The API reference", function () {
  this.timeout(60_000);

  const folder = mkdtempSync(path.join(tmpdir(), "cwp-api-"));
  after(() => rmSync(folder, { recursive: true }));

  it("is generated from the present docstrings", () => {
    const typedoc = path.join(root, "node_modules/typedoc/bin/typedoc");
    const args = [typedoc, "--logLevel", "Warn", "--out", folder];
    execFileSync(process.execPath, args, { cwd: root, encoding: "utf8", stdio: "pipe" });

    const committed = path.join(root, "docs/api");
    assert.deepEqual(pages(committed), pages(folder), remedy);
    for (const page of pages(folder)) {
      const [there, fresh] = [committed, folder].map((place) => readFileSync(path.join(place, page), "utf8"));
      assert.equal(there, fresh, `docs/api/${page} is out of date. ${remedy}`);
    }
  });

  it("describes everything: a link alone shows nothing in an editor", () => {
    for (const page of pages(path.join(root, "docs/api"))) {
      const text = readFileSync(path.join(root, "docs/api", page), "utf8");
      assert.doesNotMatch(text, /(?:^|\| )(?:As|The argument) \[[^\]]+\]\([^)]+\)\.?(?: \||$)/m, page);
    }
  });
});

function pages(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .sort();
}
