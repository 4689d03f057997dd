/** This package's own wait, on a world in virtual time. */
import { World } from "../emulator/world/world";
import { parseStatus } from "../provider/cwp/status";
import { SyncLoop } from "../provider/wait/stream/loop";
import { Turns } from "../provider/wait/stream/turns";
import { VirtualClock } from "../tests/virtualClock";
import type { Sighting } from "./schedules";

/** The service's clock at the beginning. A time of 1970 would mean that there has been no sync. */
const BEGUN = Date.UTC(2020, 10, 11);

/**
 * The whole waiting loop on a model of the service, in virtual time: one wait, which finds a sync before it
 * of `before` ms and starts one of `length` ms.
 */
export async function watchByLoop(length: number, before: number | undefined): Promise<Sighting> {
  const clock = new VirtualClock();
  const world = new World({ now: () => BEGUN + clock.now(), syncSeconds: length / 1000 });
  if (before !== undefined) {
    world.startForeignSync(before / 1000);
    await clock.run(before + 60_000);
  }
  let requests = 0;
  const client = {
    syncMachines: async (sync: boolean) => {
      requests += 1;
      const status = parseStatus({ ...world.syncMachines(sync), RequestId: String(requests) });
      return { status, account: "the account" };
    },
  };
  const loop = new SyncLoop(client, { turns: new Turns(clock), clock });
  const seenAt = loop.call({ goal: "finished", timeoutMs: 2 * length + 60_000 }).then(() => clock.now());
  await clock.run();
  const run = world.runs.at(-1);
  if (run === undefined || run.by === "foreign") {
    throw new Error("The waiting loop started no sync.");
  }
  return { at: (await seenAt) - (run.startMs - BEGUN), requests };
}
