import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { type ProviderSetting, providerSettings } from "../../provider/account/providerSettings";
import { settingRules as ofPlugin } from "../../provider/plugin/providerArgs";
import { root } from "./documents";

/** The page's verdict on a setting, in the first words of its row. */
const words: Readonly<Record<ProviderSetting["here"], string>> = {
  honoured: "as the provider",
  refused: "refused",
  warned: "no effect, with a warning",
  none: "of no concern to CWP",
};

/** All settings of the provider 1.83.25, as its schema has them, in Pulumi's spelling. */
const ofProvider = [
  ...["secretId", "secretKey", "securityToken", "region", "protocol", "domain", "cosDomain", "assumeRole"],
  ...["assumeRoleWithSaml", "assumeRoleWithWebIdentity", "enablePodOidc", "sharedCredentialsDir", "profile"],
  ...["camRoleName", "mfaCertification", "allowedAccountIds", "forbiddenAccountIds"],
];

describe("The settings page", () => {
  const page = readFileSync(path.join(root, "docs/settings.md"), "utf8");
  const [table = ""] = /\| Pulumi config \| Environment \| Here \|\n(\|.*\n)+/.exec(page) ?? [];
  const rows = table.split("\n").filter((row) => row.startsWith("| `"));
  const cellsOf = (row: string) => row.split("|").map((cell) => cell.trim());
  const namesIn = (text = "") =>
    [...text.matchAll(/`([A-Z][A-Z_]+|tencentcloud:\w+)`/g)].map(([, name]) => name);

  it("has a row for each setting of the provider, and no other", () => {
    assert.deepEqual(
      rows.map((row) => namesIn(cellsOf(row)[1])[0]),
      providerSettings.map(({ names }) => `tencentcloud:${names[0]}`),
    );
    assert.deepEqual(providerSettings.map(({ names }) => names[0]).sort(), [...ofProvider].sort());
  });

  providerSettings.forEach(({ names, environment, here }, index) => {
    it(`names the sources of ${names[0]}, and its use`, () => {
      const [, inConfig, inEnvironment, what] = cellsOf(rows[index] ?? "");
      assert.deepEqual(
        namesIn(inConfig),
        names.map((name) => `tencentcloud:${name}`),
      );
      assert.deepEqual(namesIn(inEnvironment), environment);
      assert.ok(what?.startsWith(words[here]), what);
    });
  });
});

describe("SECURITY.md", () => {
  const page = readFileSync(path.join(root, "SECURITY.md"), "utf8");
  /** The settings in the sentence that begins so. A role's own fields follow the word "with". */
  const namesAfter = (start: string) => {
    const [, sentence = ""] = page.split(start);
    const [names = ""] = sentence.split(/ with its |\./);
    return [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort();
  };
  const settingsThat = (isSecret: boolean) =>
    Object.entries(ofPlugin)
      .filter(([, { secret = false }]) => secret === isSecret)
      .map(([name]) => name)
      .sort();

  it("says which settings of a Provider are encrypted in the state, and which are in plain text", () => {
    assert.deepEqual(namesAfter("Encrypted in any case: "), settingsThat(true));
    assert.deepEqual(namesAfter("In clear: "), settingsThat(false));
  });
});
