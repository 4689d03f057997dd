import assert from "node:assert/strict";
import { Client } from "tencentcloud-sdk-nodejs-cwp/tencentcloud/services/cwp/v20180228/cwp_client";
import { type Emulator, emulatorAccount, startEmulator } from "../../../emulator";

interface Credential {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string;
}

describe("the Tencent Cloud SDK for Node against the emulator", () => {
  let emulator: Emulator;
  const temporary = { secretId: "AKIDtemporary", secretKey: "temporarykey", token: "session" };
  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 60, accounts: [emulatorAccount, temporary] });
  });
  afterEach(() => emulator.stop());

  function client(credential: Credential = emulatorAccount) {
    const endpoint = new URL(emulator.url).host;
    return new Client({ credential, profile: { httpProfile: { endpoint, protocol: "http://" } } });
  }

  it("starts a sync and polls it to its end", async () => {
    const cwp = client();
    assert.equal((await cwp.SyncMachines({ Sync: false })).State, "NOTASK");
    const started = await cwp.SyncMachines({ Sync: true });
    assert.equal(started.State, "SYNCING");
    assert.match(started.LatestStartTime ?? "", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    emulator.advance(59);
    assert.equal((await cwp.SyncMachines({ Sync: false })).State, "SYNCING");
    emulator.advance(1);
    const finished = await cwp.SyncMachines({ Sync: false });
    assert.equal(finished.State, "FINISHED");
    assert.equal(finished.LatestStartTime, started.LatestStartTime);
    assert.notEqual(finished.LatestEndTime, "");
  });

  it("sees a host only after a sync", async () => {
    const cwp = client();
    const page = { MachineType: "CVM", MachineRegion: "ap-guangzhou" };
    emulator.addHost({ id: "ins-1", name: "web", ip: "10.1.2.3" });
    assert.equal((await cwp.DescribeMachines(page)).TotalCount, 0);
    await cwp.SyncMachines({ Sync: true });
    emulator.advance(60);
    const { Machines: machines = [], TotalCount: count } = await cwp.DescribeMachines(page);
    assert.equal(count, 1);
    assert.deepEqual(
      machines.map(({ InstanceId, MachineName, MachineIp }) => ({ InstanceId, MachineName, MachineIp })),
      [{ InstanceId: "ins-1", MachineName: "web", MachineIp: "10.1.2.3" }],
    );
  });

  it("passes a session token", async () => {
    assert.equal((await client(temporary).SyncMachines({})).State, "NOTASK");
    const withoutToken = { secretId: temporary.secretId, secretKey: temporary.secretKey };
    await assert.rejects(client(withoutToken).SyncMachines({}), { code: "AuthFailure.TokenFailure" });
  });

  it("throws the code and the request id of an API error", async () => {
    const refused = client({ ...emulatorAccount, secretKey: "wrong" }).SyncMachines({});
    const error: unknown = await refused.catch((thrown: unknown) => thrown);
    assert.ok(error instanceof Error);
    assert.equal(Reflect.get(error, "code"), "AuthFailure.SignatureFailure");
    assert.equal(Reflect.get(error, "requestId"), emulator.requests[0]?.requestId);
  });
});
