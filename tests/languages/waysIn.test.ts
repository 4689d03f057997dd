import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { findOrGetYamlHost } from "../../scripts/pulumiCli";
import { inConfig } from "../engine/account";
import { oneSync } from "../engine/program";
import { TestStack } from "../engine/stack";
import { history } from "../history";
import { installArchive } from "../installed/archive";
import { packBuilt, unpack } from "../installed/pack";

const repository = path.resolve(__dirname, "../..");
const manifest = JSON.parse(fs.readFileSync(path.join(repository, "package.json"), "utf8"));
const command = "pulumi-resource-tencentcloud-cwp";

/**
 * Each way in which a user gives Pulumi the plugin, from the published files: the tarball, or an archive made
 * of it.
 */
describe("The plugin, as a user gets it", function () {
  this.timeout(180_000);

  let root: string;
  /** The folder in which npm has installed the tarball. */
  let nodeModules: string;
  let emulator: Emulator;
  let stack: TestStack | undefined;

  before(async () => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-ways-in-")));
    nodeModules = path.join(root, "node_modules");
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      fs.mkdirSync(path.dirname(path.join(nodeModules, name)), { recursive: true });
      fs.symlinkSync(path.join(repository, "node_modules", name), path.join(nodeModules, name), "junction");
    }
    const folder = path.join(nodeModules, manifest.name);
    fs.mkdirSync(folder);
    await unpack(await packBuilt(root), folder);
    // As npm links a command.
    const file = path.join(folder, manifest.bin[command]);
    fs.chmodSync(file, 0o755);
    fs.mkdirSync(path.join(nodeModules, ".bin"));
    fs.symlinkSync(file, path.join(nodeModules, ".bin", command));
  });
  after(() => fs.rmSync(root, { recursive: true, force: true }));

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 0, faults: history() });
  });
  afterEach(async () => {
    await stack?.remove();
    stack = undefined;
    await emulator.stop();
  });

  async function stackWith(pluginFolder: string | null): Promise<TestStack> {
    stack = await TestStack.create({
      entryPoint: "plugin",
      pluginFolder,
      config: inConfig("plugin", emulator),
    });
    return stack;
  }

  /** The kinds of the requests since the last time. */
  function requests(): string[] {
    const kinds = emulator.requests.map(({ sync }) => (sync ? "start" : "poll"));
    emulator.clearRequests();
    return kinds;
  }

  it("runs by its command on the PATH, and sends no unnecessary request in its whole life", async () => {
    const made = await stackWith(path.join(nodeModules, ".bin"));
    await made.up(oneSync({ triggers: ["a"] }));
    assert.equal(requests().filter((kind) => kind === "start").length, 1);
    await made.up(oneSync({ triggers: ["a"] }));
    assert.deepEqual(requests(), []);
    await made.preview(oneSync({ triggers: ["b"] }));
    assert.deepEqual(requests(), []);
    await made.up(oneSync({ triggers: ["b"] }));
    assert.equal(requests().filter((kind) => kind === "start").length, 1);
    await made.refresh();
    assert.deepEqual(requests(), ["poll"]);
    await made.destroy();
    assert.deepEqual(requests(), []);
  });

  it("gives its package to `pulumi package add`, and runs by the entry `packages` of Pulumi.yaml", async () => {
    const made = await stackWith(null);
    const { workDir } = made;
    await made.run(["package", "add", path.join(nodeModules, ".bin", command)]);
    const [declaration = ""] = fs.readdirSync(path.join(workDir, "sdks", "tencentcloud-cwp"));
    assert.equal(declaration, `tencentcloud-cwp-${manifest.version}.yaml`);
    // Pulumi records only the name of a file, not its folder.
    await made.up({ ...oneSync(), packages: { "tencentcloud-cwp": path.join(nodeModules, ".bin") } });
    assert.equal(requests().filter((kind) => kind === "start").length, 1);
  });

  it("runs by `pulumi plugin install` of the archive", async () => {
    const made = await stackWith(null);
    await installArchive(made, path.join(root, "archives"));
    const { outputs } = await made.up(oneSync());
    assert.equal(outputs.state, "FINISHED");
    assert.equal(requests().filter((kind) => kind === "start").length, 1);

    fs.rmSync(path.join(made.workDir, "node_modules"));
    const { errors } = await made.preview(oneSync({ hosts: ["a b"] }), { expectFailure: true });
    const [, page = ""] = / See "Arguments" in (.*troubleshooting\.md)\./.exec(errors.join("\n")) ?? [];
    assert.ok(path.isAbsolute(page) && fs.existsSync(page), errors.join("\n"));
  });

  it("says that Node.js is missing if the archive is installed without it", async function () {
    if (process.platform === "win32") {
      this.skip(); // The launcher there is a batch file.
    }
    const made = await stackWith(null);
    await installArchive(made, path.join(root, "archives"));
    made.envVars.PATH = await findOrGetYamlHost();
    const { stdout } = await made.up(oneSync(), { expectFailure: true });
    assert.match(stdout, /\(read 'Node\.js 20 or later must be on the PATH of Pulumi: there is none\.'\)/);
  });

  it("runs by the folder for `pulumi package add`, as Pulumi's host for Node.js starts it", async () => {
    const folder = path.join(nodeModules, manifest.name, "plugin");
    const { dependencies } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
    assert.equal(dependencies, undefined, "Pulumi runs `npm install` in the folder each time");
    const runner = createRequire(path.join(folder, "index.js")).resolve("@pulumi/pulumi/cmd/run-plugin");
    const plugin = spawn("node", [runner, folder, "127.0.0.1:2"], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = await once(plugin.stdout, "data");
    assert.match(String(port), /^\d+\n$/);
    // No engine listens at that address.
    const [code] = await once(plugin, "exit");
    assert.equal(code, 1);
  });
});
