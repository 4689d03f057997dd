import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { root } from "./documents";

const made = ["node_modules", "dist", "coverage", "archives"];

/** The folders in a folder of the repository, without hidden folders and folders that commands make. */
function foldersIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !made.includes(entry.name))
    .map(({ name }) => path.posix.join(folder, name));
}

/** The rows of CONTRIBUTING's table, as the folder and its description. */
const rows = readFileSync(path.join(root, "CONTRIBUTING.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, folder, text = ""] = /^\| `([^`]+)\/` \| (.*) \|$/.exec(line) ?? [];
    return folder === undefined ? [] : [{ folder, text }];
  });

describe("The table of folders", () => {
  it("has a row for each folder, also for each in provider/ and provider/wait/", () => {
    const folders = ["", "provider", "provider/wait"]
      .flatMap(foldersIn)
      .filter((folder) => folder !== "provider");
    assert.deepEqual(rows.map(({ folder }) => folder).sort(), folders.sort());
  });

  for (const { folder, text } of rows) {
    it(`names only existing files in ${folder}`, () => {
      // A name with a space in it is a command.
      const names = [...text.matchAll(/`([^` ]+)`/g)].map(([, name = ""]) => name);
      const missing = names.filter(
        (name) => ![folder, ""].some((base) => existsSync(path.join(root, base, name))),
      );
      assert.deepEqual(missing, []);
    });
  }

  it("is right that tests mirror the tree", () => {
    const mirrored = ["sdk", "provider", "emulator", "bench", "scripts"].flatMap((folder) =>
      readdirSync(path.join(root, "tests", folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => path.relative(path.join(root, "tests"), path.join(entry.parentPath, entry.name))),
    );
    assert.deepEqual(
      mirrored.filter((folder) => !existsSync(path.join(root, folder))),
      [],
    );
  });
});
