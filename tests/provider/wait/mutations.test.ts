import assert from "node:assert/strict";
import { resolve } from "node:path";
import { mutate, mutations, sourcesIn } from "./mutations";

describe("The mutations of the waiting core", () => {
  it("are all still to be made: each finds its place in the sources", () => {
    const sources = sourcesIn(resolve(__dirname, "../../../provider/wait"));
    const gone = mutations.flatMap(({ breaks, edit }) => {
      try {
        mutate(sources, edit);
        return [];
      } catch (error) {
        return [`${breaks}: ${error instanceof Error ? error.message : error}`];
      }
    });
    assert.deepEqual(gone, []);
  });
});
