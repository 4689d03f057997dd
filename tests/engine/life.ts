import assert from "node:assert/strict";
import { type Emulator, emulatorAccount, startEmulator } from "../../emulator";
import { inConfig } from "./account";
import { nextUpSyncs, underWay } from "./interrupted";
import { manySyncs, oneSync, type Program, secret } from "./program";
import { type EntryPoint, type OperationOptions, type OperationResult, TestStack } from "./stack";
import { until } from "./until";

/** The promises of both entry points, on the real engine. */
export function testLife(entryPoint: EntryPoint): void {
  describe(`A MachineSync by the ${entryPoint === "plugin" ? "plugin" : "dynamic resource"}`, function () {
    this.timeout(180_000);

    let emulator: Emulator;
    let stack: TestStack;

    const starts = () => emulator.requests.filter(({ sync }) => sync === true).length;
    const machines = () => stack.resource("machines");

    beforeEach(async () => {
      emulator = await startEmulator({ syncSeconds: 1 });
      stack = await TestStack.create({ entryPoint, config: inConfig(entryPoint, emulator) });
    });
    afterEach(async () => {
      const left = stack.providerPids();
      await stack.remove();
      await emulator.stop();
      assert.deepEqual(left, [], "a provider process was left running");
    });

    /** The message of an up that must fail, in words and not as a trace. */
    async function saidBy(program: Program, options: OperationOptions = {}): Promise<string> {
      const failed = await stack.up(program, { ...options, expectFailure: true });
      const { errors, stdout, stderr } = failed;
      assert.doesNotMatch(stdout + stderr, /\n\s+at .*:\d+:\d+/, "a stack trace");
      assert.ok(!(stdout + stderr).includes(emulatorAccount.secretKey), "it shows the secret key");
      return errors.join("\n");
    }

    /** The messages on the row of a MachineSync. */
    const rowOf = ({ events }: OperationResult) =>
      events
        .flatMap(({ diagnosticEvent }) => diagnosticEvent ?? [])
        .filter(({ urn }) => urn?.includes("Sync::"));

    it("lives a whole life with no request that is not needed", async () => {
      emulator.world().startForeignSync(1);
      emulator.advance(60);
      const before = emulator.world().syncMachines(false);
      assert.equal(before.State, "FINISHED");

      const preview = await stack.preview(oneSync({ triggers: ["a", { b: [1, true, null] }] }));
      assert.equal(emulator.requests.length, 0);
      assert.match(preview.stdout, /latestStartTime\s*: (output<string>|\[unknown\])/);
      assert.deepEqual(rowOf(preview), []);

      const { outputs } = await stack.up();
      assert.equal(starts(), 1);
      const [, ours] = emulator.world().runs;
      assert.ok(ours && ours.endMs <= Number(emulator.requests.at(-1)?.at), "the sync had not ended");
      assert.equal(outputs.state, "FINISHED");
      assert.equal(outputs.durationSeconds, 1);
      assert.ok(String(outputs.latestStartTime) > before.LatestStartTime, "the times are the earlier sync's");
      assert.equal(outputs.requestId, emulator.requests.at(-1)?.requestId);

      emulator.advance(60);
      emulator.world().startForeignSync(1);
      emulator.advance(60);
      emulator.clearRequests();
      assert.deepEqual(rowOf(await stack.refresh()), []);
      assert.deepEqual(
        emulator.requests.map(({ sync }) => sync),
        [false],
      );
      const { LatestStartTime } = emulator.world().syncMachines(false);
      assert.equal(machines()?.outputs?.latestStartTime, LatestStartTime);

      emulator.clearRequests();
      const same = oneSync(
        { triggers: ["a", { b: [1, true, null] }], skipAwait: true },
        { customTimeouts: { create: "7m" } },
      );
      assert.deepEqual((await stack.up(same)).summary, { same: 2 });
      const changed = oneSync({ triggers: ["a", { b: [2, true, null] }] });
      assert.equal((await stack.preview(changed)).summary.update, 1);
      assert.equal(emulator.requests.length, 0);
      assert.equal((await stack.up()).summary.update, 1);
      assert.equal(starts(), 1);

      emulator.clearRequests();
      await emulator.stop();
      await stack.destroy();
      assert.equal(emulator.requests.length, 0);
      assert.equal(machines(), undefined);
    });

    it("stays in the state if it times out, keeps its secrets, says what to do, and continues with the same sync", async () => {
      emulator.setSyncSeconds(600);
      const triggers = ["a", secret("the-hidden-value")];
      // It leaves room: on a busy machine seconds pass before the sync is started.
      const short = oneSync({ triggers }, { customTimeouts: { create: "8s" } });
      const assertHidden = () => {
        const state = JSON.stringify(stack.exportState());
        const shown = ["the-hidden-value", emulatorAccount.secretKey].filter((text) => state.includes(text));
        assert.deepEqual(shown, []);
      };
      assert.match(
        await saidBy(short),
        /did not finish within 8 s: the last of \d+ answers was SYNCING, started .*RequestId .*Run "pulumi up" again to continue waiting for the same sync, or allow more time with customTimeouts/,
      );
      const kept = machines();
      assert.ok(kept?.id && kept.initErrors?.length);
      assertHidden();
      // This clears the engine's own mark.
      await stack.refresh();
      assertHidden();
      emulator.advance(600);
      const { summary, outputs } = await stack.up();
      assert.equal(summary.update, 1);
      assert.equal(outputs.durationSeconds, 600);
      assert.equal(starts(), 1, "the sync in progress was started again");
      assert.equal(machines()?.initErrors, undefined);
      assert.equal(machines()?.outputs?.unfinishedRun, undefined);
      assertHidden();
    });

    it("puts nothing into the state if it fails before a sync was started", async () => {
      const namespace = entryPoint === "plugin" ? "tencentcloud-cwp" : "tencentcloud";
      await stack.setConfig(`${namespace}:secretKey`, "the-wrong-key");
      const said = await saidBy(oneSync());
      assert.match(said, /AuthFailure\.SignatureFailure: .*RequestId [0-9a-f-]{36}\)/);
      assert.ok(said.includes(`${namespace}:secretKey`), said);
      assert.ok(!said.includes("the-wrong-key"));
      assert.equal(machines(), undefined);
      assert.equal(starts(), 0);
    });

    /**
     * The first answer is late, so that all waits of a program have begun before the first one can start a sync,
     * which would not count for the others.
     */
    const answerLate = () => emulator.inject({ delaySeconds: 2 }, { on: "read" });

    /** True if the state has the resource. The engine may be writing it. */
    function isInState(name: string): boolean {
      try {
        return stack.resource(name) !== undefined;
      } catch {
        return false;
      }
    }

    it("shares one sync with four others, and fails alone when its time is short", async () => {
      emulator.setSyncSeconds(600);
      answerLate();
      const impatient = { customTimeouts: { create: "10s" } };
      const many = manySyncs(5, (index) => (index === 0 ? impatient : {}));
      const failing = saidBy(many);
      // The sync ends once the first wait has failed, which the state shows.
      await until(() => isInState("machines0"));
      emulator.advance(600);
      const said = await failing;
      assert.equal(said.match(/did not finish within 10 s/g)?.length, 1, said);
      const states = stack.machineSyncs().map(({ urn, outputs }) => [urn.split("::").at(-1), outputs?.state]);
      assert.deepEqual(
        Object.fromEntries(states),
        Object.fromEntries(
          Object.keys(many.resources ?? {}).map((name, index) => [
            name,
            index === 0 ? "SYNCING" : "FINISHED",
          ]),
        ),
      );
      assert.equal(starts(), 1);
      assert.ok(emulator.requests.length < 40, `${emulator.requests.length} requests`);
    });

    it("costs one sync for twenty resources if Pulumi works on all at a time, and at most three if on eight", async () => {
      for (const [count, parallel, most] of [
        [20, 20, 1],
        [20, 8, 3],
      ] as const) {
        emulator.clearRequests();
        answerLate();
        await stack.up(manySyncs(count), { parallel });
        assert.ok(starts() <= most, `${starts()} syncs for ${count}, of which ${parallel} at a time`);
        await stack.destroy();
      }
    });

    it("leaves no process when the CLI is killed, and the next up works after pulumi cancel", async () => {
      emulator.setSyncSeconds(600);
      const up = stack.up(oneSync(), { expectFailure: true });
      await underWay(emulator);
      stack.cli?.kill("SIGKILL");
      await up;
      // If it did not notice, it would live as long as the sync.
      await until(() => stack.providerPids().length === 0);
      const pending = stack.exportState().pending_operations?.map(({ type }) => type);
      assert.deepEqual(pending, ["creating"]);
      // As Pulumi itself asks: the file backend's lock outlives the CLI that held it.
      await stack.cancel();
      await nextUpSyncs(stack, emulator);
    });
  });
}
