import assert from "node:assert/strict";
import * as fs from "node:fs";
import { type Emulator, startEmulator } from "../../../emulator";
import { history } from "../../history";
import { inEnvironment } from "../account";
import { TestStack } from "../stack";

describe("A mistake in a program", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  before(async () => {
    emulator = await startEmulator({ syncSeconds: 0, faults: history() });
    stack = await TestStack.create({ env: inEnvironment(emulator) });
  });
  after(async () => {
    await stack.remove();
    await emulator.stop();
  });
  beforeEach(() => emulator.clearRequests());

  /** The whole output of an up that must fail within seconds, before it sends anything. */
  async function saidBy(program: string): Promise<string> {
    const started = performance.now();
    const { stdout, stderr } = await stack.up(program, { expectFailure: true });
    assert.ok(performance.now() - started < 20_000, "it took too long");
    assert.deepEqual(emulator.requests, []);
    return stdout + stderr;
  }

  const mistakes: readonly [title: string, program: string, says: string][] = [
    [
      "a Date among the triggers",
      'new cwp.MachineSync("machines", { triggers: ["a", { since: new Date() }] });',
      'MachineSync "machines" cannot use its triggers: triggers[1].since is a Date: give its text, as by toISOString().',
    ],
    [
      "a Map that is known later",
      'new cwp.MachineSync("machines", { triggers: [pulumi.output("a").apply(() => new Map())] });',
      'MachineSync "machines" cannot use its triggers: triggers[0] is a Map: give a list, as by Array.from().',
    ],
  ];
  for (const [title, program, says] of mistakes) {
    it(`is reported: ${title}`, async () => {
      const said = await saidBy(program);
      assert.ok(said.includes(says), said);
      assert.doesNotMatch(said, /\n\s+at .*:\d+:\d+/, "a stack trace");
      assert.deepEqual(stack.machineSyncs(), []);
    });
  }

  it("is none: a resource or a component among the triggers counts as itself, and a secret stays secret", async () => {
    const { outputs } = await stack.up(`
      const group = new pulumi.ComponentResource("examples:index:Group", "group");
      const first = new cwp.MachineSync("first");
      new cwp.MachineSync("second", { triggers: [first, group, { of: pulumi.output(first) }] });
      new cwp.MachineSync("third", { triggers: ["a", pulumi.secret("the-secret-value")] });
      exports.id = first.id;
      exports.urn = group.urn;
    `);
    const kept = stack.resource("second");
    assert.deepEqual(kept?.outputs?.triggers, [outputs.id, outputs.urn, { of: outputs.id }]);
    assert.ok(!fs.readFileSync(stack.stateFile, "utf8").includes("the-secret-value"));
  });

  it("is none: a refresh does not see keys that were replaced in the config, and says so", async () => {
    await stack.up('new cwp.MachineSync("machines");');
    emulator.inject({ error: "AuthFailure.SecretIdNotFound" }, { times: 1_000 });
    const { stdout } = await stack.refresh({ expectFailure: true });
    assert.match(
      stdout,
      /AuthFailure\.SecretIdNotFound: .* if it has changed since, run "pulumi refresh --run-program"\./,
    );
    assert.doesNotMatch(stdout, /\n\s+at .*:\d+:\d+/, "a stack trace");
  });
});
