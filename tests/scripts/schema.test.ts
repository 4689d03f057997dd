import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { findOrGetPulumi } from "../../scripts/pulumiCli";
import { goPages, goPageText, schemaText, settingsPage, settingsPageText } from "../../scripts/schema";

import { run } from "../installed/commands";

const root = path.join(__dirname, "../..");

/** The settings that a description names behind "Default:", in their order. */
function sourcesOf({ description }: { description: string }): string[] {
  const [, defaults = ""] = description.split("Default: ");
  const named = defaults.matchAll(/`(tencentcloud-cwp:\w+)`|Provider's `(\w+)`|(TENCENTCLOUD_\w+)/g);
  return [...named].flatMap((match) => match.slice(1).filter((name) => name !== undefined));
}

describe("schema.json", () => {
  it("is generated from the present sources and docs/languages.md", () => {
    const there = fs.readFileSync(path.join(root, "schema.json"), "utf8");
    assert.equal(there, schemaText(), "run `npm run schema`");
  });

  it("passes `pulumi schema check`", async function () {
    this.timeout(600_000); // Where no Pulumi CLI is there yet, it may have to be built.
    const { command } = await findOrGetPulumi();
    await run(command, ["schema", "check", path.join(root, "schema.json")], root);
  });

  it("describes everything as it is true for the plugin", () => {
    const schema = JSON.parse(schemaText());
    const { description, inputs } = schema.functions["tencentcloud-cwp:index:getMachineSyncStatus"];
    assert.doesNotMatch(
      JSON.stringify([description, inputs]),
      /replaces|syncs again/,
      "a function has no state",
    );
    assert.doesNotMatch(schemaText(), /tencentcloud:|\{@link/, "the plugin sees no config of another name");
    assert.doesNotMatch(schemaText(), /"type": "number"/, "seconds are whole");
    const { region, endpoint } = schema.resources["tencentcloud-cwp:index:MachineSync"].inputProperties;
    assert.deepEqual(sourcesOf(region), [
      "tencentcloud-cwp:region",
      "region",
      "TENCENTCLOUD_CWP_REGION",
      "TENCENTCLOUD_REGION",
    ]);
    assert.deepEqual(sourcesOf(endpoint), [
      "tencentcloud-cwp:endpoint",
      "endpoint",
      "TENCENTCLOUD_CWP_ENDPOINT",
      "tencentcloud-cwp:domain",
      "domain",
      "TENCENTCLOUD_DOMAIN",
    ]);
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
