import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { hasGo } from "../../scripts/goTool";
import { guides } from "../docs/documents";
import { type Document, fences } from "../docs/markdown";
import { commandsInSentences, shellCommands } from "../docs/shell";
import { smallestProgram } from "../languages/example";
import { type Block, blocks, readyWhen } from "./blocks";
import { Machine } from "./machine";
import type { Terminal } from "./terminal";

/** The commands that no test can run, and why. */
const notRun: Readonly<Record<string, string>> = {
  "pulumi new typescript": "it downloads a template from the internet",
  "pulumi package add terraform-provider tencentcloudstack/tencentcloud": "it downloads that provider",
  "pulumi config set tencentcloud:secretId AKID…": "the key of a real account is to be filled in",
  "pulumi config set --secret tencentcloud:secretKey …": "the key of a real account is to be filled in",
  "npx --no-install cwp-check --stack NAME":
    "it asks a real account; tests/engine/check.test.ts runs it on the emulator",
  "pulumi plugin install … --file …": "it is short for another command of the page",
  "npm install pulumi-tencentcloud-cwp": "the package is not on npm yet",
  "npm run demo": "tests/languages/demo.test.ts runs it",
  "pulumi login --local": "it keeps the stacks in the developer's own home folder",
};

/** The names of commands in the sentences, without their arguments. */
const isName = (command: string) => /^(npm|npx|pulumi) [a-z-]+( [a-z-]+)?$/.test(command);

const pages = guides().filter(
  ({ path: page }) =>
    page.startsWith("examples/") || ["README.md", "README.zh-CN.md", "docs/languages.md"].includes(page),
);
const pageOf = (name: string) => pages.find(({ path: page }) => page === name) ?? assert.fail(name);

/** What these commands of a clone have made stays there. */
const once = /^(npm ci|npm run plugin-archive|npm run set-up|npm run build|pulumi plugin install .*)$/;

describe("Every command, as it is written,", function () {
  this.timeout(600_000);

  let machine: Machine;
  /** Of each page, the commands that have run. */
  const ran = new Map<string, Set<string>>();
  const made = new Set<string>();

  before(async function () {
    if (process.platform === "win32" || !(await hasGo())) {
      console.log(
        "      The commands are left out: they need a POSIX shell, and Go for the hosts of languages.",
      );
      return this.skip();
    }
    machine = await Machine.create();
  });
  afterEach(async () => {
    await machine?.closeTerminals();
    machine?.forgetStacks();
  });
  after(() => machine?.remove());

  /** Types the commands of a block, but for those that the way does not need. */
  async function type(page: Document, block: Block, terminal: Terminal, without?: RegExp): Promise<string> {
    let printed = "";
    const done = ran.get(page.path) ?? new Set();
    ran.set(page.path, done);
    for (const { command } of block.commands) {
      if (without?.test(command) || (once.test(command) && made.has(command))) {
        continue;
      }
      if (once.test(command)) {
        made.add(command);
      }
      if (command === "npm ci") {
        made.delete("npm run set-up"); // It removes what that has added to node_modules.
      }
      const ready = readyWhen(command);
      printed += ready
        ? await terminal.start(machine.typed(command), ready)
        : await terminal.run(machine.typed(command));
      done.add(command);
    }
    return printed;
  }

  /** An example's README from top to bottom, in the clone or in a copy of its folder. */
  async function walk(page: Document, way: "clone" | "copy"): Promise<void> {
    const name = path.dirname(page.path);
    const folder = path.join(way === "clone" ? machine.clone : path.join(machine.root, "copies"), name);
    if (way === "copy") {
      fs.cpSync(path.join(machine.clone, name), folder, {
        recursive: true,
        filter: (file) => !/[/\\](node_modules|sdks|venv|Pulumi\.\w+\.yaml)$/.test(file),
      });
      fs.copyFileSync(machine.tarball, path.join(folder, path.basename(machine.tarball)));
    }
    let last: Terminal | undefined;
    for (const block of blocks(page)) {
      const { before } = block;
      if (/In a copy of this folder, with/.test(before) && way !== "copy") {
        continue;
      }
      if (/In a clone, start in this folder/.test(before) && way !== "clone") {
        continue;
      }
      const startsService = block.commands.some(({ command }) => readyWhen(command));
      const inClone = /\bin its own folder\b/.test(before);
      const isNew = startsService || last === undefined || /\b(another|third) terminal\b/.test(before);
      const terminal = isNew || !last ? machine.open(inClone ? machine.clone : folder) : last;
      const without = way === "clone" && /without `npm install`/.test(before) ? /^npm install$/ : undefined;
      await type(page, block, terminal, without);
      last = startsService ? undefined : terminal;
    }
  }

  for (const page of pages.filter(({ path: name }) => name.startsWith("examples/"))) {
    for (const way of ["clone", "copy"] as const) {
      it(`of ${page.path} works in a ${way}`, () => walk(page, way));
    }
  }

  for (const name of ["README.md", "README.zh-CN.md"]) {
    it(`of ${name} works in a new program`, async () => {
      const page = pageOf(name);
      const inClone = machine.open(machine.clone);
      for (const command of ["npm ci", "npm pack"]) {
        if (!made.has(command)) {
          await inClone.run(command);
          made.add(command);
        }
        ran.set(name, (ran.get(name) ?? new Set()).add(command));
      }
      const folder = newProgram(name, fences(page).find(({ language }) => language === "ts")?.code ?? "");
      const [install, emulator, first, more] = blocks(page);
      assert.ok(install && emulator && first && more);
      await machine.open(folder).run("pulumi stack init dev"); // As `pulumi new` does.
      await type(page, install, machine.open(folder));
      await type(page, emulator, machine.open(folder));
      const terminal = machine.open(folder);
      assert.match(await type(page, first, terminal), /2 created/);
      assert.match(await type(page, more, terminal), /1 updated/);
    });
  }

  it("of docs/languages.md works from an archive", async () => {
    const page = pageOf("docs/languages.md");
    const [archive, add, , , emulator, up, settings, alone] = blocks(page);
    assert.ok(archive && add && emulator && up && settings && alone);
    await type(page, archive, machine.open(machine.clone));
    await type(page, emulator, machine.open(machine.clone));
    const folder = newProgram("archive", smallestProgram("ts"));
    const terminal = machine.open(folder);
    await terminal.run("pulumi stack init dev");
    await type(page, add, terminal);
    assert.match(await type(page, up, terminal), /2 created/);
    assert.match(await type(page, alone, terminal), /latestEndTime/);
    await type(page, settings, terminal);
  });

  it("of docs/languages.md works from npm's folder, and in a colleague's clone", async () => {
    const page = pageOf("docs/languages.md");
    const [, , npm, colleague, emulator, up] = blocks(page);
    assert.ok(npm && colleague && emulator && up);
    await machine.open(machine.clone).run("pulumi plugin rm resource tencentcloud-cwp --all");
    made.clear();
    await type(page, emulator, machine.open(machine.clone));
    const folder = newProgram("npm", smallestProgram("ts"));
    const terminal = machine.open(folder);
    await terminal.run("pulumi stack init dev");
    await type(page, npm, terminal);
    assert.match(await type(page, up, terminal), /2 created/);

    // What the page says to commit, and the program.
    const clone = path.join(machine.root, "colleague");
    const committed = [
      "Pulumi.yaml",
      "sdks",
      "package.json",
      "package-lock.json",
      path.basename(machine.tarball),
    ];
    for (const file of [...committed, "index.ts", "tsconfig.json", "Pulumi.dev.yaml"]) {
      fs.cpSync(path.join(folder, file), path.join(clone, file), {
        recursive: true,
        filter: (one) => !one.includes("node_modules"),
      });
    }
    const other = machine.open(clone);
    await type(page, colleague, other);
    await other.run("pulumi stack select dev");
    assert.match(await type(page, up, other), /2 unchanged/);
  });

  for (const page of pages) {
    it(`of ${page.path} has run, or is listed above`, () => {
      const named = ["npm", "npx", "pulumi"].flatMap((program) => commandsInSentences(page, program));
      const inBlocks = shellCommands(page).map(({ command }) => command);
      const everRun = new Set([...ran.values()].flatMap((commands) => [...commands]));
      assert.deepEqual(
        [
          ...inBlocks.filter((command) => !everRun.has(command) && !(command in notRun)),
          ...named.filter((command) => !everRun.has(command) && !(command in notRun) && !isName(command)),
        ],
        [],
      );
    });
  }

  /** The files that `pulumi new typescript` makes, with this program. */
  function newProgram(name: string, code: string): string {
    const folder = path.join(machine.root, "programs", name);
    fs.mkdirSync(folder, { recursive: true });
    fs.copyFileSync(machine.tarball, path.join(folder, path.basename(machine.tarball)));
    const files = {
      "Pulumi.yaml": `name: ${name.replaceAll(/\W/g, "-")}\nruntime:\n  name: nodejs\n  options:\n    packagemanager: npm\n`,
      "package.json": JSON.stringify({
        name: "program",
        main: "index.ts",
        devDependencies: { "@types/node": "^18", typescript: "^5.0.0" },
        dependencies: { "@pulumi/pulumi": "^3.113.0" },
      }),
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          strict: true,
          outDir: "bin",
          target: "es2020",
          module: "commonjs",
          moduleResolution: "node",
        },
        files: ["index.ts"],
      }),
      "index.ts": code,
    };
    for (const [file, text] of Object.entries(files)) {
      fs.writeFileSync(path.join(folder, file), text);
    }
    return folder;
  }
});
