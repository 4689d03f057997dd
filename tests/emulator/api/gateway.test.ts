import assert from "node:assert/strict";
import { type Emulator, emulatorAccount, startEmulator } from "../../../emulator";
import { Gateway } from "../../../emulator/api/gateway";
import { Keys } from "../../../emulator/api/keys";
import { World } from "../../../emulator/world/world";
import { call, errorCode, type SignedRequest, sendSigned, signedHeaders } from "./signedRequest";

const temporaryKey = { secretId: "AKIDtemporary", secretKey: "temporarykey" };
const temporary = { ...temporaryKey, token: "session" };

describe("the emulated API gateway", () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator({ accounts: [emulatorAccount, temporary] });
  });
  afterEach(() => emulator.stop());
  const code = (request: Omit<SignedRequest, "url">) => errorCode({ url: emulator.url, ...request });

  it("answers with the exact content type, status 200 and a fresh RequestId", async () => {
    const [first, second] = [await call({ url: emulator.url }), await call({ url: emulator.url })];
    assert.notEqual(first.RequestId, second.RequestId);
  });

  it("answers an error in the documented shape", async () => {
    const response = await call({ url: emulator.url, action: "Nothing" });
    assert.deepEqual(Object.keys(response).sort(), ["Error", "RequestId"]);
    assert.match(JSON.stringify(response.Error), /"Code":"InvalidAction","Message":".*Nothing.*"/);
  });

  it("takes a missing Sync, an empty body and a null as Sync: false", async () => {
    for (const body of ["{}", "", '{"Sync": null}']) {
      assert.equal((await call({ url: emulator.url, body })).State, "NOTASK");
    }
  });

  const refusals: [string, Omit<SignedRequest, "url">, string][] = [
    ["a SecretId it does not know", { secretId: "AKIDnobody" }, "AuthFailure.SecretIdNotFound"],
    ["a temporary key without its token", temporaryKey, "AuthFailure.TokenFailure"],
    ["a temporary key with another token", { ...temporaryKey, token: "old" }, "AuthFailure.TokenFailure"],
    ["a permanent key with a token", { token: "session" }, "AuthFailure.TokenFailure"],
    ["an action it does not know", { action: "DeleteMachine" }, "InvalidAction"],
    ["another API version", { version: "2020-01-01" }, "NoSuchVersion"],
    ["a parameter it does not know", { parameters: { sync: true } }, "UnknownParameter"],
    ["a parameter of a wrong type", { parameters: { Sync: "true" } }, "InvalidParameter"],
    ["a body that is not JSON", { body: "Sync=true" }, "InvalidParameter"],
    ["a body that is not an object", { body: "[true]" }, "InvalidParameter"],
    ["a missing X-TC-Action", { headers: { "X-TC-Action": undefined } }, "MissingParameter"],
    ["a missing X-TC-Version", { headers: { "X-TC-Version": undefined } }, "MissingParameter"],
    ["a missing X-TC-Timestamp", { headers: { "X-TC-Timestamp": undefined } }, "MissingParameter"],
    ["a missing Authorization", { headers: { Authorization: undefined } }, "MissingParameter"],
    ["a timestamp that is no number", { headers: { "X-TC-Timestamp": "today" } }, "InvalidParameter"],
    ["a GET", { method: "GET" }, "UnsupportedProtocol"],
    ["a body over 10 MB", { body: " ".repeat(10 * 1024 * 1024 + 1) }, "RequestSizeLimitExceeded"],
  ];
  for (const [what, request, expected] of refusals) {
    it(`refuses ${what} with ${expected}`, async () => {
      assert.equal(await code(request), expected);
    });
  }

  it("accepts a temporary key with its token", async () => {
    assert.equal(await code(temporary), undefined);
  });

  it("checks the key before the action: a wrong key and an unknown action is a wrong key", async () => {
    assert.equal(await code({ secretKey: "wrong", action: "Nothing" }), "AuthFailure.SignatureFailure");
  });

  it("refuses more than 20 requests in a second for an account and action", () => {
    let nowMs = 1_700_000_000_000;
    const world = new World({ now: () => nowMs, syncSeconds: 60 });
    const keys = new Keys([emulatorAccount, temporary], () => nowMs);
    const gateway = new Gateway({ keys, roles: [], worldOf: () => world }, () => nowMs);
    const answer = (request: Omit<SignedRequest, "url"> = {}) => {
      const signed = signedHeaders({ url: emulator.url, timestamp: 1_700_000_000, ...request });
      const headers = Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]);
      const body = Buffer.from(request.body ?? "{}");
      return gateway.answer({ method: "POST", path: "/", headers: Object.fromEntries(headers), body });
    };
    const outcome = (request: Omit<SignedRequest, "url"> = {}) => answer(request).outcome;
    const outcomes = Array.from({ length: 25 }, () => outcome());
    assert.deepEqual(outcomes.slice(0, 20), Array(20).fill("NOTASK"));
    assert.deepEqual(outcomes.slice(20), Array(5).fill("RequestLimitExceeded"));
    assert.deepEqual(JSON.parse(answer({ body: '{"Sync": true}' }).body).Response.Error, {
      Code: "RequestLimitExceeded",
      Message:
        "Your current request times equals to `26` in a second, which exceeds the frequency limit `20` for a second. Please reduce the frequency of calls.",
    });
    assert.deepEqual(world.runs, []);
    assert.equal(outcome({ action: "DescribeMachines" }), "MissingParameter");
    assert.equal(outcome(temporary), "NOTASK");
    nowMs += 1000;
    assert.equal(outcome(), "NOTASK");
  });

  it("limits requests over HTTP too, and logs refused requests as such", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => call({ url: emulator.url })));
    assert.ok(answers.filter(({ Error: error }) => error !== undefined).length >= 5);
    for (const { answer, carriedOut } of emulator.requests) {
      assert.equal(carriedOut, answer !== "RequestLimitExceeded");
    }
  });

  it("answers 404 for any other path", async () => {
    const { status } = await sendSigned({ url: `${emulator.url}/v2` });
    assert.equal(status, 404);
  });

  it("keeps a log of requests, in the order of arrival, until it is cleared", async () => {
    const { RequestId: requestId } = await call({
      url: emulator.url,
      parameters: { Sync: true },
      region: "ap-guangzhou",
      headers: { "X-TC-Language": "en-US" },
    });
    await call({ url: emulator.url, secretId: "AKIDnobody" });
    const [first, second] = emulator.requests;
    assert.ok(Math.abs((first?.at ?? 0) - Date.now()) < 5000);
    assert.deepEqual(
      { ...first, at: 0 },
      {
        at: 0,
        action: "SyncMachines",
        sync: true,
        secretId: emulatorAccount.secretId,
        region: "ap-guangzhou",
        language: "en-US",
        parameters: { Sync: true },
        requestId,
        answer: "SYNCING",
        carriedOut: true,
      },
    );
    assert.equal(second?.answer, "AuthFailure.SecretIdNotFound");
    assert.equal(second?.carriedOut, false);
    emulator.clearRequests();
    assert.deepEqual(emulator.requests, []);
  });

  it("keeps accounts apart, and shares a world between key pairs of one account", async () => {
    const accounts = [
      { secretId: "AKIDa", secretKey: "a", account: "one" },
      { secretId: "AKIDb", secretKey: "b", account: "one" },
      { secretId: "AKIDc", secretKey: "c" },
    ];
    const shared = await startEmulator({ accounts });
    try {
      await call({ url: shared.url, ...accounts[0], parameters: { Sync: true } });
      assert.equal((await call({ url: shared.url, ...accounts[1] })).State, "SYNCING");
      assert.equal((await call({ url: shared.url, ...accounts[2] })).State, "NOTASK");
      assert.equal(shared.world(), shared.world("AKIDb"));
      assert.throws(() => shared.world("AKIDd"), /no account with the secretId AKIDd/);
    } finally {
      await shared.stop();
    }
  });

  it("moves the clock and the sync time of every account", async () => {
    emulator.setSyncSeconds(100);
    for (const { secretId } of [emulatorAccount, temporary]) {
      emulator.addHost({ id: "ins-1" }, secretId);
      emulator.world(secretId).syncMachines(true);
    }
    emulator.advance(99);
    assert.deepEqual([emulator.machines(), emulator.machines(temporary.secretId)], [[], []]);
    emulator.advance(1);
    assert.deepEqual([emulator.machines().length, emulator.machines(temporary.secretId).length], [1, 1]);
    assert.throws(() => emulator.advance(-1), /expected 0 or more/);
  });

  it("still takes the signatures of the real time when the emulated clock is ahead", async () => {
    emulator.advance(3600);
    assert.equal(await code({}), undefined);
  });

  it("rejects a port that is in use, and says so", async () => {
    const port = Number(new URL(emulator.url).port);
    await assert.rejects(startEmulator({ port }), /Port \d+ on 127\.0\.0\.1 is in use/);
  });

  describe("DescribeMachines", () => {
    const parameters = { MachineType: "CVM", MachineRegion: "ap-guangzhou" };
    const describeMachines = (more: object = {}) =>
      call({ url: emulator.url, action: "DescribeMachines", parameters: { ...parameters, ...more } });
    const ids = async (more: object) => {
      const { Machines: machines } = await describeMachines(more);
      assert.ok(Array.isArray(machines));
      return machines.map(({ InstanceId: id }) => id);
    };
    beforeEach(() => {
      for (let number = 1; number <= 12; number += 1) {
        emulator.addHost({ id: `ins-${number}`, name: `web-${number}` });
      }
      emulator.addHost({ id: "lhins-1", machineType: "LH" });
      emulator.addHost({ id: "ins-far", region: "ap-shanghai", ip: "10.9.9.9" });
      emulator.world().startForeignSync(0);
    });

    it("pages through the machines of one type and region, 10 at a time by default", async () => {
      assert.equal((await ids({})).length, 10);
      assert.equal((await describeMachines()).TotalCount, 12);
      assert.deepEqual(await ids({ Offset: 10 }), ["ins-11", "ins-12"]);
      assert.deepEqual(await ids({ Limit: 1, Offset: 1 }), ["ins-2"]);
      assert.deepEqual(await ids({ MachineType: "LH" }), ["lhins-1"]);
      assert.deepEqual(await ids({ MachineRegion: "ap-shanghai" }), ["ins-far"]);
    });

    it("lists the machines of all regions, still of one type", async () => {
      assert.deepEqual(await ids({ MachineRegion: "all-regions", Offset: 12 }), ["ins-far"]);
      assert.deepEqual(await ids({ MachineRegion: "all-regions", MachineType: "LH" }), ["lhins-1"]);
    });

    const filter = (Name: string, ...Values: string[]) => ({ Filters: [{ Name, Values }] });

    it("filters by instance id, name, address, uuid, version and status", async () => {
      emulator.addHost({
        id: "ins-guarded",
        ip: "10.8.8.8",
        publicIp: "203.0.113.8",
        agentStatus: "ONLINE",
        instanceStatus: "STOPPED",
        protectType: "Flagship",
      });
      emulator.startForeignSync(0);
      const quuids = emulator.machines().map(({ quuid }) => quuid);
      assert.deepEqual(await ids(filter("InstanceIds", "ins-3")), ["ins-3"]);
      assert.deepEqual(await ids(filter("InstanceIds", "ins-")), []);
      assert.deepEqual(await ids(filter("Names", "web-4")), ["ins-4"]);
      assert.deepEqual(await ids(filter("Ips", "10.0.0.5")), ["ins-5"]);
      assert.deepEqual(await ids(filter("Ips", "203.0.113.8")), ["ins-guarded"]);
      assert.deepEqual(await ids(filter("Keywords", "guard")), ["ins-guarded"]);
      assert.deepEqual(await ids(filter("Quuid", quuids[1] ?? "", quuids[0] ?? "")), ["ins-1", "ins-2"]);
      assert.deepEqual(await ids(filter("Version", "ProtectedMachines")), ["ins-guarded"]);
      assert.deepEqual(await ids(filter("AgentStatus", "ONLINE")), ["ins-guarded"]);
      assert.deepEqual(await ids(filter("MachineStatus", "STOPPED")), ["ins-guarded"]);
      assert.equal((await describeMachines(filter("AgentStatus", "ALL"))).TotalCount, 13);
      assert.deepEqual(await ids(filter("Risk", "yes")), []);
      const both = [...filter("MachineStatus", "STOPPED").Filters, ...filter("Names", "web-1").Filters];
      assert.deepEqual(await ids({ Filters: both }), []);
    });

    it("filters loosely with looseFilters, so that a client must compare ids itself", async () => {
      emulator.setFaults({ looseFilters: true });
      assert.deepEqual(await ids(filter("InstanceIds", "ins-1")), ["ins-1", "ins-10", "ins-11", "ins-12"]);
    });

    it("describes a machine as CWP's other actions need it", async () => {
      emulator.addHost({ id: "cpm-1", machineType: "BM", publicIp: "203.0.113.1", agentStatus: "ONLINE" });
      emulator.startForeignSync(0);
      const { Machines: machines } = await describeMachines({ MachineType: "BM" });
      assert.ok(Array.isArray(machines));
      const [machine] = machines;
      const [host] = emulator.machines().slice(-1);
      assert.equal(machine.Quuid, host?.quuid);
      assert.equal(machine.Uuid, host?.uuid);
      assert.deepEqual(
        [machine.InstanceState, machine.AgentStatus, machine.MachineStatus, machine.ProtectType],
        ["NORMAL", "ONLINE", "ONLINE", "BASIC_VERSION"],
      );
      assert.deepEqual([machine.MachineIp, machine.MachineWanIp], [host?.ip, "203.0.113.1"]);
      assert.equal(machine.RegionInfo.Region, "ap-guangzhou");
    });

    it("is refused to keys without permission, and no other action is", async () => {
      emulator.setFaults({ deniedActions: ["DescribeMachines"] });
      assert.equal(
        await code({ action: "DescribeMachines", parameters }),
        "AuthFailure.UnauthorizedOperation",
      );
      assert.equal(await code({}), undefined);
    });

    const wrong: [string, object, string][] = [
      ["a missing type", { MachineType: undefined }, "MissingParameter"],
      ["a missing region", { MachineRegion: undefined }, "MissingParameter"],
      ["an unknown type", { MachineType: "VM" }, "InvalidParameterValue"],
      ["a limit over 100", { Limit: 101 }, "InvalidParameterValue"],
      ["a limit that is text", { Limit: "10" }, "InvalidParameter"],
      ["half an offset", { Offset: 0.5 }, "InvalidParameter"],
      ["an offset below 0", { Offset: -1 }, "InvalidParameterValue"],
      ["filters that are no list", { Filters: {} }, "InvalidParameter"],
      [
        "a filter it does not know",
        { Filters: [{ Name: "Colour", Values: ["x"] }] },
        "InvalidParameterValue",
      ],
      ["two instance ids at once", filter("InstanceIds", "ins-1", "ins-2"), "InvalidParameterValue"],
      ["a filter with no value", filter("Ips"), "InvalidParameterValue"],
      ["101 uuids", filter("Quuid", ...Array<string>(101).fill("x")), "InvalidParameterValue"],
      ["a version that there is not", filter("Version", "Gold"), "InvalidParameterValue"],
      ["all types", { MachineType: "ALL" }, "InvalidParameterValue"],
      ["a parameter it does not know", { Region: "ap-guangzhou" }, "UnknownParameter"],
      ["filter values that are no text", { Filters: [{ Name: "Ips", Values: [1] }] }, "InvalidParameter"],
    ];
    for (const [what, more, expected] of wrong) {
      it(`refuses ${what} with ${expected}`, async () => {
        assert.equal(
          await code({ action: "DescribeMachines", parameters: { ...parameters, ...more } }),
          expected,
        );
      });
    }
  });
});
