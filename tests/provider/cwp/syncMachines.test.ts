import assert from "node:assert/strict";
import { type Emulator, emulatorAccount, startEmulator } from "../../../emulator";
import { givenKeys } from "../../../provider/api/credentials";
import { UnknownState } from "../../../provider/api/errors";
import { connect } from "../../../provider/cwp/client";
import { cleanEnvironment } from "../../environment";
import { refusal } from "../../refusal";

const LONG_MS = 5_000;

describe("SyncMachines", () => {
  cleanEnvironment();

  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 60 });
  });
  afterEach(() => emulator.stop());

  const client = () =>
    connect({
      protocol: "http:",
      host: new URL(emulator.url).host,
      credentials: givenKeys(emulatorAccount),
    });

  it("reads the status, and starts a sync only when it is told to", async () => {
    const { status: read } = await client().syncMachines(false, LONG_MS);
    assert.equal(read.state, "NOTASK");
    const { status: started } = await client().syncMachines(true, LONG_MS);
    assert.equal(started.state, "SYNCING");
    assert.match(started.latestStartTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.deepEqual(
      emulator.requests.map(({ sync, requestId }) => ({ sync, requestId })),
      [
        { sync: false, requestId: read.requestId },
        { sync: true, requestId: started.requestId },
      ],
    );
    emulator.advance(60);
    assert.equal((await client().syncMachines(false, LONG_MS)).status.state, "FINISHED");
  });

  it("refuses a state that it does not know, and names it", async () => {
    emulator.inject({ body: '{"Response":{"State":"PAUSED","RequestId":"the-id"}}' });
    const error = await refusal(client().syncMachines(false, LONG_MS));
    assert.ok(error instanceof UnknownState);
    assert.equal(error.retry, "never");
    assert.match(error.message, /"PAUSED".*RequestId the-id/);
  });
});
