import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "./documents";
import { links } from "./markdown";

/** Pulumi's registry copies these two, and nothing else of docs/. */
const pages = ["_index.md", "installation-configuration.md"];

describe("The pages for Pulumi's registry", () => {
  for (const page of pages) {
    it(`in docs/${page}: link only to each other, to absolute addresses and to their own headings`, () => {
      const text = fs.readFileSync(path.join(root, "docs", page), "utf8");
      const targets = links({ path: `docs/${page}`, text }).map(({ target }) => target);
      assert.ok(targets.length > 0, "no link was found");
      assert.deepEqual(
        targets.filter(
          (target) => !/^(https:|#)/.test(target) && !pages.includes(target.split("#")[0] ?? ""),
        ),
        [],
      );
    });
  }
});
