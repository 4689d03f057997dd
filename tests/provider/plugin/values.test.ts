import assert from "node:assert/strict";
import { hasNewSecret, isUnknown, rewrap, unwrapAll } from "../../../provider/plugin/values";
import { secret, unknown } from "./plugin";

const KIND = "4dabf18193072939515e22adb298388d";
const output = (value?: unknown) => ({
  [KIND]: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  ...(value !== undefined && { value }),
});
/** The mark of a truth value that is not known. */
const unknownBool = "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7";

describe("The properties of a resource as the engine wraps them", () => {
  it("are plain to the core, however deep they are wrapped", () => {
    assert.deepEqual(
      unwrapAll({ a: secret("x"), b: [output(secret([1, null]))], c: { d: output(2) }, e: true }),
      { a: "x", b: [[1, null]], c: { d: 2 }, e: true },
    );
  });

  it("have one value for what is not known, of whatever type", () => {
    assert.ok(isUnknown(unknown) && isUnknown(unknownBool) && !isUnknown("unknown"));
    assert.deepEqual(unwrapAll({ a: unknownBool, b: [secret(unknownBool)], c: output() }), {
      a: unknown,
      b: [unknown],
      c: unknown,
    });
  });

  it("stay wrapped in the state where the core has not changed them, and only there", () => {
    const wrapped = { a: secret("x"), b: secret("y"), c: output(1), gone: secret("z") };
    assert.deepEqual(rewrap({ a: "x", b: "another", c: 1, d: 2 }, wrapped), {
      a: secret("x"),
      b: "another",
      c: output(1),
      d: 2,
    });
  });
});

describe("A value that has become secret", () => {
  for (const [title, before, after, isHidden] of [
    ["as a whole", "a", secret("a"), true],
    ["in a list beside another", ["a", "b"], ["a", secret("b")], true],
    ["in an object beside another", { a: 1, b: 2 }, { a: 1, b: secret(2) }, true],
    ["deep inside", [{ a: ["b"] }], [{ a: [secret("b")] }], true],
    ["in no part", ["a", { b: 1 }], ["a", { b: 1 }], false],
    ["that was one before", secret("a"), secret("a"), false],
    ["within what was one before", secret(["a"]), [secret("a")], false],
    ["no longer", secret("a"), "a", false],
    ["in a list that was no list", "a", [secret("a")], false],
    ["in an object that was no object", "a", { a: secret("a") }, false],
    ["in a list that is no list any more", ["a"], "a", false],
  ] as const) {
    it(`${title} is ${isHidden ? "seen" : "none"}`, () =>
      assert.equal(hasNewSecret(before, after), isHidden));
  }
});
