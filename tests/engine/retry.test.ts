import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../emulator";
import { history } from "../history";
import { inEnvironment } from "./account";
import { refuseAfterStart } from "./interrupted";
import { TestStack } from "./stack";
import { until } from "./until";

/** A MachineSync, and a hook that retries after a second. */
const program = (type: string, triggers: readonly string[]) => `
class PluginSync extends pulumi.CustomResource {
  constructor(name, args, options) {
    super("tencentcloud-cwp:index:MachineSync", name, { durationSeconds: undefined, ...args }, options);
  }
}
const again = new pulumi.ErrorHook("again", async () => {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return true;
});
const sync = new ${type}("machines", { triggers: ${JSON.stringify(triggers)} }, {
  hooks: { onError: [again] },
});
exports.durationSeconds = sync.durationSeconds;
`;

describe("A MachineSync that a hook of the program retries", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  const starts = () => emulator.requests.filter(({ sync }) => sync === true).length;

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 600, faults: history() });
    stack = await TestStack.create({ env: inEnvironment(emulator) });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  for (const [entryPoint, type] of [
    ["dynamic resource", "cwp.MachineSync"],
    ["plugin", "PluginSync"],
  ] as const) {
    it(`continues with the sync that the failed try has started, in a create and in an update, by the ${entryPoint}`, async () => {
      for (const triggers of [["a"], ["b"]]) {
        emulator.clearRequests();
        refuseAfterStart(emulator);
        const up = stack.up(program(type, triggers));
        await until(() => emulator.requests.some(({ answer }) => answer === "UnauthorizedOperation"));
        emulator.advance(600);
        const { outputs, stdout } = await up;
        assert.match(stdout, /retrying (create|update) due to on-error hook request/);
        assert.equal(outputs.durationSeconds, 600);
        assert.equal(starts(), 1);
      }
      assert.equal(stack.resource("machines")?.outputs?.unfinishedRun, undefined);
    });

    it(`stays in the state with its sync if a retry fails before it has an answer, by the ${entryPoint}`, async () => {
      emulator.inject({ error: "UnauthorizedOperation" }, { on: "read", after: 2, times: 99 });
      const failing = program(type, ["a"]).replace(
        "return true",
        "return (globalThis.tries = (globalThis.tries ?? 0) + 1) < 2",
      );
      await stack.up(failing, { expectFailure: true });
      assert.ok(stack.resource("machines")?.outputs?.unfinishedRun, "the run is lost");
      assert.equal(starts(), 1);
    });
  }
});
