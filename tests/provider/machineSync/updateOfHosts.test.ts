import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type Emulator, emulatorAccount, startEmulator } from "../../../emulator";
import { pulumiSettings } from "../../../provider/account/config";
import * as operations from "../../../provider/machineSync/operations";
import { history } from "../../history";
import { inHurriedTime } from "../../hurriedTime";
import { refusal } from "../../refusal";
import { ownHome } from "../account/credentials/home";
import { StandIn } from "../account/credentials/standIn";

/** What the tests of both entry points do not show: signals, the row, and what resources share. */
describe("An update of the hosts", () => {
  ownHome();
  inHurriedTime();

  let emulator: Emulator;
  let rows: string[];
  const log = {
    status: (text: string) => rows.push(text),
    info: (text: string) => rows.push(text),
    warning: (text: string) => rows.push(text),
  };

  beforeEach(async () => {
    rows = [];
    emulator = await startEmulator({ syncSeconds: 0, faults: history(1) });
    for (const id of ["ins-a", "ins-b"]) {
      emulator.addHost({ id, syncsNeeded: 0 });
    }
  });
  afterEach(() => emulator.stop());

  const waiting = (url = emulator.url) => ({
    config: pulumiSettings(() => undefined),
    env: {
      ...process.env,
      TENCENTCLOUD_CWP_ENDPOINT: url,
      TENCENTCLOUD_SECRET_ID: emulatorAccount.secretId,
      TENCENTCLOUD_SECRET_KEY: emulatorAccount.secretKey,
    },
    timeoutMs: 60_000,
    log,
    urn: "",
  });
  const starts = () => emulator.requests.filter(({ sync }) => sync).length;

  it("shows that it looks up the added hosts", async () => {
    const olds = await operations.create({ hosts: ["ins-a"] }, waiting());
    rows = [];
    await operations.update(olds, { hosts: ["ins-a", "ins-b"] }, waiting());
    assert.deepEqual(rows, ["looking up hosts"]);
  });

  it("ends at once if it is cancelled while it looks up the added hosts, and starts no sync", async () => {
    const olds = await operations.create({ hosts: ["ins-a"] }, waiting());
    emulator.clearRequests();
    emulator.inject({ hang: true }, { on: "DescribeMachines" });
    const leave = new AbortController();
    const updated = refusal(
      operations.update(olds, { hosts: ["ins-a", "ins-b"] }, { ...waiting(), signal: leave.signal }),
    );
    while (emulator.requests.length === 0) {
      await once(AbortSignal.timeout(10), "abort");
    }
    leave.abort(new Error("cancelled"));
    assert.equal((await updated).message, "cancelled");
    assert.equal(starts(), 0);
  });

  it("ends within its time if CWP's list gives no answer, and starts no sync then", async () => {
    const olds = await operations.create({ hosts: ["ins-a"] }, waiting());
    emulator.clearRequests();
    emulator.inject({ error: "RequestLimitExceeded" }, { on: "DescribeMachines", times: 999 });
    const before = Date.now();
    await refusal(operations.update(olds, { hosts: ["ins-a", "ins-b"] }, waiting()));
    assert.ok(Date.now() - before <= 61_000, `${Date.now() - before} ms`);
    assert.equal(starts(), 0);
  });

  it("has for its sync what the look-up has left of its time", async () => {
    const olds = await operations.create({ hosts: ["ins-a"] }, waiting());
    emulator.addHost({ id: "ins-c" });
    emulator.setSyncSeconds(600);
    emulator.inject({ error: "RequestLimitExceeded" }, { on: "DescribeMachines", times: 5 });
    emulator.clearRequests();
    const before = Date.now();
    await refusal(operations.update(olds, { hosts: ["ins-a", "ins-c"] }, waiting()));
    const seconds = (Date.now() - before) / 1000;
    const synced = emulator.requests.find(({ action }) => action === "SyncMachines")?.at ?? 0;
    assert.ok(synced - before > 3_000, `the look-up took ${synced - before} ms only`);
    assert.ok(seconds > 58 && seconds < 62, `${seconds} s`);
  });

  it("syncs at once if the state does not say whose machines it has", async () => {
    const { __account, ...olds } = await operations.create({ hosts: ["ins-a"] }, waiting());
    emulator.clearRequests();
    await operations.update(olds, { hosts: ["ins-a", "ins-b"] }, waiting());
    assert.deepEqual([emulator.requests[0]?.action, starts()], ["SyncMachines", 1]);
  });

  it("keeps the other machines as they were, and adds the hosts that CWP lists now", async () => {
    const olds = await operations.create({ hosts: ["ins-a"] }, waiting());
    emulator.addHost({ id: "ins-a", name: "another name", syncsNeeded: 0 });
    const { machines } = await operations.update(olds, { hosts: ["ins-b", "ins-a"] }, waiting());
    assert.deepEqual(
      machines?.map(({ instanceId }) => instanceId),
      ["ins-b", "ins-a"],
    );
    assert.deepEqual(machines[1], olds.machines?.[0]);
  });

  it("forgets whose machines a state has, once another account has read them", async () => {
    const olds = await operations.create({ hosts: ["ins-a"] }, waiting());
    assert.equal((await operations.read(olds, waiting())).__account, olds.__account);
    const read = await operations.read({ ...olds, __account: "another" }, waiting());
    assert.ok(!("__account" in read));
  });

  it("lets a read end at once, with what it was cancelled for", async () => {
    emulator.inject({ hang: true }, { times: 9 });
    for (const call of [operations.read, operations.readStatus]) {
      const leave = new AbortController();
      const reading = refusal(call({}, { ...waiting(), signal: leave.signal }));
      const asked = emulator.requests.length;
      while (emulator.requests.length === asked) {
        await once(AbortSignal.timeout(10), "abort");
      }
      leave.abort(new Error("cancelled"));
      assert.equal((await reading).message, "cancelled");
    }
  });

  it("forgets a failure of the try before, once one has succeeded", async () => {
    const own = { ...waiting(), timeoutMs: 1_800_000, urn: "urn:of:the::resource" };
    emulator.setSyncSeconds(600);
    emulator.inject({ error: "UnauthorizedOperation" }, { on: "read", after: 1 });
    const inputs = { triggers: ["a"] };
    await refusal(operations.create(inputs, own));
    assert.equal((await operations.create(inputs, own)).durationSeconds, 600);
    assert.equal(starts(), 1, "the retry continues with the run");
    emulator.setSyncSeconds(0);
    await operations.create(inputs, own);
    assert.equal(starts(), 2, "this one is no retry");
  });

  it("keeps the run of an earlier try, whatever ends a retry", async () => {
    const own = { ...waiting(), timeoutMs: 1_800_000, urn: "urn:of:another::resource" };
    emulator.setSyncSeconds(600);
    emulator.inject({ error: "UnauthorizedOperation" }, { on: "read", after: 1, times: 2 });
    const inputs = { triggers: ["a"] };
    const first = await refusal(operations.create(inputs, own));
    const second = await refusal(operations.create(inputs, own));
    for (const error of [first, second]) {
      assert.ok(Reflect.get(error, "outputs").unfinishedRun, error.message);
    }
    assert.equal((await operations.create(inputs, own)).durationSeconds, 600);
    assert.equal(starts(), 1);
  });
});

describe("A look-up that is cancelled", () => {
  ownHome();

  it("leaves no request under way, which would keep the process for nine seconds", async function () {
    this.timeout(5_000);
    const leave = new AbortController();
    let closed: Promise<unknown> | undefined;
    const server = createServer((_request, response) => {
      closed = once(response, "close");
      leave.abort(new Error("cancelled"));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const env = {
      ...process.env,
      TENCENTCLOUD_CWP_ENDPOINT: `http://127.0.0.1:${address.port}`,
      TENCENTCLOUD_SECRET_ID: "AKIDtest",
      TENCENTCLOUD_SECRET_KEY: "key",
    };
    const waiting = { config: pulumiSettings(() => undefined), env, timeoutMs: 60_000, urn: "" };
    const olds = { hosts: [], machines: [], __account: "account" };
    try {
      const updated = operations.update(olds, { hosts: ["ins-a"] }, { ...waiting, signal: leave.signal });
      assert.equal((await refusal(updated)).message, "cancelled");
      await closed;
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("Two resources of one account in different regions", () => {
  ownHome();
  inHurriedTime();

  it("have their hosts looked up in their own region, if CWP refuses all regions at once", async () => {
    const regions: string[] = [];
    const cwp = await StandIn.start(({ headers, body }) => {
      if (headers["x-tc-action"] !== "DescribeMachines") {
        return { Response: { State: "FINISHED", RequestId: "id" } };
      }
      const { MachineRegion } = JSON.parse(body);
      if (MachineRegion === "all-regions") {
        return { Response: { Error: { Code: "InvalidParameterValue", Message: "No." }, RequestId: "id" } };
      }
      regions.push(MachineRegion);
      return {
        Response: { Machines: [{ InstanceId: `ins-in-${MachineRegion}` }], TotalCount: 1, RequestId: "id" },
      };
    });
    try {
      const reading = {
        config: pulumiSettings(() => undefined),
        env: {
          ...process.env,
          TENCENTCLOUD_CWP_ENDPOINT: cwp.url,
          TENCENTCLOUD_SECRET_ID: "AKIDtest",
          TENCENTCLOUD_SECRET_KEY: "key",
        },
      };
      for (const region of ["ap-guangzhou", "ap-shanghai", "ap-guangzhou"]) {
        const hosts = [`ins-in-${region}`];
        const { machines } = await operations.read({ region, hosts }, reading);
        assert.deepEqual(
          machines?.map(({ instanceId }) => instanceId),
          hosts,
        );
      }
      assert.deepEqual(regions, ["ap-guangzhou", "ap-shanghai", "ap-guangzhou"]);
    } finally {
      await cwp.stop();
    }
  });
});
