import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { type Emulator, startEmulator } from "../../../emulator";
import { history } from "../../history";
import { inConfig } from "../account";
import { TestStack, type TestStackOptions } from "../stack";
import { generateSdks, pythonWithPulumi } from "./toolchains";

const run = promisify(execFile);
const repository = path.resolve(__dirname, "../../..");
const goModule = "example.com/pulumi-tencentcloud-cwp/sdk/go/tencentcloud-cwp";

/** The examples in other languages, on the SDKs that `pulumi package add` generates for them. */
describe("The example of the plugin", function () {
  // The first time, Go builds what generates the SDKs, and pip fetches Pulumi.
  this.timeout(600_000);

  let root: string;
  let emulator: Emulator;
  let stack: TestStack | undefined;

  beforeEach(async () => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-languages-")));
    emulator = await startEmulator({ syncSeconds: 1 });
  });
  afterEach(async () => {
    await stack?.remove();
    stack = undefined;
    await emulator.stop();
    fs.rmSync(root, { recursive: true, force: true });
  });

  /** A copy of the example. */
  function copy(example: string): string {
    const folder = path.join(root, example);
    fs.cpSync(path.join(repository, "examples", example), folder, { recursive: true });
    return folder;
  }

  async function stackOf(folder: string, options: TestStackOptions): Promise<TestStack> {
    stack = await TestStack.create({ folder, config: inConfig("plugin", emulator), ...options });
    return stack;
  }

  async function works(made: TestStack): Promise<void> {
    const { outputs } = await made.up();
    assert.deepEqual(Object.keys(outputs).sort(), ["LatestEndTime", "LatestStartTime"]);
    assert.match(String(outputs.LatestEndTime), /^\d{4}-\d\d-\d\d /);
    assert.equal(emulator.requests.filter(({ sync }) => sync).length, 1);
    emulator.clearRequests();
    assert.deepEqual((await made.preview()).summary, { same: 2 });
    assert.equal(emulator.requests.length, 0, made.printed);
  }

  it("in YAML runs", async () => {
    await works(await stackOf(copy("yaml"), { command: "own" }));
  });

  it("in Go compiles and runs", async function () {
    const sdks = path.join(root, "sdks");
    if (!(await generateSdks(sdks))) {
      this.skip();
    }
    const folder = copy("go");
    const sums = path.join(repository, "scripts/pulumiCli/go.sum");
    const sdk = path.join(sdks, "go");
    fs.writeFileSync(
      path.join(sdk, "go.mod"),
      `module ${goModule}\n\ngo 1.25.11\n\nrequire github.com/pulumi/pulumi/sdk/v3 v3.259.0\n`,
    );
    fs.copyFileSync(sums, path.join(folder, "go.sum"));
    const go = (...args: string[]) =>
      run("go", args, { cwd: folder, env: { ...process.env, GOWORK: "off", GOFLAGS: "-mod=mod" } });
    // What `pulumi package add` does in a Go program.
    await go("mod", "edit", `-require=${goModule}@v0.0.0`, `-replace=${goModule}=${sdk}`);
    await go("build", "-o", "program", ".");
    await works(await stackOf(folder, { command: () => [path.join(folder, "program")] }));
  });

  it("in Python runs", async function () {
    const sdks = path.join(root, "sdks");
    const python = await pythonWithPulumi();
    if (!python || !(await generateSdks(sdks))) {
      this.skip();
    }
    const folder = copy("python");
    fs.cpSync(
      path.join(sdks, "python", "pulumi_tencentcloud_cwp"),
      path.join(folder, "pulumi_tencentcloud_cwp"),
      {
        recursive: true,
      },
    );
    // The SDK looks up its version in the package that pip would have installed.
    fs.mkdirSync(path.join(folder, "pulumi_tencentcloud_cwp-0.1.0.dist-info"));
    fs.writeFileSync(
      path.join(folder, "pulumi_tencentcloud_cwp-0.1.0.dist-info", "METADATA"),
      "Metadata-Version: 2.1\nName: pulumi_tencentcloud_cwp\nVersion: 0.1.0\n",
    );
    await works(await stackOf(folder, { command: () => [python, path.join(__dirname, "runPython.py")] }));
  });

  it("in TypeScript compiles and runs, with two accounts", async function () {
    const sdks = path.join(root, "sdks");
    if (!(await generateSdks(sdks))) {
      this.skip();
    }
    const folder = copy("typescript-plugin");
    const installed = path.join(folder, "node_modules", "@pulumi");
    fs.mkdirSync(installed, { recursive: true });
    fs.symlinkSync(
      path.join(repository, "node_modules/@pulumi/pulumi"),
      path.join(installed, "pulumi"),
      "junction",
    );
    for (const name of ["typescript", "@types"]) {
      fs.symlinkSync(
        path.join(repository, "node_modules", name),
        path.join(folder, "node_modules", name),
        "junction",
      );
    }
    // What `pulumi package add` does in a Node.js program.
    const sdk = path.join(installed, "tencentcloud-cwp");
    fs.renameSync(path.join(sdks, "nodejs"), sdk);
    await tsc(sdk);
    fs.copyFileSync(path.join(sdk, "package.json"), path.join(sdk, "bin", "package.json"));
    await tsc(folder, "--noEmit");

    const [account, other] = JSON.parse(fs.readFileSync(path.join(folder, "emulator.json"), "utf8")).accounts;
    await emulator.stop();
    emulator = await startEmulator({ syncSeconds: 0, accounts: [account, other], faults: history() });
    const made = await stackOf(folder, {
      config: {
        ...inConfig("plugin", emulator, account),
        "typescript-plugin:prodSecretId": other.secretId,
        "typescript-plugin:prodSecretKey": { value: other.secretKey, secret: true },
      },
    });
    const { outputs } = await made.up();
    assert.deepEqual(Object.keys(outputs).sort(), ["LatestEndTime", "LatestEndTimeOfProd"]);
    const syncs = emulator.requests.filter(({ sync }) => sync).map(({ secretId }) => secretId);
    assert.deepEqual(syncs.sort(), [account.secretId, other.secretId]);
    const state = JSON.stringify(made.exportState());
    assert.ok(![account, other].some(({ secretKey }) => state.includes(`"${secretKey}"`)));
  });

  async function tsc(folder: string, ...options: string[]): Promise<void> {
    const compiler = path.join(repository, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [compiler, "-p", folder, "--skipLibCheck", ...options]).catch((error) =>
      assert.fail(error.stdout ?? error),
    );
  }
});
