import assert from "node:assert/strict";
import { request } from "node:http";
import { type Emulator, emulatorAccount, startEmulator } from "../../../emulator";
import { call, sendSigned } from "../api/signedRequest";

describe("the emulator's own paths", () => {
  let emulator: Emulator;
  const other = { secretId: "AKIDother", secretKey: "other" };
  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 60, accounts: [emulatorAccount, other] });
  });
  afterEach(() => emulator.stop());

  async function own(method: string, path: string, body?: unknown) {
    const answer = await fetch(`${emulator.url}/_emulator/${path}`, {
      method,
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    assert.match(answer.headers.get("content-type") ?? "", /^application\/json/);
    return { status: answer.status, json: JSON.parse(await answer.text()) };
  }

  it("add one host or a list, and show the hosts that CWP shows", async () => {
    await own("POST", "hosts", { id: "ins-1", name: "web", ip: "10.1.1.1", region: "ap-shanghai" });
    await call({ url: emulator.url, parameters: { Sync: true } });
    await own("POST", "hosts", [{ id: "ins-2" }, { id: "lhins-3", machineType: "LH" }]);
    await own("POST", "advance", { seconds: 60 });
    const { json } = await own("GET", "hosts");
    const { id, name, ip, region, machineType, visible } = json[0];
    assert.deepEqual(
      { id, name, ip, region, machineType, visible },
      {
        id: "ins-1",
        name: "web",
        ip: "10.1.1.1",
        region: "ap-shanghai",
        machineType: "CVM",
        visible: true,
      },
    );
    assert.deepEqual(
      json.map(({ id, visible }: { id: string; visible: boolean }) => [id, visible]),
      [
        ["ins-1", true],
        ["ins-2", false],
        ["lhins-3", false],
      ],
    );
  });

  it("take every field of a host, and show it", async () => {
    const host = {
      id: "ins-1",
      name: "web",
      ip: "10.1.1.1",
      publicIp: "203.0.113.1",
      region: "ap-shanghai",
      machineType: "BM",
      quuid: "11111111-1111-4111-8111-111111111111",
      uuid: "22222222-2222-4222-8222-222222222222",
      agentStatus: "OFFLINE",
      machineStatus: "SHUTDOWN",
      instanceStatus: "STOPPED",
      protectType: "PRO_VERSION",
      vpcId: "vpc-1",
      syncsNeeded: 2,
      neverListed: false,
    };
    const { json } = await own("POST", "hosts", host);
    assert.deepEqual(json, [{ ...host, visible: false }]);
  });

  it("add no host of a list if one host is not valid", async () => {
    const { status, json } = await own("POST", "hosts", [{ id: "ins-1" }, { name: "web" }]);
    assert.equal(status, 400);
    assert.match(json.error, /missing a required parameter `id`/);
    assert.deepEqual((await own("GET", "hosts")).json, []);
  });

  it("mean the first account, or the account of secretId", async () => {
    await own("POST", "hosts?secretId=AKIDother", { id: "ins-1" });
    assert.deepEqual((await own("GET", "hosts")).json, []);
    assert.equal((await own("GET", "hosts?secretId=AKIDother")).json.length, 1);
    assert.equal((await own("GET", "hosts?secretId=AKIDunknown")).status, 400);
  });

  it("show and clear the log of API requests, and are not in it", async () => {
    await call({ url: emulator.url });
    const { json } = await own("GET", "requests");
    assert.deepEqual(
      json.map(({ action, answer }: { action: string; answer: string }) => [action, answer]),
      [["SyncMachines", "NOTASK"]],
    );
    await own("DELETE", "requests");
    assert.deepEqual((await own("GET", "requests")).json, []);
  });

  it("set the faults of CWP, and heal it", async () => {
    await own("POST", "faults", {
      startLagSeconds: 0,
      staleSeconds: 0,
      staleAlways: false,
      forgets: false,
      emptyTimes: false,
      neverEnds: true,
      deafTriggers: 0,
      busyTrigger: "join",
      laggingTimesSeconds: 0,
      laggingStateSeconds: 0,
      unknownState: "PAUSED",
      foreignSyncs: [{ atMs: 0, seconds: 1 }],
      backToBackSeconds: 5,
      laggingListSeconds: 0,
      looseFilters: true,
      deniedActions: ["DescribeMachines"],
    });
    assert.equal((await call({ url: emulator.url })).State, "PAUSED");
    await own("POST", "faults", {});
    await own("POST", "advance", { seconds: 5 });
    assert.equal((await call({ url: emulator.url })).State, "FINISHED");
  });

  it("inject gateway faults", async () => {
    await own("POST", "faults", { inject: { http: 503 }, times: 2, on: "any", after: 0 });
    await own("POST", "faults", { inject: { empty: true } });
    const seen: unknown[] = [];
    for (let request = 0; request < 4; request += 1) {
      const { status, text } = await sendSigned({ url: emulator.url });
      seen.push([status, text === ""]);
    }
    assert.deepEqual(seen, [
      [503, false],
      [503, false],
      [200, true],
      [200, false],
    ]);
  });

  it("inject faults of the metadata service, and of one action", async () => {
    await own("POST", "faults", { inject: { http: 500 }, on: "metadata" });
    await own("POST", "faults", { inject: { error: "InternalError" }, on: "DescribeMachines" });
    assert.equal((await call({ url: emulator.url })).State, "NOTASK");
    assert.equal((await fetch(`${emulator.url}/latest/meta-data/instance-id`)).status, 500);
    const { Error: error } = await call({ url: emulator.url, action: "DescribeMachines" });
    assert.match(JSON.stringify(error), /InternalError/);
  });

  it("inject an error with its message, a status with its body, a body, and a delay", async () => {
    const message = "The service is being updated.";
    await own("POST", "faults", { inject: { error: "ServiceUnavailable", message } });
    await own("POST", "faults", { inject: { http: 502, body: "Bad Gateway" } });
    await own("POST", "faults", { inject: { body: '{"Response":' } });
    await own("POST", "faults", { inject: { delaySeconds: 0.05 } });
    assert.deepEqual((await call({ url: emulator.url })).Error, {
      Code: "ServiceUnavailable",
      Message: message,
    });
    const { status, text } = await sendSigned({ url: emulator.url });
    assert.deepEqual([status, text], [502, "Bad Gateway"]);
    assert.equal((await sendSigned({ url: emulator.url })).text, '{"Response":');
    const sentMs = performance.now();
    assert.equal((await call({ url: emulator.url })).State, "NOTASK");
    assert.ok(performance.now() - sentMs >= 45);
  });

  it("start a sync as another pipeline does", async () => {
    await own("POST", "foreign-sync", { seconds: 5 });
    assert.equal((await call({ url: emulator.url })).State, "SYNCING");
    emulator.advance(5);
    await own("POST", "foreign-sync");
    emulator.advance(59);
    assert.equal((await call({ url: emulator.url })).State, "SYNCING");
  });

  const wrong: [string, unknown, RegExp][] = [
    ["hosts", "{", /not valid JSON/],
    ["hosts", "7", /expected one JSON object/],
    ["hosts", { id: 7 }, /`id` is not valid: expected a string/],
    ["hosts", { id: "ins-1", machineType: "VM" }, /one of CVM, BM, ECM, LH, Other/],
    ["faults", { neverend: 1 }, /`neverend` is not recognized\. Known: .*neverEnds/],
    ["faults", { deafTriggers: -1 }, /`deafTriggers` is not valid: expected 0 or more/],
    ["faults", { neverEnds: "yes" }, /`neverEnds` is not valid: expected a number/],
    ["faults", { busyTrigger: "wait" }, /one of join, FailedOperation, ResourceInUse/],
    ["hosts", { id: "ins-1", agentStatus: "on" }, /one of ONLINE, OFFLINE, UNINSTALLED/],
    ["hosts", { id: "ins-1", syncsNeeded: 0.5 }, /`syncsNeeded` is not valid: expected a whole number/],
    ["faults", { backToBackSeconds: 0 }, /`backToBackSeconds` is not valid: expected more than 0/],
    ["faults", { deniedActions: ["describeMachines"] }, /one of SyncMachines, DescribeMachines, /],
    ["faults", { foreignSyncs: [{ seconds: 1 }] }, /`inSeconds` is not valid: expected a number, or atMs/],
    ["faults", { inject: {} }, /names no fault\. Known: error, http/],
    ["faults", { inject: { http: 700 } }, /`http` is not valid: expected at most 599/],
    ["faults", { inject: { http: 99 } }, /an HTTP status from 200 to 599/],
    ["faults", { inject: { http: 503 }, on: "write" }, /one of start, trigger, read, sts, any/],
    ["advance", {}, /`seconds`/],
    ["advance", { seconds: -1 }, /`seconds` is not valid: expected 0 or more/],
    ["foreign-sync", { seconds: "5" }, /`seconds` is not valid: expected a number/],
  ];
  for (const [path, body, message] of wrong) {
    it(`refuse ${JSON.stringify(body)} for ${path} with a message`, async () => {
      const { status, json } = await own("POST", path, body);
      assert.equal(status, 400);
      assert.match(json.error, message);
    });
  }

  /** Sends headers that Node.js's fetch does not accept. */
  function asBrowser(method: string, path: string, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request(`${emulator.url}/_emulator/${path}`, { method, headers }, (answer) => {
        answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
      });
      sent.once("error", reject).end(method === "POST" ? '{"id": "ins-evil"}' : undefined);
    });
  }

  it("take nothing from the page of another site, whatever content type it claims", async () => {
    const { port, host } = new URL(emulator.url);
    const pages: Record<string, string>[] = [
      { origin: "https://evil.example.com", "content-type": "text/plain" },
      { origin: "null", "content-type": "text/plain" },
      { origin: "http://127.0.0.1:1" },
      { origin: `http://localhost:${port}` },
      { origin: `https://${host}` },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      // A host name of the other site that resolves to this machine.
      { host: `evil.example.com:${port}`, origin: `http://evil.example.com:${port}` },
      { host: `evil.example.com:${port}` },
      { host: "127.0.0.1.example.com" },
      { host: "@" },
    ];
    for (const headers of pages) {
      for (const [method, path] of [
        ["POST", "hosts"],
        ["GET", "hosts"],
        ["DELETE", "requests"],
      ] as const) {
        assert.equal(await asBrowser(method, path, headers), 403, `${method} ${JSON.stringify(headers)}`);
      }
    }
    assert.deepEqual(emulator.hosts(), []);
  });

  it("answer a browser whose address bar a person used, and a page of their own", async () => {
    const { port, host } = new URL(emulator.url);
    for (const headers of [
      { "sec-fetch-site": "none" },
      { "sec-fetch-site": "same-origin", origin: `http://${host}` },
      { host: `localhost:${port}`, origin: `http://localhost:${port}` },
      { host: `[::1]:${port}` },
    ]) {
      assert.equal(await asBrowser("GET", "hosts", headers as Record<string, string>), 200);
    }
  });

  it("list the known paths if a path is unknown", async () => {
    const { status, json } = await own("PUT", "hosts");
    assert.equal(status, 404);
    assert.match(json.error, /no PUT \/_emulator\/hosts.*POST \/_emulator\/hosts/);
  });
});
