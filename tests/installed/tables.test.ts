import assert from "node:assert/strict";
import { nameOf, rows } from "./rows";
import type { Outcome } from "./runRow";
import { consoleTable, matrixTable, replaceMarked, supportTable } from "./tables";

const everyStep = ["install", "types", "up", "up again", "refresh", "destroy", "plugin"] as const;

function outcome(change: Partial<Outcome> = {}): Outcome {
  return {
    row: { node: 22, pulumi: "newest", layout: "npm", typescript: "6", modules: "ESM" },
    versions: { node: "22.1.0", cli: "3.290.0", pulumi: "3.300.0", typescript: "6.0.1", installer: "11.2.0" },
    passed: everyStep,
    seconds: 12,
    ...change,
  };
}

const onNode20: Outcome = outcome({
  row: { node: 20, pulumi: "newest", layout: "pnpm 10", modules: "CommonJS" },
  versions: { node: "20.1.0", cli: "3.290.0", pulumi: "3.300.0", typescript: "", installer: "10.3.0" },
  passed: ["install", "up", "up again", "refresh", "destroy", "plugin"],
  asksForNode: ">=22",
});

const failed: Outcome = outcome({
  row: { node: 22, pulumi: "oldest", layout: "npm link", typescript: "vendored", modules: "CommonJS" },
  versions: { node: "22.1.0", cli: "3.290.0", pulumi: "3.139.0", typescript: "3.8.3", installer: "11.2.0" },
  passed: ["install", "types"],
  failure: "up: it broke",
  secondPulumi: "3.247.0",
});

describe("The matrix of versions", () => {
  it("has every Node.js beside the oldest and the newest Pulumi, and no two rows of one name", () => {
    for (const node of [20, 22, 24, 26]) {
      for (const pulumi of ["oldest", "newest"]) {
        assert.ok(
          rows.some((row) => row.node === node && row.pulumi === pulumi),
          `${node}, ${pulumi}`,
        );
      }
    }
    assert.equal(new Set(rows.map(nameOf)).size, rows.length);
  });

  it("is shown as Markdown, with a cross for each step that was not reached", () => {
    assert.equal(
      matrixTable([outcome(), onNode20, failed]),
      `| Node.js | Pulumi CLI | @pulumi/pulumi | Program | Installed with | install | types | up | up again | refresh | destroy | plugin | Remarks |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| 22.1.0 | 3.290.0 | 3.300.0 | TypeScript 6.0.1, ESM | npm 11.2.0 | ✓ | ✓ | ✓ | ✓ | ✓ | ✓ | ✓ | |
| 20.1.0 | 3.290.0 | 3.300.0 | JavaScript, CommonJS | pnpm 10.3.0 | ✓ | | ✓ | ✓ | ✓ | ✓ | ✓ | Pulumi asks for Node.js >=22 |
| 22.1.0 | 3.290.0 | 3.139.0 | TypeScript 3.8.3 (Pulumi's own), CommonJS | npm 11.2.0 as a link | ✓ | ✓ | ✗ | ✗ | ✗ | ✗ | ✗ | beside a second Pulumi, 3.247.0 |`,
    );
  });

  it("is shown in short, with a cross if any row failed", () => {
    assert.equal(
      supportTable([
        onNode20,
        outcome({
          row: { ...onNode20.row, pulumi: "oldest" },
          versions: { ...onNode20.versions, pulumi: "3.139.0" },
        }),
        outcome(),
        failed,
      ]),
      `| | \`@pulumi/pulumi\` 3.139.0 | \`@pulumi/pulumi\` 3.300.0 |
| --- | --- | --- |
| Node.js 20.1.0 | ✓ | ✓, though this Pulumi asks for Node.js >=22 |
| Node.js 22.1.0 | ✗ | ✓ |

Programs in TypeScript 6.0.1 and JavaScript, as CommonJS and as ES modules; installed with npm 11.2.0 and pnpm 10.3.0: in the program's folder.`,
    );
  });

  it("is shown in a terminal with each row's name", () => {
    assert.match(consoleTable([onNode20]), /20-newest-pnpm-10 .* 20\.1\.0 .* 12 /);
  });

  it("takes the place between its two markers, and no other", () => {
    const document = "before\n<!-- matrix:begin -->\nold\n<!-- matrix:end -->\nafter\n";
    const expected = "before\n<!-- matrix:begin -->\nnew\n<!-- matrix:end -->\nafter\n";
    assert.equal(replaceMarked(document, "new"), expected);
    assert.equal(replaceMarked("before\nafter\n", "new"), undefined);
  });
});
