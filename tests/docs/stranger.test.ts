import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { emulatorAccount } from "../../emulator";
import { greeting } from "../../emulator/cli/greeting";
import { findOrGetPulumi } from "../../scripts/pulumiCli";
import { lowest, newest } from "../../scripts/pulumiCli/cliRelease";
import { guides, reference, root } from "./documents";
import type { Document } from "./markdown";
import { pulumiCommands, wrongPulumiCommand } from "./pulumiCommands";
import { shellCommands } from "./shell";
import { type Tarball, waysMissing, wrongPackedLinks, wrongSteps } from "./stranger";

/** An example with one mistake of each kind, to check that each is noticed. */
const badExample: Document = {
  path: "examples/fleet/README.md",
  text: `# A bad example

In a copy of this folder. [Somewhere](../../tests/docs/stranger.ts)

\`\`\`sh
npm install ./pulumi-tencentcloud-cwp-9.9.9.tgz
npx cwp-emulator --scenario no-such.json
pulumi package add ./node_modules/pulumi-tencentcloud-cwp/no-such-folder
some-tool | curl -d @- http://127.0.0.1:8080
cd no-such-folder
pulumi stack innit
pulumi up --no-such-flag
\`\`\`

\`\`\`sh
pulumi package add ../../plugin
pulumi package add tencentcloud-cwp@9.9.9
cd ../..
npx --no-install cwp-emulator --scenario examples/no-such-example/emulator.json
\`\`\`
`,
};

const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

/** The pages beside the examples that begin with the emulator. */
function others(pages: readonly Document[]): Document[] {
  return pages.filter(({ path: page }) =>
    ["README.md", "README.zh-CN.md", "docs/languages.md", "docs/emulator.md"].includes(page),
  );
}

/** The files that npm would pack from a folder, without a build. */
function pack(folder: string): Tarball {
  const args = ["pack", "--dry-run", "--ignore-scripts", "--json"];
  const options = {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
    stdio: "pipe",
  } as const;
  const [{ filename, files }] = JSON.parse(execFileSync("npm", args, options));
  return { filename, files: new Set(files.map((file: { path: string }) => file.path)) };
}

describe("A reader who has the tarball, or a clone, and nothing else", function () {
  this.timeout(60_000);

  const pages = guides();
  const examples = pages.filter(({ path: page }) => page.startsWith("examples/"));
  let tarball: Tarball;
  let pulumi: string;

  before(async function () {
    this.timeout(600_000); // Where no Pulumi CLI is there yet, it may have to be built.
    tarball = pack(root);
    pulumi = (await findOrGetPulumi()).command;
  });

  for (const page of pages) {
    it(`has all files and programs that the commands of ${page.path} name`, () => {
      assert.deepEqual(wrongSteps(page, tarball), []);
    });
  }

  it("can follow every link of the packed documents", () => {
    const packed = [...pages, ...reference()].filter((page) => tarball.files.has(page.path));
    assert.ok(packed.length > 20, `only ${packed.length} pages are packed`);
    assert.deepEqual(
      packed.flatMap((page) => wrongPackedLinks(page, tarball)),
      [],
    );
  });

  it("has the code that `pulumi package add` runs", () => {
    const { main } = JSON.parse(readFileSync(path.join(root, "plugin/package.json"), "utf8"));
    assert.ok(tarball.files.has(path.posix.join("plugin", main)), main);
  });

  it("finds steps for a clone and for a copy in every example", () => {
    assert.ok(examples.length > 10);
    assert.deepEqual(examples.flatMap(waysMissing), []);
  });

  it("gets no traces of a developer's own stacks with the examples", () => {
    const clone = mkdtempSync(path.join(tmpdir(), "cwp-clone-"));
    try {
      const example = path.join(clone, "examples/hosts/inner");
      for (const made of [
        "Pulumi.dev.yaml",
        "sdks/a/index.js",
        "node_modules/a/index.js",
        "package-lock.json",
      ]) {
        mkdirSync(path.dirname(path.join(example, made)), { recursive: true });
        writeFileSync(path.join(example, made), "");
      }
      writeFileSync(path.join(example, "Pulumi.yaml"), "");
      cpSync(path.join(root, "package.json"), path.join(clone, "package.json"));
      const examples = [...pack(clone).files].filter((file) => file.startsWith("examples/"));
      assert.deepEqual(examples, ["examples/hosts/inner/Pulumi.yaml"]);
    } finally {
      rmSync(clone, { recursive: true });
    }
  });

  it("finds every Pulumi command and option that a page names", () => {
    const commands = new Set(pages.flatMap(pulumiCommands));
    assert.ok(commands.size > 20, `only ${commands.size} were found: collecting them does not work any more`);
    assert.deepEqual(
      [...commands].flatMap((command) => wrongPulumiCommand(command, pulumi)),
      [],
    );
  });

  it("sets the variables that the emulator prints", () => {
    const printed = greeting("http://127.0.0.1:8080", emulatorAccount).match(/export .*/g) ?? [];
    for (const page of [...examples.filter(({ text }) => text.includes("cwp-emulator")), ...others(pages)]) {
      const set = shellCommands(page).map(({ command }) => command);
      assert.deepEqual(
        set.filter((command) =>
          /^export TENCENTCLOUD_(CWP_ENDPOINT|SECRET_ID|SECRET_KEY)=\S+$/.test(command),
        ),
        printed,
        page.path,
      );
    }
  });

  it("reads which Pulumi CLI was run", () => {
    for (const page of ["README.md", "docs/faq.md"]) {
      const text = readFileSync(path.join(root, page), "utf8");
      assert.ok(text.includes(lowest.version) && text.includes(newest.version), page);
    }
  });

  describe("with mistakes", () => {
    it("misses files and programs that are not there", () => {
      const line = (number: number, wrong: string) => `${badExample.path}:${number}: ${wrong}`;
      assert.deepEqual(wrongSteps(badExample, tarball), [
        line(6, `npm pack makes ${tarball.filename}, not pulumi-tencentcloud-cwp-9.9.9.tgz.`),
        line(7, 'write "npx --no-install cwp-emulator".'),
        line(7, "a copy of examples/fleet has no no-such.json."),
        line(8, "the tarball has no no-such-folder."),
        line(9, "a reader may not have some-tool."),
        line(10, "a copy of examples/fleet has no no-such-folder."),
        line(17, `tencentcloud-cwp has the version ${version}, not 9.9.9.`),
        line(19, "a clone has no examples/no-such-example/emulator.json."),
      ]);
      assert.deepEqual(wrongPackedLinks(badExample, tarball), [
        line(3, "tests/docs/stranger.ts is not in the tarball."),
      ]);
      assert.deepEqual(waysMissing(badExample), [`${badExample.path} does not say what to do "in a clone".`]);
    });

    it("misses Pulumi commands and options that do not exist", () => {
      const wrong = pulumiCommands(badExample).flatMap((command) => wrongPulumiCommand(command, pulumi));
      assert.deepEqual(wrong, [
        '"pulumi stack innit": pulumi stack has no command innit.',
        '"pulumi up --no-such-flag": pulumi up has no --no-such-flag.',
      ]);
    });
  });
});
