import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { placesOf, schemaText, settingsPage, settingsPageText } from "../../scripts/schema";

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

  it("says where the plugin is downloaded from, once package.json has a repository", () => {
    const places = {
      repository: "https://github.com/someone/something",
      pluginDownloadURL: "github://api.github.com/someone/something",
    };
    assert.deepEqual(placesOf({ url: "git+https://github.com/someone/something.git" }), places);
    assert.deepEqual(placesOf({ url: "git@github.com:someone/something.git" }), places);
    assert.deepEqual(placesOf(undefined), {});
  });

  it("has the settings that the documentation lists", () => {
    assert.equal(fs.readFileSync(settingsPage, "utf8"), settingsPageText(), "run `npm run schema`");
  });
});
