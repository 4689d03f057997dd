import assert from "node:assert/strict";
import { plural, wrapped } from "../../../scripts/demo/text";

describe("A sentence of the demo", () => {
  it("is wrapped at the width of the terminal, wherever the source breaks it", () => {
    assert.equal(wrapped("one two\n      three four", 9), "one two\nthree\nfour");
    assert.equal(wrapped("one two", 80), "one two");
    assert.equal(wrapped("averylongword b", 5), "averylongword\nb");
  });

  it("has no plural of one", () => {
    assert.deepEqual(
      [0, 1, 2].map((count) => plural(count, "request")),
      ["no request", "1 request", "2 requests"],
    );
  });
});
