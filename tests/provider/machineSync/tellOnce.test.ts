import assert from "node:assert/strict";
import { emulatorAccount, startEmulator } from "../../../emulator";
import { pulumiSettings } from "../../../provider/account/config";
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
      TENCENTCLOUD_PROTOCOL: "HTTP",
      TENCENTCLOUD_ASSUME_ROLE_ARN: "qcs::cam::uin/100000000001:roleName/deploy",
    };
    const waiting = { config: pulumiSettings(() => undefined), env, timeoutMs: 9_000, log, urn: "" };
    try {
      await Promise.all([create({ skipAwait: true }, waiting), create({ skipAwait: true }, waiting)]);
      assert.equal(warnings.length, 2, warnings.join("\n"));
      assert.ok(warnings.some((text) => text.startsWith("TENCENTCLOUD_PROTOCOL has no effect")));
      assert.ok(warnings.some((text) => text.startsWith("TENCENTCLOUD_ASSUME_ROLE_ARN is ignored")));
    } finally {
      await emulator.stop();
    }
  });
});
