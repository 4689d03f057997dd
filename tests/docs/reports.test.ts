import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { root } from "./documents";

describe("The form for a report", () => {
  const form = readFileSync(path.join(root, ".github/ISSUE_TEMPLATE/bug.yml"), "utf8");

  it("asks for what whoever answers it needs", () => {
    const asked = [...form.matchAll(/^ {4}id: (\w+)$/gm)].map(([, id]) => id);
    assert.deepEqual(asked, [
      ...["happened", "program", "door", "version", "pulumi", "system", "endpoint", "request", "keys"],
    ]);
  });

  it("asks for no key, and lets nobody send one by mistake", () => {
    assert.match(form, /Never paste a SecretId, a SecretKey, a token/);
    assert.match(form, /There is no SecretId, .* in what I have written\.\n {10}required: true/);
  });
});
