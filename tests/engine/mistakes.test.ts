import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Emulator, emulatorAccount, startEmulator } from "../../emulator";
import { TestStack } from "./stack";

const repository = path.resolve(__dirname, "../..");

/** Programs run in a process of their own, as a user's do, since Pulumi words their errors there. */
describe("A mistake in a program", function () {
  this.timeout(60_000);

  let root: string;
  let emulator: Emulator;
  let stack: TestStack;

  before(async () => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-mistakes-")));
    fs.writeFileSync(path.join(root, "Pulumi.yaml"), "name: mistakes\nruntime: nodejs\n");
    fs.writeFileSync(path.join(root, "package.json"), "{}");
    fs.symlinkSync(path.join(repository, "node_modules"), path.join(root, "node_modules"), "junction");
    emulator = await startEmulator({ syncSeconds: 0 });
    stack = await TestStack.create({
      folder: root,
      env: {
        TENCENTCLOUD_CWP_ENDPOINT: emulator.url,
        TENCENTCLOUD_SECRET_ID: emulatorAccount.secretId,
        TENCENTCLOUD_SECRET_KEY: emulatorAccount.secretKey,
      },
    });
  });
  after(async () => {
    await stack.remove();
    await emulator.stop();
    fs.rmSync(root, { recursive: true, force: true });
  });
  beforeEach(() => emulator.clearRequests());

  function write(program: string): void {
    const head =
      'const pulumi = require("@pulumi/pulumi");\nconst cwp = require("pulumi-tencentcloud-cwp");\n';
    fs.writeFileSync(path.join(root, "index.js"), head + program);
  }

  /** All that the terminal shows of an up that must fail, with nothing sent and within seconds. */
  async function saidBy(program: string): Promise<string> {
    write(program);
    const started = performance.now();
    const { stdout, stderr } = await stack.up(undefined, { expectFailure: true });
    assert.ok(performance.now() - started < 20_000, "it took too long");
    assert.deepEqual(emulator.requests, []);
    return stdout + stderr;
  }

  const mistakes: readonly [title: string, program: string, says: string][] = [
    [
      "a Date among the triggers",
      'new cwp.MachineSync("machines", { triggers: ["a", { since: new Date() }] });',
      "MachineSync cannot use its triggers: triggers[1].since is a Date: give its text, as by toISOString().",
    ],
    [
      "a Map that comes later",
      'new cwp.MachineSync("machines", { triggers: [pulumi.output("a").apply(() => new Map())] });',
      "MachineSync cannot use its triggers: triggers[0] is a Map: give a list, as by Array.from().",
    ],
    [
      "a Set that a promise brings",
      'new cwp.MachineSync("machines", { triggers: [Promise.resolve(new Set())] });',
      "MachineSync cannot use its triggers: triggers[0] is a Set: give a list, as by Array.from().",
    ],
    [
      "a Date in an output",
      'new cwp.MachineSync("machines", { triggers: [pulumi.secret(new Date())] });',
      "MachineSync cannot use its triggers: triggers[0] is an empty object, which is what pulumi.output() makes of a Date,",
    ],
    [
      "a timeout that is no duration",
      'new cwp.MachineSync("machines", {}, { customTimeouts: { create: "20 min" } });',
      'customTimeouts.create must be a duration above zero such as "20m" or "1h30m", not "20 min".',
    ],
    [
      "a provider of another package",
      `class Provider extends pulumi.ProviderResource {}
       const provider = new Provider("pulumi-nodejs", "mine", {});
       new cwp.MachineSync("machines", {}, { provider });`,
      "MachineSync takes no option provider: ",
    ],
    [
      "the package within a bundle",
      // The shim as esbuild bundles it: each require has become the call of a function of the bundle.
      `
      const Module = require("node:module");
      const file = require.resolve("pulumi-tencentcloud-cwp").replace("index.js", "shim.js");
      const text = require("node:fs").readFileSync(file, "utf8");
      const shim = new Module(file);
      const bundled = text.replaceAll('require("pulumi-tencentcloud-cwp/provider")', "require_provider()");
      shim._compile("const require_provider = () => 0;" + bundled, file);
      Object.assign(require(file), shim.exports);
      new cwp.MachineSync("machines");`,
      "pulumi-tencentcloud-cwp does not work inside a bundle: leave it external,",
    ],
  ];
  for (const [title, program, says] of mistakes) {
    it(`is told: ${title}`, async () => {
      const said = await saidBy(program);
      assert.ok(said.includes(says), said);
      assert.doesNotMatch(said, /\n\s+at .*:\d+:\d+/, "a stack trace");
      assert.deepEqual(
        stack.exportState().resources?.filter(({ type }) => type.endsWith(":MachineSync")) ?? [],
        [],
      );
    });
  }

  it("is none: a resource or a component among the triggers stands for itself, and a secret stays one", async () => {
    write(`
      const group = new pulumi.ComponentResource("examples:index:Group", "group");
      const first = new cwp.MachineSync("first");
      new cwp.MachineSync("second", { triggers: [first, group, { of: pulumi.output(first) }] });
      new cwp.MachineSync("third", { triggers: ["a", pulumi.secret("the-secret-trigger")] });
      exports.id = first.id;
      exports.urn = group.urn;
    `);
    const { outputs } = await stack.up();
    const kept = stack.exportState().resources?.find(({ urn }) => urn.endsWith("::second"));
    assert.deepEqual(kept?.outputs?.triggers, [outputs.id, outputs.urn, { of: outputs.id }]);
    assert.ok(!fs.readFileSync(stack.stateFile, "utf8").includes("the-secret-trigger"));
    assert.deepEqual((await stack.up()).summary, { same: 5 });
  });

  it("or none: keys that were replaced in the config are not seen by a refresh, which says so", async () => {
    write('new cwp.MachineSync("machines");');
    await stack.up();
    emulator.inject({ error: "AuthFailure.SecretIdNotFound" }, { times: 1_000 });
    const { stdout } = await stack.refresh({ expectFailure: true });
    assert.match(
      stdout,
      /AuthFailure\.SecretIdNotFound: .* if it has changed since, run "pulumi refresh --run-program"\./,
    );
    assert.doesNotMatch(stdout, /\n\s+at .*:\d+:\d+/, "a stack trace");
  });
});
