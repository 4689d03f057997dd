import assert from "node:assert/strict";
import type { DiagnosticEvent } from "@pulumi/pulumi/automation";
import { type Emulator, startEmulator } from "../../../emulator";
import { inConfig } from "../account";
import { manySyncs } from "../program";
import { type OperationResult, TestStack } from "../stack";

/** The messages on the row of a resource. */
function shownOn({ events }: OperationResult, urn: string | undefined): DiagnosticEvent[] {
  assert.ok(urn);
  return events
    .flatMap(({ diagnosticEvent }) => diagnosticEvent ?? [])
    .filter((event) => event.urn === urn && String(event.severity) !== "debug");
}

const texts = (messages: DiagnosticEvent[], ephemeral: boolean) =>
  messages.filter((one) => (one.ephemeral ?? false) === ephemeral).map(({ message }) => message.trim());

describe("A MachineSync at the terminal", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  const urnOf = (name: string) => stack.resource(name)?.urn;

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 6 });
    stack = await TestStack.create({ config: inConfig("dynamic", emulator) });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  it("shows its progress on its own row, and leaves one line", async () => {
    const program = `
      const outer = new pulumi.ComponentResource("examples:index:Outer", "outer");
      const inner = new pulumi.ComponentResource("examples:index:Inner", "inner", {}, { parent: outer });
      new cwp.MachineSync("alone");
      new cwp.MachineSync("grouped", {}, { parent: inner });`;
    emulator.world().startForeignSync(120);
    let printed = "";
    const result = await stack.up(program, {
      onOutput(text) {
        printed += text;
        const both = [/alone creating \(\d+s\) after/, /grouped creating \(\d+s\) after/].every((row) =>
          row.test(printed),
        );
        const [foreign, ...ours] = emulator.world().runs;
        if (foreign && ours.length === 0 && both) {
          printed = "";
          // It ends when both have waited for longer than an answer may lag behind.
          emulator.advance((foreign.endMs - Date.now()) / 1000 - 7);
        }
      },
    });

    const rows = [shownOn(result, urnOf("alone")), shownOn(result, urnOf("grouped"))];
    for (const row of rows) {
      assert.deepEqual(texts(row, true), ["after another sync", "starting", "2 min left"]);
    }
    const [summary, ...more] = rows.flatMap((row) => texts(row, false));
    assert.match(
      summary ?? "",
      /^Machines synced from \d\d:\d\d:\d\d to \d\d:\d\d:\d\d \(6 s\), for 2 resources\.$/,
    );
    assert.deepEqual(more, []);
    const diagnostics = result.stdout.slice(result.stdout.indexOf("Diagnostics:"));
    assert.doesNotMatch(diagnostics, / left$|starting|another sync/m);
  });

  it("warns once of a repeated start, and the warning stays", async () => {
    // A history: else the end of a sync that takes no time is known only ten seconds later.
    emulator.world().startForeignSync(2);
    emulator.advance(60);
    emulator.setSyncSeconds(0);
    emulator.setFaults({ deafTriggers: 1 });
    const result = await stack.up(manySyncs(2));
    const messages = [...shownOn(result, urnOf("machines0")), ...shownOn(result, urnOf("machines1"))];
    const [warning, ...more] = messages.filter(({ severity }) => severity === "warning");
    assert.deepEqual([warning?.ephemeral ?? false, more], [false, []]);
    assert.match(
      warning?.message ?? "",
      /^No sync has shown in \d+ s since CWP was asked for one: asking again \(2 of 3\)\.\s*$/,
    );
  });
});
