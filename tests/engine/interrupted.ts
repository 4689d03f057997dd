/** Waits that end in the middle, and the up after them. */
import assert from "node:assert/strict";
import type { Emulator } from "../../emulator";
import type { TestStack } from "./stack";
import { until } from "./until";

const starts = ({ requests }: Emulator) => requests.filter(({ sync }) => sync === true).length;

/** Resolves once the first sync has been started and polled. */
export async function underWay(emulator: Emulator): Promise<void> {
  await until(() => emulator.requests.length >= 4);
  assert.equal(starts(emulator), 1);
}

/** Makes CWP refuse the poll after the first one that shows the sync: so the up fails, and leaves its run. */
export function refuseAfterStart(emulator: Emulator): void {
  emulator.setSyncSeconds(600);
  emulator.inject({ error: "UnauthorizedOperation" }, { on: "read", after: 2 });
}

/** The next up waits for the sync of the one that was killed, which takes ten minutes, and then has its own. */
export async function nextUpSyncs(stack: TestStack, emulator: Emulator): Promise<void> {
  emulator.clearRequests();
  emulator.advance(600);
  emulator.setSyncSeconds(1);
  const { outputs } = await stack.up();
  const [interrupted, own] = emulator.world().runs;
  assert.ok(interrupted && own && own.startMs >= interrupted.endMs);
  assert.equal(outputs.durationSeconds, 1);
  assert.equal(starts(emulator), 1);
}
