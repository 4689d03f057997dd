import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { headings } from "../../provider/machineSync/headings";
import { root } from "./documents";

const file = "docs/troubleshooting.md";

/**
 * Fewer words than this are a part of another text, such as "a list", and nothing to search for.
 */
const FEWEST_WORDS = 3;

/**
 * The fixed words of all texts in a source: of each string, and of each piece of a template between two
 * `${…}`. In the provider, a text of several words is for the person at the terminal.
 */
function messages(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      found.push(plain(node.text));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("source.ts", source, ts.ScriptTarget.ES2022));
  return found.filter((text) => text.split(" ").length >= FEWEST_WORDS);
}

/** The error codes that have a meaning of their own: the keys of the table in cwp/errors.ts. */
function codes(source: string): string[] {
  return [...source.matchAll(/^ {4}"?([A-Z][\w.]+)"?: (?:stop|again)\(/gm)].map(([, code = ""]) => code);
}

/**
 * Returns the text with single spaces, the action filled in, no backticks, and no sign at either end, since
 * the page may have that sign elsewhere.
 */
function plain(text: string): string {
  return text
    .replaceAll("ACTION", "cwp:SyncMachines")
    .replaceAll("`", "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/^[ "'.,:;()]+|[ "'.,:;()]+$/g, "");
}

function findMissing(page: string, wanted: readonly string[]): string[] {
  const said = plain(page);
  return [...new Set(wanted)].filter((text) => !said.includes(text));
}

/** Fails with a sentence for each missing text, on a line of its own. */
function assertNone(lacking: readonly string[], sentence: (text: string) => string): void {
  assert.ok(lacking.length === 0, `\n${lacking.map(sentence).join("\n")}`);
}

describe("The troubleshooting page", () => {
  const page = readFileSync(path.join(root, file), "utf8");
  const provider = path.join(root, "provider");
  const sources = readdirSync(provider, { recursive: true, encoding: "utf8" })
    // The text of --help is no message: docs/first-contact.md has it, and the command's test compares the
    // two.
    .filter((name) => name.endsWith(".ts") && path.basename(name) !== "help.ts")
    .map((name) => readFileSync(path.join(provider, name), "utf8"));

  it("has every message of the provider word by word", () => {
    const found = sources.flatMap(messages);
    assert.ok(found.length > 50, `only ${found.length} were found: collecting them does not work any more`);
    assertNone(findMissing(page, found), (text) => `${file} has no entry with the words "${text}".`);
  });

  it("names every error code that has a meaning of its own", () => {
    const found = sources.flatMap(codes);
    assert.ok(found.length > 15, `only ${found.length} were found: collecting them does not work any more`);
    assertNone(
      found.filter((code) => !page.includes(`\`${code}\``)),
      (code) => `${file} does not name the error code ${code}.`,
    );
  });

  it("has every heading that an error names", () => {
    assertNone(
      Object.values(headings).filter((heading) => !new RegExp(`^#+ ${heading}$`, "m").test(page)),
      (heading) => `${file} has no heading "${heading}", which provider/machineSync/headings.ts names.`,
    );
  });

  it("is checked for missing messages and codes, and nothing else", () => {
    const source = `
      const short = "a list";
      throw new SettingsError(\`\${name} is not in \${where ? "the place it was" : ""} today: wait for it.\`);
      throw new NoAnswer("HttpStatus", \`The \\\`moon\\\`
        did not answer.\`);
    Object.entries({
    "FailedOperation.Moon": again("few"),
    MoonNotFound: stop("Look up at night."),
    });`;
    assert.deepEqual(
      findMissing("`PLACE is not in the place it was today: wait\nfor it.`", messages(source)),
      ["The moon did not answer", "Look up at night"],
    );
    assert.deepEqual(codes(source), ["FailedOperation.Moon", "MoonNotFound"]);
  });
});
