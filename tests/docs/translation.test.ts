import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { root } from "./documents";
import { type Document, fences, links } from "./markdown";

const read = (page: string): Document => ({ path: page, text: readFileSync(path.join(root, page), "utf8") });

/** The links, with the line of each. The first line leads to the other language, and headings differ. */
const targets = (page: Document) =>
  links(page)
    .filter(({ line }) => line > 1)
    .map(({ target }) => target.replace(/^#.*/, "#"));

/** The names in the rows of the tables: code, and the numbers of versions. */
const namesInTables = (page: Document) =>
  page.text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((row) => [...row.matchAll(/`[^`]+`|\d+(?:\.\d+)+|✓|>=\d+/g)].map(([name]) => name));

/** The code in the sentences, in any order. */
const namesInSentences = (page: Document) => {
  const sentences = page.text.replaceAll(/^```.*?^```$/gms, "").replaceAll(/^\|.*$/gm, "");
  return [...sentences.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name.replaceAll(/\s+/g, " ")).sort();
};

const levels = (page: Document) =>
  page.text
    .replaceAll(/^```.*?^```$/gms, "")
    .split("\n")
    .flatMap((line) => /^#+(?= )/.exec(line) ?? []);

describe("The Chinese README", () => {
  const english = read("README.md");
  const chinese = read("README.zh-CN.md");

  it("and the English one link to each other in their first lines", () => {
    assert.match(english.text, /^\[简体中文\]\(README\.zh-CN\.md\)\n/);
    assert.match(chinese.text, /^\[English\]\(README\.md\)\n/);
  });

  for (const [what, of] of [
    ["headings of the same levels", levels],
    ["the same code blocks", (page: Document) => fences(page).map(({ language, code }) => [language, code])],
    ["the same links", targets],
    ["the same names in each row of the tables", namesInTables],
    ["the same names in its sentences", namesInSentences],
  ] as const) {
    it(`has ${what}`, () => assert.deepEqual(of(chinese), of(english)));
  }
});
