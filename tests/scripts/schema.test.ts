import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { schemaText } from "../../scripts/schema";

const root = path.join(__dirname, "../..");

describe("schema.json", () => {
  it("says what the sources and docs/languages.md say", () => {
    const there = fs.readFileSync(path.join(root, "schema.json"), "utf8");
    assert.equal(there, schemaText(), "run `npm run schema`");
  });
});
