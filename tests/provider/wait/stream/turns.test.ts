import assert from "node:assert/strict";
import { CLOSEST_MS } from "../../../../provider/wait/run/schedule";
import { Turns } from "../../../../provider/wait/stream/turns";
import { VirtualClock } from "../../../virtualClock";

describe("The turns of a process", () => {
  async function turnsAt(arrivals: readonly number[]): Promise<number[]> {
    const clock = new VirtualClock();
    const turns = new Turns(clock);
    const at: number[] = [];
    const all = arrivals.map(async (arrival) => {
      await clock.sleep(arrival);
      await turns.turn();
      at.push(clock.now());
    });
    await clock.run();
    await Promise.all(all);
    return at;
  }

  it("begin at once at first, and after a long pause", async () => {
    assert.deepEqual(await turnsAt([0, 5_000]), [0, 5_000]);
  });

  it("are spaced out for requests that arrive together, in their order", async () => {
    assert.deepEqual(
      await turnsAt([0, 0, 0, 0]),
      [0, 1, 2, 3].map((n) => n * CLOSEST_MS),
    );
  });

  it("delay an early request for the rest of the gap only", async () => {
    assert.deepEqual(await turnsAt([0, 30]), [0, CLOSEST_MS]);
  });

  it("follow at half of the API's 20 requests a second", async () => {
    const turns = await turnsAt(Array.from({ length: 100 }, () => 0));
    for (const [i, turn] of turns.entries()) {
      assert.ok(turn - (turns[i - 10] ?? Number.NEGATIVE_INFINITY) >= 1_000);
    }
  });
});
