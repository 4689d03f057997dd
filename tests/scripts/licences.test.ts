import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { licenceTexts } from "../../scripts/licences";

describe("The licences of a bundle", () => {
  let root: string;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "cwp-licences-"));
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  /** A package with these files; what it returns is its code. */
  function install(folder: string, manifest: object, files: Readonly<Record<string, string>>): string {
    const place = path.join(root, "node_modules", folder);
    fs.mkdirSync(place, { recursive: true });
    for (const [name, text] of Object.entries({ ...files, "package.json": JSON.stringify(manifest) })) {
      fs.writeFileSync(path.join(place, name), text);
    }
    return path.join(place, "lib", "index.js");
  }

  it("are the licences of each package once, under the name and version in its own manifest", () => {
    const manifest = { name: "@one/package", version: "1.0.0", license: "MIT" };
    const one = install("@one/alias", manifest, { LICENSE: "Do as you like.", NOTICE: "Made by one." });
    const inner = install(
      "@one/alias/node_modules/two",
      { name: "two", version: "2.0.0", license: "ISC" },
      { "Readme.md": "# Two\n\n## Uses\n\nNone.\n\n## License\n\nTake it." },
    );
    const inputs = [one, path.join(path.dirname(one), "more.js"), inner, path.join(root, "src", "own.js")];
    const line = "=".repeat(78);
    assert.equal(
      licenceTexts(inputs),
      [
        ...[line, "@one/package 1.0.0: MIT", line, "", "Do as you like.", "", "Made by one.", ""],
        ...[line, "two 2.0.0: ISC", line, "", "## License", "", "Take it.", ""],
      ].join("\n"),
    );
  });

  it("are the usual text if a package only states MIT and its owner", () => {
    const manifest = { name: "three", version: "3.0.0", license: "MIT", author: "Three <three@example.com>" };
    const text = licenceTexts([install("three", manifest, {})]);
    assert.match(text, /Copyright \(c\) Three <three@example\.com>\n\nPermission is hereby granted/);
  });

  it("must be there: a package without one is named", () => {
    const code = install(
      "four",
      { name: "four", version: "4.0.0", license: "BSD-3-Clause", author: "Four" },
      {},
    );
    assert.throws(() => licenceTexts([code]), /The package four 4\.0\.0 is in the bundle/);
  });
});
