import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { lifecycle } from "../installed/lifecycle";
import { packBuilt, unpack } from "../installed/pack";
import { type Language, writeProgram } from "../installed/program";

const repository = path.resolve(__dirname, "../..");
const { name, dependencies, peerDependencies } = JSON.parse(
  fs.readFileSync(path.join(repository, "package.json"), "utf8"),
);

/**
 * Without the package registry: the tarball is unpacked outside of the repository, and its dependencies are
 * linked to the repository's. `npm run matrix` installs it with npm and pnpm.
 */
describe("The package, installed from its tarball", function () {
  this.timeout(180_000);

  let root: string;
  let tarball: string;

  before(async () => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-installed-")));
    tarball = await packBuilt(root);
  });
  after(() => fs.rmSync(root, { recursive: true, force: true }));

  it("runs in a TypeScript program of CommonJS modules, from creation to destruction", async () => {
    const program = write("commonjs", { typescript: "5.9", modules: "CommonJS" });
    await installInto(path.join(program, "node_modules"));
    const went = [];
    for await (const operation of lifecycle(program, process.execPath)) {
      went.push(operation);
    }
    assert.deepEqual(went, ["up", "up again", "refresh", "destroy", "plugin"]);
  });

  it("works in a program of ES modules that reaches it only through a symbolic link, as pnpm installs it", async () => {
    const program = write("esm", { modules: "ESM" });
    const store = path.join(root, "store", "node_modules");
    await installInto(store);
    link(path.join(store, name), path.join(program, "node_modules", name));
    const operations = lifecycle(program, process.execPath);
    try {
      assert.deepEqual(await operations.next(), { done: false, value: "up" });
    } finally {
      // The other operations do not run the program, or run it in the same way.
      await operations.return(undefined);
    }
  });

  /** A program that has Pulumi and TypeScript, but not this package. */
  function write(folder: string, language: Language): string {
    const program = path.join(root, folder);
    writeProgram(program, language);
    linkFromRepository(["@pulumi/pulumi", "typescript"], path.join(program, "node_modules"));
    return program;
  }

  /** Puts this package into a folder of node modules, beside its stated dependencies only. */
  async function installInto(nodeModules: string): Promise<void> {
    linkFromRepository(Object.keys({ ...dependencies, ...peerDependencies }), nodeModules);
    const folder = path.join(nodeModules, name);
    fs.mkdirSync(folder);
    await unpack(tarball, folder);
    const { bin } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
    for (const [command, file] of Object.entries<string>(bin)) {
      fs.chmodSync(path.join(folder, file), 0o755);
      link(path.join(folder, file), path.join(nodeModules, ".bin", command));
    }
  }
});

function linkFromRepository(names: readonly string[], nodeModules: string): void {
  for (const name of names) {
    link(path.join(repository, "node_modules", name), path.join(nodeModules, name));
  }
}

function link(from: string, to: string): void {
  if (!fs.existsSync(to)) {
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.symlinkSync(from, to, "junction");
  }
}
