import assert from "node:assert/strict";
import { wrongCommands } from "./commands";
import { guides, reference } from "./documents";
import { wrongLinks } from "./links";
import { type Document, fences } from "./markdown";
import { type Module, modulesOf, typeCheck } from "./modules";

/** A page with one mistake of each kind, to check that each is noticed. */
const badPage: Document = {
  path: "docs/bad.md",
  text: `# A bad page

See [the settings](settings.md#no-such-heading), [nothing](nothing.md) and [above](#a-bad-page). Run \`npm run no-such-thing\`.

\`\`\`ts
import * as cwp from "pulumi-tencentcloud-cwp";

new cwp.MachineSync("machines", { trigers: [] });
\`\`\`

\`\`\`ts
new cwp.MachineSync("machines");
\`\`\`

\`\`\`json
{ "no": "end"
\`\`\`

\`\`\`sh
npm run no-such-script    # npm run no-such-comment
npx cwp-emulator --port 0 \\
  --no-such-flag
pulumi config set --secret tencentcloud:noSuchKey x
pulumi config set --path tencentcloud:assumeRole.roleArn x
npx --no-install cwp-check --stack dev --no-such-option
\`\`\`
`,
};

/** Fails with each mistake on a line of its own. */
function assertNone(mistakes: readonly string[]): void {
  if (mistakes.length > 0) {
    assert.fail(mistakes.join("\n"));
  }
}

function wrongJson(document: Document): string[] {
  return fences(document)
    .filter(({ language }) => language === "json")
    .flatMap(({ line, code }) => {
      try {
        JSON.parse(code);
        return [];
      } catch (error) {
        return [`${document.path}:${line}: ${error instanceof Error ? error.message : error}`];
      }
    });
}

describe("The documentation", function () {
  this.timeout(60_000);

  const pages = guides();
  const modules = pages.flatMap(modulesOf);
  let mistakesIn: (module: Module) => string[];

  before(() => {
    mistakesIn = typeCheck([...modules, ...modulesOf(badPage)]);
  });

  it("has snippets, in the README too", () => {
    assert.ok(modules.some(({ document }) => document === "README.md"));
  });

  for (const module of modules) {
    it(`has a whole module that type-checks at ${module.document}:${module.line}`, () =>
      assertNone(mistakesIn(module)));
  }

  for (const page of pages) {
    it(`names only scripts, flags and settings that exist in ${page.path}`, () =>
      assertNone(wrongCommands(page)));
    it(`has only JSON that can be read in ${page.path}`, () => assertNone(wrongJson(page)));
  }

  for (const page of [...pages, ...reference()]) {
    it(`has only working links in ${page.path}`, () => assertNone(wrongLinks(page)));
  }

  describe("with mistakes fails a test that", () => {
    it("names a snippet that does not type-check, in TypeScript's own words", () => {
      const [misspelt, incomplete] = modulesOf(badPage).map(mistakesIn);
      assert.equal(misspelt?.length, 1);
      assert.match(misspelt[0] ?? "", /^docs\/bad\.md:8: Object literal .*'trigers' does not exist/);
      assert.deepEqual(incomplete, ["docs/bad.md:12: Cannot find name 'cwp'. (TS2304)"]);
    });

    it("names scripts, flags and settings that do not exist, but no comments", () => {
      const [script, flag, setting, option, inSentence, ...more] = wrongCommands(badPage);
      assert.match(script ?? "", /^docs\/bad\.md:20: there is no npm script "no-such-script": .*\btest\b/);
      assert.match(flag ?? "", /^docs\/bad\.md:21: cwp-emulator has no --no-such-flag: .*--port\b/);
      assert.match(setting ?? "", /^docs\/bad\.md:23: nothing reads the setting tencentcloud:noSuchKey: /);
      assert.match(option ?? "", /^docs\/bad\.md:25: cwp-check has no --no-such-option: .*--stack\b/);
      assert.match(inSentence ?? "", /^docs\/bad\.md: there is no npm script "no-such-thing": /);
      assert.deepEqual(more, []);
    });

    it("names JSON that cannot be read", () => {
      const [mistake, ...more] = wrongJson(badPage);
      assert.match(mistake ?? "", /^docs\/bad\.md:16: /);
      assert.deepEqual(more, []);
    });

    it("names links that lead nowhere", () => {
      assert.deepEqual(wrongLinks(badPage), [
        "docs/bad.md:3: docs/settings.md has no heading #no-such-heading.",
        "docs/bad.md:3: nothing.md leads to no file.",
      ]);
    });
  });
});
