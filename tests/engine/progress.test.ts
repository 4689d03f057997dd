import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { DiagnosticEvent } from "@pulumi/pulumi/automation";
import { type Emulator, emulatorAccount, startEmulator } from "../../emulator";
import { MachineSync } from "../../sdk";
import { type OperationResult, TestStack } from "./stack";

/** What was told on the row of a resource. */
function told({ events }: OperationResult, urn: string | undefined): DiagnosticEvent[] {
  assert.ok(urn);
  return events.flatMap(({ diagnosticEvent }) => diagnosticEvent ?? []).filter((told) => told.urn === urn);
}

const texts = (messages: DiagnosticEvent[], ephemeral: boolean) =>
  messages.filter((one) => (one.ephemeral ?? false) === ephemeral).map(({ message }) => message.trim());

describe("A MachineSync at the terminal", function () {
  this.timeout(60_000);

  let emulator: Emulator;
  let stack: TestStack;

  const urnOf = (name: string) =>
    stack.exportState().resources?.find(({ urn }) => urn.endsWith(`MachineSync::${name}`))?.urn;

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 6 });
    stack = await TestStack.create({
      config: {
        "tencentcloud-cwp:endpoint": emulator.url,
        "tencentcloud:secretId": emulatorAccount.secretId,
        "tencentcloud:secretKey": { value: emulatorAccount.secretKey, secret: true },
      },
    });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  it("shows on its own row what it waits for, and leaves one line", async () => {
    const program = async () => {
      const outer = new pulumi.ComponentResource("examples:index:Outer", "outer");
      const inner = new pulumi.ComponentResource("examples:index:Inner", "inner", {}, { parent: outer });
      new MachineSync("alone");
      new MachineSync("grouped", {}, { parent: inner });
    };
    const result = await stack.up(program, {
      // Long enough to be going still when the resources ask.
      onStart: () => emulator.world().startForeignSync(10),
    });

    const rows = [told(result, urnOf("alone")), told(result, urnOf("grouped"))];
    for (const row of rows) {
      const [waiting, starting, ...syncing] = texts(row, true);
      assert.match(waiting ?? "", /^\[1\/3\] Waiting for a running sync to end \(since \d\d:\d\d:\d\d\)$/);
      assert.equal(starting, "[2/3] Starting a sync");
      assert.equal(syncing[0], "[3/3] Syncing machines, 0 s of about 10 s");
      assert.match(syncing[1] ?? "", /^\[3\/3\] Syncing machines, 5 s of about 10 s$/);
    }
    const [summary, ...more] = rows.flatMap((row) => texts(row, false));
    assert.match(
      summary ?? "",
      /^Machines synced from \d\d:\d\d:\d\d to \d\d:\d\d:\d\d \(6 s\), for 2 resources\.$/,
    );
    assert.deepEqual(more, []);
    const diagnostics = result.stdout.slice(result.stdout.indexOf("Diagnostics:"));
    assert.doesNotMatch(diagnostics, /\[\d\/\d\]/);
  });

  it("warns once of a trigger that is repeated, and the warning stays", async () => {
    emulator.setSyncSeconds(0);
    emulator.setFaults({ deafTriggers: 1 });
    const result = await stack.up(async () => {
      new MachineSync("first");
      new MachineSync("second");
    });
    const messages = [...told(result, urnOf("first")), ...told(result, urnOf("second"))];
    const [warning, ...more] = messages.filter(({ severity }) => severity === "warning");
    assert.deepEqual([warning?.ephemeral ?? false, more], [false, []]);
    assert.match(
      warning?.message ?? "",
      /^No sync has shown in \d+ s since CWP was asked for one: asking again \(2 of 3\)\.\s*$/,
    );
  });

  it("shows nothing in a preview and in a refresh, and its URN in neither", async () => {
    emulator.setSyncSeconds(0);
    const program = async () => {
      new MachineSync("machines");
    };
    const preview = await stack.preview(program, { args: ["--diff"] });
    await stack.up(program);
    const refresh = await stack.refresh();
    const urn = urnOf("machines");
    assert.deepEqual([...told(preview, urn), ...told(refresh, urn)], []);
    assert.doesNotMatch(preview.stdout + refresh.stdout, /__urn/);
  });
});
