import assert from "node:assert/strict";
import { type Emulator, emulatorAccount, startEmulator } from "../../emulator";
import { inConfig } from "./account";
import { oneSync } from "./program";
import { type EntryPoint, type OperationResult, TestStack } from "./stack";

for (const entryPoint of ["dynamic", "plugin"] as const satisfies EntryPoint[]) {
  describe(`A MachineSync at debug level, by the ${entryPoint}`, function () {
    this.timeout(180_000);

    let emulator: Emulator;
    let stack: TestStack;

    beforeEach(async () => {
      emulator = await startEmulator({ syncSeconds: 0.5 });
      stack = await TestStack.create({ entryPoint, config: inConfig(entryPoint, emulator) });
    });
    afterEach(async () => {
      await stack.remove();
      await emulator.stop();
    });

    /** The lines at debug level on the row of the resource. */
    const linesOf = ({ events }: OperationResult): string[] =>
      events
        .flatMap(({ diagnosticEvent }) => diagnosticEvent ?? [])
        .filter(({ severity, urn }) => String(severity) === "debug" && urn === stack.machineSyncs()[0]?.urn)
        .map(({ message }) => message.trim())
        .filter((message) => message.startsWith("CWP "));

    it("shows a line for each answer with --debug, and none without", async () => {
      const shown = await stack.up(oneSync(), { args: ["--debug"] });
      const lines = linesOf(shown);
      assert.equal(lines.length, emulator.requests.length);
      for (const [i, { sync, answer, requestId }] of emulator.requests.entries()) {
        const line = lines[i] ?? "";
        assert.ok(line.startsWith(`CWP ${sync ? "start" : "poll"}, `), line);
        assert.ok(line.includes(`: ${answer}, started `) && line.includes(`(RequestId ${requestId})`), line);
      }
      assert.match(lines[0] ?? "", /Baseline: no sync\.$/);
      assert.match(lines.at(-1) ?? "", /Ended: the sync started [-\d]{10} [:\d]{8}\.$/);
      assert.ok(lines.every((line) => !line.includes(emulatorAccount.secretKey)));

      emulator.clearRequests();
      const quiet = await stack.up(oneSync({ triggers: [1] }));
      assert.ok(emulator.requests.length > 0);
      assert.match(shown.stdout, /debug: CWP poll, /);
      assert.doesNotMatch(quiet.stdout, /CWP (poll|start)/);
    });
  });
}
