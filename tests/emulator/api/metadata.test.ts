import assert from "node:assert/strict";
import { type CamRole, type Emulator, emulatorAccount, startEmulator } from "../../../emulator";
import { call, errorCode } from "./signedRequest";

describe("the emulated metadata service", () => {
  let emulator: Emulator | undefined;
  const other = { secretId: "AKIDother", secretKey: "other", account: "other" };
  afterEach(() => emulator?.stop());

  /**
   * Starts an emulator with the role. Returns it, and a function that asks for a path under
   * `security-credentials/`.
   */
  async function start(camRole?: CamRole) {
    const started = await startEmulator({ accounts: [emulatorAccount, other], ...(camRole && { camRole }) });
    emulator = started;
    const get = (name: string, method = "GET") =>
      fetch(`${started.url}/latest/meta-data/cam/security-credentials/${name}`, { method });
    const getKey = async (name: string) => {
      const json = JSON.parse(await (await get(name)).text());
      return { secretId: json.TmpSecretId, secretKey: json.TmpSecretKey, token: json.Token, json };
    };
    return { started, get, getKey };
  }

  it("names the role, with no line end", async () => {
    const { get } = await start({ name: "sync-machines" });
    const answer = await get("");
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain/);
    assert.equal(await answer.text(), "sync-machines");
  });

  it("gives credentials of the role that CWP takes, for two hours", async () => {
    const { started, getKey } = await start({ name: "sync-machines" });
    const { json, ...key } = await getKey("sync-machines");
    assert.deepEqual(Object.keys(json).sort(), [
      "Code",
      "Expiration",
      "ExpiredTime",
      "TmpSecretId",
      "TmpSecretKey",
      "Token",
    ]);
    assert.equal(json.Code, "Success");
    assert.ok(Math.abs(json.ExpiredTime - Date.now() / 1000 - 7200) < 5);
    assert.equal(Date.parse(json.Expiration), json.ExpiredTime * 1000);
    assert.equal((await call({ url: started.url, ...key, parameters: { Sync: true } })).State, "SYNCING");
    assert.equal(started.world().runs.length, 1);
  });

  it("gives credentials for the account and the time of the option", async () => {
    const { started, getKey } = await start({ name: "sync", account: "other", seconds: 60 });
    const { json, ...key } = await getKey("sync");
    assert.ok(Math.abs(json.ExpiredTime - Date.now() / 1000 - 60) < 5);
    await call({ url: started.url, ...key, parameters: { Sync: true } });
    assert.equal(started.world("AKIDother").runs.length, 1);
  });

  it("gives credentials that end by expireTemporaryCredentials, and then new credentials", async () => {
    const { started, getKey } = await start({ name: "sync" });
    const { json: _old, ...old } = await getKey("sync");
    started.expireTemporaryCredentials();
    assert.equal(await errorCode({ url: started.url, ...old }), "AuthFailure.TokenFailure");
    const { json: _next, ...next } = await getKey("sync");
    assert.equal(await errorCode({ url: started.url, ...next }), undefined);
  });

  it("answers 404 for another role's name, and for anything but a GET", async () => {
    const { get } = await start({ name: "sync" });
    assert.equal((await get("another")).status, 404);
    assert.equal((await get("sync", "POST")).status, 404);
  });

  it("answers 404 when the machine has no role", async () => {
    const { get } = await start();
    assert.equal((await get("")).status, 404);
    assert.equal((await get("sync")).status, 404);
  });

  it("has a log of its own, apart from the log of API requests", async () => {
    const { started, get } = await start({ name: "sync" });
    await get("sync");
    await get("another");
    assert.deepEqual(started.requests, []);
    assert.deepEqual(
      started.metadataRequests.map(({ path, answer }) => [path.split("/").at(-1), answer]),
      [
        ["sync", "OK"],
        ["another", "http 404"],
      ],
    );
    started.clearRequests();
    assert.deepEqual(started.metadataRequests, []);
  });

  it("names the instance if there is a role", async () => {
    const { started } = await start({ name: "sync" });
    const get = async (name: string) => (await fetch(`${started.url}/latest/meta-data/${name}`)).text();
    assert.match(await get("instance-id"), /^ins-/);
    assert.match(await get("app-id"), /^\d+$/);
    assert.equal(await get("placement/region"), "ap-guangzhou");
  });

  it("names the owner of the role by its credentials", async () => {
    const { started, getKey } = await start({ name: "sync", account: "other" });
    const { json: _json, ...key } = await getKey("sync");
    const { AccountId, Type } = await call({
      url: started.url,
      action: "GetCallerIdentity",
      version: "2018-08-13",
      region: "ap-guangzhou",
      ...key,
    });
    assert.deepEqual([AccountId, Type], ["100000000002", "CAMRole"]);
  });

  it("is hit by faults on metadata, and by no other", async () => {
    const { started, get } = await start({ name: "sync" });
    started.inject({ http: 502 });
    started.inject({ http: 500 }, { on: "metadata", after: 1 });
    started.inject({ body: "<html>Log in</html>" }, { on: "metadata" });
    started.inject({ reset: true }, { on: "metadata" });
    assert.equal(await (await get("")).text(), "<html>Log in</html>");
    assert.equal((await get("")).status, 500);
    await assert.rejects(get("sync"));
    assert.equal((await get("sync")).status, 200);
    assert.throws(() => started.inject({ error: "InternalError" }, { on: "metadata" }), /no error codes/);
  });

  it("may give no answer, or a late one", async () => {
    const { started, get } = await start({ name: "sync" });
    started.inject({ hang: true }, { on: "metadata" });
    await assert.rejects(
      fetch(`${started.url}/latest/meta-data/cam/security-credentials/`, {
        signal: AbortSignal.timeout(50),
      }),
    );
    started.inject({ delaySeconds: 0.05 }, { on: "metadata" });
    const sentMs = performance.now();
    assert.equal(await (await get("")).text(), "sync");
    assert.ok(performance.now() - sentMs >= 45);
  });

  it("refuses a role of an unknown account", async () => {
    await assert.rejects(start({ name: "sync", account: "absent" }), /names the account absent/);
  });
});
