import assert from "node:assert/strict";
import { Pace } from "../../../provider/wait/pace";
import { CLOSEST_MS } from "../../../provider/wait/schedule";
import { VirtualClock } from "../../virtualClock";

describe("The pace", () => {
  async function turnsAt(arrivals: readonly number[]): Promise<number[]> {
    const clock = new VirtualClock();
    const pace = new Pace(clock);
    const turns: number[] = [];
    const all = arrivals.map(async (at) => {
      await clock.sleep(at);
      await pace.turn();
      turns.push(clock.now());
    });
    await clock.run();
    await Promise.all(all);
    return turns;
  }

  it("gives the first turn at once, and one after a long pause", async () => {
    assert.deepEqual(await turnsAt([0, 5_000]), [0, 5_000]);
  });

  it("spaces out those who come together, first come first served", async () => {
    assert.deepEqual(
      await turnsAt([0, 0, 0, 0]),
      [0, 1, 2, 3].map((n) => n * CLOSEST_MS),
    );
  });

  it("makes who comes too soon wait for the rest only", async () => {
    assert.deepEqual(await turnsAt([0, 30]), [0, CLOSEST_MS]);
  });

  it("stays at half of the API's 20 requests a second", async () => {
    const turns = await turnsAt(Array.from({ length: 100 }, () => 0));
    for (const [i, turn] of turns.entries()) {
      assert.ok(turn - (turns[i - 10] ?? Number.NEGATIVE_INFINITY) >= 1_000);
    }
  });
});
