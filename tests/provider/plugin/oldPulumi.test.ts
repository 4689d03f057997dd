import assert from "node:assert/strict";
import type { ServerUnaryCall } from "@grpc/grpc-js";
import { ReadRequest, type ReadResponse } from "@pulumi/pulumi/proto/provider_pb";
import { emulatorAccount, startEmulator } from "../../../emulator";
import { providerService } from "../../../provider/plugin/service";
import { ownHome } from "../account/credentials/home";

describe("The plugin on the oldest @pulumi/pulumi, whose ReadRequest has no timeout", () => {
  ownHome();

  it("reads within the default time", async () => {
    const emulator = await startEmulator();
    try {
      const { secretId, secretKey } = emulatorAccount;
      Object.assign(process.env, {
        TENCENTCLOUD_CWP_ENDPOINT: emulator.url,
        TENCENTCLOUD_SECRET_ID: secretId,
        TENCENTCLOUD_SECRET_KEY: secretKey,
      });
      const request = new ReadRequest();
      request.setId("id-1");
      Object.assign(request, { getTimeout: undefined });
      const { read } = providerService();
      assert.ok(typeof read === "function");
      const response = await new Promise<ReadResponse>((resolve, reject) => {
        read({ request } as unknown as ServerUnaryCall<ReadRequest, ReadResponse> & never, (error, value) =>
          error ? reject(error) : resolve(value),
        );
      });
      assert.equal(response.getProperties()?.toJavaScript().state, "NOTASK");
    } finally {
      await emulator.stop();
    }
  });
});
