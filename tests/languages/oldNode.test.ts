import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { startEmulator } from "../../emulator";
import { findOrGetYamlHost } from "../../scripts/pulumiCli";
import { inConfig } from "../engine/account";
import { oneSync } from "../engine/program";
import { TestStack } from "../engine/stack";
import { history } from "../history";
import { installArchive } from "../installed/archive";
import { getNode } from "../installed/releases";

describe("The plugin's archive on a Node.js that is too old", function () {
  this.timeout(600_000);

  let root: string;

  before(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "cwp-old-node-"));
  });
  after(() => fs.rmSync(root, { recursive: true }));

  for (const node of [12, 16]) {
    it(`says so on ${node}, whatever Pulumi asks it, and does not look like a bug`, async () => {
      const executable = await getNode(node);
      const emulator = await startEmulator({ syncSeconds: 0, faults: history() });
      const config = inConfig("plugin", emulator);
      const stack = await TestStack.create({ entryPoint: "plugin", pluginFolder: null, config });
      try {
        await installArchive(stack, path.join(root, "archives"));
        await stack.up(oneSync());
        stack.envVars.PATH = [path.dirname(executable), await findOrGetYamlHost()].join(path.delimiter);
        for (const operation of ["preview", "up", "refresh"] as const) {
          const failed =
            operation === "refresh"
              ? await stack.refresh({ expectFailure: true })
              : await stack[operation](oneSync({ triggers: ["a"] }), { expectFailure: true });
          const shown = failed.stdout + failed.stderr;
          assert.match(shown, /Node\.js 20 or later must be on the PATH of Pulumi: there is only v1\d\./);
          assert.doesNotMatch(shown, /always.* a bug/);
        }
        assert.deepEqual(stack.providerPids(), []);
      } finally {
        await stack.remove();
        await emulator.stop();
      }
    });
  }
});
