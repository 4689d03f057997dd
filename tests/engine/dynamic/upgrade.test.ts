import assert from "node:assert/strict";
import * as path from "node:path";
import { type Emulator, startEmulator } from "../../../emulator";
import { inEnvironment } from "../account";
import { output, type ProgramResource } from "../program";
import { TestStack } from "../stack";

/**
 * The state of a stack as version 0.1.0 left it: `machines` has synced, and the wait of `interrupted` timed
 * out, so it holds an unfinished run, which names no account.
 */
const leftBy010 = path.join(__dirname, "states/0.1.0.json");

const machines: ProgramResource = {
  properties: { triggers: ["ins-1", { disks: [1, 2] }], region: "ap-guangzhou" },
  options: { customTimeouts: { create: "20m" } },
};
const interrupted: ProgramResource = { options: { customTimeouts: { create: "3s" } } };

describe("A stack that version 0.1.0 has left", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 1 });
    stack = await TestStack.create({ env: inEnvironment(emulator) });
    await stack.importState(leftBy010);
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  it("gives unknown times to the program in the preview of an update", async () => {
    const { summary } = await stack.preview(`
      const { latestStartTime, triggers } = new cwp.MachineSync("machines", { triggers: ["changed"] });
      triggers.apply((known) => console.log("triggers:", known));
      latestStartTime.apply((known) => console.log("time:", known));`);
    assert.equal(summary.update, 1);
    assert.match(stack.printed, /triggers: \[ 'changed' \]/);
    assert.doesNotMatch(stack.printed, /time:/);
    assert.equal(emulator.requests.length, 0);
  });

  it("syncs once for the unfinished run, since its account is unknown, and for nothing else", async () => {
    const starts = () => emulator.requests.filter(({ sync }) => sync === true).length;
    const { summary, outputs: shown } = await stack.up({
      resources: { machines, interrupted },
      outputs: { machines: output("machines", "machines") },
    });
    assert.deepEqual(summary, { same: 2, update: 1 });
    assert.deepEqual(shown.machines, [], "the state of 0.1.0 has no machines");
    assert.equal(starts(), 1);
    const { outputs } = stack.resource("interrupted") ?? {};
    assert.equal(outputs?.state, "FINISHED");
    assert.equal(outputs.unfinishedRun, undefined);
    await stack.refresh();
    await stack.destroy();
    assert.equal(starts(), 1);
  });
});

/** The state of a stack as the version before 0.2.0 left it, which names no account. */
const leftBefore020 = path.join(__dirname, "states/before-0.2.0.json");

describe("A stack that the version before 0.2.0 has left", function () {
  this.timeout(180_000);

  it("is unchanged by an up, with hosts and without, and is refreshed and destroyed", async () => {
    const emulator = await startEmulator({ syncSeconds: 1 });
    const stack = await TestStack.create({ env: inEnvironment(emulator) });
    try {
      await stack.importState(leftBefore020);
      const { summary } = await stack.up({
        resources: {
          machines: {
            properties: { hosts: ["ins-a"], triggers: ["ins-1", { disks: [1, 2] }] },
            options: { customTimeouts: { create: "20m" } },
          },
          plain: { properties: { region: "ap-guangzhou" } },
        },
      });
      assert.deepEqual(summary, { same: 3 });
      assert.equal(emulator.requests.length, 0);
      await stack.refresh();
      await stack.destroy();
      assert.ok(emulator.requests.every(({ sync }) => sync !== true));
    } finally {
      await stack.remove();
      await emulator.stop();
    }
  });
});
