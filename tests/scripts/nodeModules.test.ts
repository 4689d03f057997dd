import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

const scripts = path.resolve(__dirname, "../../scripts");

/** A stand-in for npm: it installs what package-lock.json lists, and keeps a record of its runs. */
const npm = `#!/usr/bin/env node
const fs = require("node:fs");
const record = __dirname + "/../npm-runs";
fs.appendFileSync(record, process.argv.slice(2, 3) + "\\n");
fs.rmSync("node_modules", { recursive: true, force: true });
fs.mkdirSync("node_modules/left", { recursive: true });
if (process.env.NPM_FAILS) {
  console.error("npm has no network");
  process.exit(1);
}
fs.copyFileSync("package-lock.json", "node_modules/.package-lock.json");
`;

describe("the set-up of node modules", () => {
  let clone: string;

  before(function () {
    if (process.platform === "win32") {
      this.skip(); // The stand-in for npm is not a program there.
    }
  });
  beforeEach(() => {
    clone = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-clone-")));
    fs.mkdirSync(path.join(clone, "scripts"));
    fs.copyFileSync(path.join(scripts, "nodeModules.mjs"), path.join(clone, "scripts", "nodeModules.mjs"));
    fs.mkdirSync(path.join(clone, "bin"));
    fs.writeFileSync(path.join(clone, "bin", "npm"), npm, { mode: 0o755 });
    declare({ left: "1.0.0" });
  });
  afterEach(() => fs.rmSync(clone, { recursive: true }));

  function declare(versions: Record<string, string>): void {
    const root = { name: "the-package", dependencies: versions };
    const entries = Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]);
    const lock = { packages: { "": root, ...Object.fromEntries(entries) } };
    fs.writeFileSync(path.join(clone, "package.json"), JSON.stringify(root));
    fs.writeFileSync(path.join(clone, "package-lock.json"), JSON.stringify(lock));
  }

  /** Runs the set-up and returns its output. */
  async function setUp(env: Record<string, string> = {}): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, ["scripts/nodeModules.mjs"], {
      cwd: clone,
      env: {
        ...process.env,
        PATH: [path.join(clone, "bin"), process.env.PATH].join(path.delimiter),
        ...env,
      },
    });
    return stdout;
  }

  const npmRuns = (): string[] => {
    const record = path.join(clone, "npm-runs");
    return fs.existsSync(record) ? fs.readFileSync(record, "utf8").trim().split("\n") : [];
  };

  it("installs in a fresh clone, and has nothing to do or say the next time", async () => {
    assert.match(await setUp(), /^Installing node modules/);
    assert.equal(await setUp(), "");
    assert.deepEqual(npmRuns(), ["ci"]);
  });

  it("links the package into its own node modules, again and again", async () => {
    const link = path.join(clone, "node_modules", "the-package");
    await setUp();
    assert.equal(fs.realpathSync(link), clone);
    fs.rmSync(link); // as npm does
    await setUp();
    assert.equal(fs.realpathSync(link), clone);
    assert.deepEqual(npmRuns(), ["ci"]);
  });

  it("installs again when the lock file has changed", async () => {
    await setUp();
    declare({ left: "1.0.1" });
    await setUp();
    declare({ left: "1.0.1", right: "2.0.0" });
    await setUp();
    assert.deepEqual(npmRuns(), ["ci", "ci", "ci"]);
  });

  it("shows npm's output if it failed, and installs again the next time", async () => {
    await assert.rejects(setUp({ NPM_FAILS: "1" }), (error: unknown) => {
      assert.match(String(Reflect.get(Object(error), "stderr")), /npm has no network/);
      return true;
    });
    assert.match(await setUp(), /^Installing node modules/);
  });
});
