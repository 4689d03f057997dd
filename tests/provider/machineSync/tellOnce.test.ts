import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { emulatorAccount, startEmulator } from "../../../emulator";
import type { Settings } from "../../../provider/account/config";
import { create } from "../../../provider/machineSync/operations";
import { cleanEnvironment } from "../../environment";

describe("A setting that has no effect", () => {
  cleanEnvironment();

  it("is warned of once, however many resources sync", async () => {
    const emulator = await startEmulator({ syncSeconds: 0 });
    const warnings: string[] = [];
    const log = {
      status() {},
      info() {},
      warning(text: string) {
        warnings.push(text);
      },
    };
    const env = {
      TENCENTCLOUD_CWP_ENDPOINT: emulator.url,
      TENCENTCLOUD_SECRET_ID: emulatorAccount.secretId,
      TENCENTCLOUD_SECRET_KEY: emulatorAccount.secretKey,
    };
    // A name of its own: the process remembers what it has said, also from the tests before this one.
    const name = randomUUID();
    const config: Settings = {
      read: (setting) => (setting === "protocol" ? "HTTP" : undefined),
      nameOf: () => name,
    };
    const waiting = { config, env, timeoutMs: 9_000, log, urn: "" };
    try {
      await Promise.all([create({ skipAwait: true }, waiting), create({ skipAwait: true }, waiting)]);
      assert.equal(warnings.length, 1, warnings.join("\n"));
      assert.ok(warnings[0]?.startsWith(`${name} has no effect`));
    } finally {
      await emulator.stop();
    }
  });
});
