import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { isBuiltin } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import * as ts from "typescript";
import { links } from "../docs/markdown";
import { run } from "../installed/commands";
import { unpack } from "../installed/pack";

const root = path.resolve(__dirname, "../..");

/**
 * It is about 286 kB: 172 of them the built code, which keeps its names and comments, and 75 the documents with
 * their pictures and the examples. So the README's links lead somewhere, on npm and in node_modules.
 */
const MOST_BYTES = 300_000;

/** The folders that documents link to for contributors. */
const ofTheRepository = /^(bench|emulator|provider|scripts|tests)(\/|$)/;

describe("The published package", () => {
  let folder: string;
  let tarball: string;
  let unpacked: string;
  let files: string[];
  let manifest: Record<string, unknown>;

  before(async function () {
    this.timeout(60_000);
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-package-")));
    const copy = path.join(folder, "copy");
    copyWithBuilt(copy);
    const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
    tarball = path.join(folder, (await run("npm", args, copy)).stdout.trim());
    unpacked = path.join(folder, "unpacked");
    fs.mkdirSync(unpacked);
    await unpack(tarball, unpacked);
    files = fs
      .readdirSync(unpacked, { recursive: true, encoding: "utf8" })
      .filter((file) => fs.statSync(path.join(unpacked, file)).isFile())
      .map((file) => file.replaceAll(path.sep, "/"));
    manifest = JSON.parse(read("package.json"));
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const read = (file: string) => fs.readFileSync(path.join(unpacked, file), "utf8");
  const built = () => files.filter((file) => /^dist\/.*\.[jt]s$/.test(file));

  it("holds the built code and the documents for readers, and nothing else", () => {
    const known =
      /^(dist\/(sdk|provider|emulator)\/.+|(plugin|docs|examples)\/.+|bench\/delay\.svg|schema\.json|package\.json|LICENSE|[A-Z]+(\.zh-CN)?\.md)$/;
    assert.deepEqual(
      files.filter((file) => !known.test(file) || /^dist\/.*\.test\./.test(file)),
      [],
    );
    for (const file of ["README.md", "README.zh-CN.md", "CHANGELOG.md", "SECURITY.md", "LICENSE"]) {
      assert.ok(files.includes(file), `there is no ${file}`);
    }
  });

  it("holds no file that git does not know, except built code: no stack's config, no virtual environment", function () {
    const { status, stdout } = spawnSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" });
    if (status !== 0) {
      this.skip(); // This is no clone.
    }
    const tracked = new Set(stdout.split("\0"));
    assert.deepEqual(
      files.filter((file) => !file.startsWith("dist/") && !tracked.has(file)),
      [],
    );
  });

  it("has what its documents link to, and every picture", () => {
    const broken = files
      .filter((file) => file.endsWith(".md"))
      .flatMap((file) =>
        links({ path: file, text: read(file) })
          .filter(({ target }) => !/^([a-z]+:|#)/i.test(target))
          .map(({ line, target }) => {
            const [page = ""] = decodeURI(target).split("#");
            return { from: `${file}:${line}`, to: path.posix.join(path.posix.dirname(file), page) };
          }),
      )
      .filter(({ to }) => !fs.existsSync(path.join(unpacked, to)))
      .filter(({ to }) => !ofTheRepository.test(to) || /\.(svg|png)$/.test(to));
    assert.deepEqual(broken, []);
  });

  it(`is smaller than ${MOST_BYTES / 1000} kB`, () => {
    const { size } = fs.statSync(tarball);
    assert.ok(size < MOST_BYTES, `it has ${size} bytes`);
  });

  it("has every file that its package.json names", () => {
    const { main, types, exports, bin, typesVersions } = manifest;
    for (const field of [main, types, exports, bin]) {
      assert.notDeepEqual(texts(field), []);
    }
    for (const file of texts([main, types, exports, bin, typesVersions])) {
      assert.ok(files.includes(path.posix.normalize(file)), `${file} is not there`);
    }
  });

  it("has a command that a shell can run", () => {
    for (const file of texts(manifest.bin)) {
      assert.match(read(file), /^#!\/usr\/bin\/env node\n/, file);
    }
  });

  it("imports nothing but Node's modules and what npm installs with it", () => {
    const { dependencies, peerDependencies } = manifest;
    const installed = Object.keys({ ...Object(dependencies), ...Object(peerDependencies) });
    const allowed = [manifest.name, ...installed];
    const wrong = built().flatMap((file) =>
      importsOf(read(file))
        .filter((name) => !allowed.includes(name))
        .map((name) => `${file} imports ${name}`),
    );
    assert.deepEqual(wrong, []);
  });

  it("has a package.json that publint has nothing to say about", function () {
    this.timeout(30_000);
    const { status, stdout, stderr } = spawnSync(
      "npx",
      ["publint", "run", unpacked, "--strict", "--pack", "false"],
      { encoding: "utf8", shell: process.platform === "win32" },
    );
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /All good!/);
  });

  it("has types that TypeScript finds for every export, however it resolves modules", function () {
    this.timeout(30_000);
    const { stdout, stderr } = spawnSync("npx", ["attw", tarball, "--format", "json"], {
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    assert.ok(stdout.startsWith("{"), stdout + stderr);
    const { problems, entrypoints } = JSON.parse(stdout).analysis;
    assert.deepEqual(problems, []);
    assert.deepEqual(Object.keys(entrypoints), Object.keys(Object(manifest.exports)));
  });
});

/**
 * Copies the project with the built code of its sources, but without files in `dist` whose sources are gone.
 */
function copyWithBuilt(copy: string): void {
  const others = new Set([".git", "node_modules", "dist", "coverage", "archives"]);
  fs.cpSync(root, copy, { recursive: true, filter: (file) => !others.has(path.basename(file)) });
  for (const source of ["sdk", "provider", "emulator"].flatMap(sourcesIn)) {
    const changed = fs.statSync(path.join(root, source)).mtimeMs;
    for (const ending of [".js", ".d.ts"]) {
      const built = path.join("dist", source.replace(/\.ts$/, ending));
      const { mtimeMs = 0 } = fs.statSync(path.join(root, built), { throwIfNoEntry: false }) ?? {};
      if (mtimeMs < changed) {
        throw new Error(`${built} is missing or older than ${source}: run "npm run build".`);
      }
      fs.cpSync(path.join(root, built), path.join(copy, built));
    }
  }
}

function sourcesIn(part: string): string[] {
  return fs
    .readdirSync(path.join(root, part), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(part, file));
}

/** Every text in a value, however deep. */
function texts(value: unknown): string[] {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).flatMap(texts);
  }
  return typeof value === "string" ? [value] : [];
}

/** The names of the packages that a file imports, `name` or `@scope/name`. */
function importsOf(text: string): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((specifier) => !specifier.startsWith(".") && !isBuiltin(specifier))
    .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
}
