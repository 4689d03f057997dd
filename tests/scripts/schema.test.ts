import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { goPages, goPageText, schemaText, settingsPage, settingsPageText } from "../../scripts/schema";

const root = path.join(__dirname, "../..");

describe("schema.json", () => {
  it("says what the sources and docs/languages.md say", () => {
    const there = fs.readFileSync(path.join(root, "schema.json"), "utf8");
    assert.equal(there, schemaText(), "run `npm run schema`");
  });

  it("has an example in every language", () => {
    const { description } = JSON.parse(schemaText()).resources["tencentcloud-cwp:index:MachineSync"];
    for (const language of ["typescript", "python", "go", "csharp", "java", "yaml"]) {
      assert.match(description, new RegExp(`^\`\`\`${language}\n[^]*MachineSync[^]*?^\`\`\``, "m"));
    }
  });

  it("has the settings that the documentation lists", () => {
    assert.equal(fs.readFileSync(settingsPage, "utf8"), settingsPageText(), "run `npm run schema`");
  });

  for (const page of goPages) {
    it(`has the import path of the Go SDK that is in ${page}`, () => {
      const text = fs.readFileSync(path.join(root, page), "utf8");
      assert.equal(text, goPageText(page), "run `npm run schema`");
      assert.match(text, /^\s*cwp "[^"]+\/sdk\/go\/tencentcloudcwp"$/m);
    });
  }
});
