import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { root } from "./documents";

const read = (name: string) => readFileSync(path.join(root, ".github/ISSUE_TEMPLATE", name), "utf8");
const asksForNoKey = /There is no SecretId, .* in what I have written.*\.\n {10}required: true/;

describe("The form for a report", () => {
  const form = read("bug.yml");

  it("asks for the facts that an answer needs", () => {
    const asked = [...form.matchAll(/^ {4}id: (\w+)$/gm)].map(([, id]) => id);
    assert.deepEqual(asked, [
      ...["happened", "program", "entryPoint", "version", "pulumi", "system", "endpoint", "request", "keys"],
    ]);
  });

  it("asks for no key, and warns before one is sent by mistake", () => {
    assert.match(form, /Never paste a SecretId, a SecretKey, a token/);
    assert.match(form, asksForNoKey);
  });
});

describe("The form for a record", () => {
  const form = read("record.yml");

  it("takes the record and its verdicts, and says which data it does not hold", () => {
    const asked = [...form.matchAll(/^ {4}id: (\w+)$/gm)].map(([, id]) => id);
    assert.deepEqual(asked, ["record", "verdicts", "site", "machines", "others", "keys"]);
    assert.match(form, /docs\/first-contact\.md says/);
    assert.match(form, asksForNoKey);
  });

  it("has the name that docs/first-contact.md gives it", () => {
    const [, name = ""] = /^name: (.+)$/m.exec(form) ?? [];
    assert.ok(readFileSync(path.join(root, "docs/first-contact.md"), "utf8").includes(`*${name}*`), name);
  });
});
