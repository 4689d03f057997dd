/**
 * The dependency tencentcloud-sdk-nodejs-cwp is an alias of the whole SDK, 58 MB, since the product's own
 * package is not on every registry. Here a product package as Tencent Cloud publishes it (that of STS, the
 * smallest) takes its place: all these packages have one layout, and their clients differ by endpoint,
 * version and named actions only.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { Client as ProductClient } from "tencentcloud-sdk-nodejs-sts/tencentcloud/services/sts/v20180813/sts_client";
import * as ts from "typescript";
import { type Emulator, emulatorAccount, startEmulator } from "../../../emulator";
import { givenKeys } from "../../../provider/api/credentials";
import { ApiError } from "../../../provider/api/errors";
import { accountIdOf } from "../../../provider/api/sts";
import { connect } from "../../../provider/cwp/client";
import { cleanEnvironment } from "../../environment";
import { refusal } from "../../refusal";

const root = path.resolve(__dirname, "../../..");
/** As the import of STS above, which shows the layout of all. */
const cwpClient = "tencentcloud-sdk-nodejs-cwp/tencentcloud/services/cwp/v20180228/cwp_client";

/** A source's imports of the Tencent Cloud SDK. */
function sdkImports(file: string): string[] {
  const source = readFileSync(path.join(root, "provider", file), "utf8");
  return ts
    .preProcessFile(source, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith("tencentcloud-sdk"));
}

describe("With the product's own package in place of the whole SDK", () => {
  cleanEnvironment();

  const file = require.resolve(cwpClient);
  const whole = require.cache[file];
  const opened: string[] = [];
  let emulator: Emulator;

  before(async () => {
    class Client extends ProductClient {
      constructor(config: ConstructorParameters<typeof ProductClient>[0]) {
        super(config);
        opened.push(this.endpoint);
      }
    }
    opened.length = 0;
    require.cache[file] = { ...module, exports: { Client } };
    emulator = await startEmulator({ syncSeconds: 60 });
  });
  after(async () => {
    delete require.cache[file];
    if (whole) {
      require.cache[file] = whole;
    }
    await emulator.stop();
  });

  it("imports only the file that the package has: its client's", () => {
    const imports = readdirSync(path.join(root, "provider"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .flatMap(sdkImports);
    assert.deepEqual([...new Set(imports)], [cwpClient]);
  });

  it("starts a sync, asks STS, and understands a refusal", async () => {
    const { host } = new URL(emulator.url);
    const credentials = givenKeys(emulatorAccount);
    const cwp = connect({ protocol: "http:", host, credentials });
    assert.equal((await cwp.syncMachines(true, 5_000)).status.state, "SYNCING");
    assert.equal(emulator.requests.at(-1)?.sync, true);

    const sts = { protocol: "http:", host, region: "ap-guangzhou" } as const;
    const signer = await credentials.find();
    assert.match(await accountIdOf(sts, signer), /^\d+$/);

    emulator.inject({ error: "RequestLimitExceeded" });
    const refused = await refusal(cwp.syncMachines(false, 5_000), emulatorAccount.secretKey);
    assert.ok(refused instanceof ApiError);
    assert.equal(refused.requestId, emulator.requests.at(-1)?.requestId);
    assert.deepEqual([...new Set(opened)], [host]);
  });
});
