import assert from "node:assert/strict";
import { warningsOfOurs } from "./warnings";

describe("The warnings of an installer", () => {
  const ofPulumi = "npm warn deprecated old@1.0.0: of Pulumi's";

  it("are caused by this package if they appeared with it", () => {
    const deprecated = "npm warn deprecated older@1.0.0: of ours";
    assert.deepEqual(
      warningsOfOurs(
        `${ofPulumi}\nadded 300 packages`,
        `${ofPulumi}\n${deprecated}\n[WARN] unmet peer\nadded 3 packages`,
      ),
      [deprecated, "[WARN] unmet peer"],
    );
  });

  it("are not if only their place in pnpm's tree has changed", () => {
    const unmet = '✕ unmet peer "@opentelemetry/api"';
    assert.deepEqual(warningsOfOurs(` │ └── ${unmet}`, ` │ │ ├── ${unmet}\n └── ✕ missing peer react`), [
      "✕ missing peer react",
    ]);
  });

  it("are not if they were there before", () => {
    assert.deepEqual(
      warningsOfOurs(`added 300 packages\n${ofPulumi}\n`, `${ofPulumi}\nadded 3 packages`),
      [],
    );
  });
});
