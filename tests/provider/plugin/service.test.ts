import assert from "node:assert/strict";
import { once } from "node:events";
import { type Emulator, emulatorAccount, startEmulator } from "../../../emulator";
import { engineAddress, recordEngineAddress } from "../../../provider/engine/engineWatch";
import { history } from "../../history";
import { inHurriedTime } from "../../hurriedTime";
import { ownHome } from "../account/credentials/home";
import { LogEngine } from "../engine/logEngine";
import { PluginHere, type Properties, partialFailure, secret, unknown } from "./plugin";

const status = "tencentcloud-cwp:index:getMachineSyncStatus";

/** The tests of life.ts, for both entry points, are not repeated here. */
describe("The plugin, over gRPC", function () {
  this.timeout(20_000);
  ownHome();
  inHurriedTime();
  let emulator: Emulator;
  let plugin: PluginHere;

  const syncs = () => emulator.requests.filter(({ sync }) => sync === true).length;
  const config = (url = emulator.url): Properties => ({
    secretId: emulatorAccount.secretId,
    secretKey: secret(emulatorAccount.secretKey),
    endpoint: url,
    version: "0.1.0",
  });

  /** The error of a call that must fail. */
  async function failure(call: Promise<unknown>): Promise<{ details: string }> {
    const error = await call.then(
      () => assert.fail("the call did not fail"),
      (error) => error,
    );
    assert.ok(!JSON.stringify(error).includes(emulatorAccount.secretKey), "the secret key is in the error");
    return error;
  }

  /**
   * Resolves once a sync of ten minutes has been started and polled. No answer comes to that poll: so no time
   * passes.
   */
  async function underWay(): Promise<void> {
    emulator.setSyncSeconds(600);
    emulator.inject({ hang: true }, { on: "read", after: 1 });
    while (emulator.requests.length < 3 || syncs() === 0) {
      await once(AbortSignal.timeout(20), "abort");
    }
  }

  // One service has all tests: each configures it for an endpoint of its own.
  before(async () => {
    plugin = await PluginHere.start();
    await plugin.handshake();
  });
  after(() => plugin.stop());
  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 0, faults: history() });
    await plugin.configure(config());
  });
  afterEach(() => emulator.stop());

  describe("at the start", () => {
    it("takes secrets in a handshake, and previews", async () => {
      assert.equal((await plugin.handshake()).getAcceptSecrets(), true);
      const configured = await plugin.configure({});
      assert.equal(configured.getAcceptsecrets(), true);
      assert.equal(configured.getSupportspreview(), true);
    });

    it("takes an engine that attaches to it for its own", async () => {
      await plugin.attach("127.0.0.1:1");
      assert.equal(engineAddress()?.text, "127.0.0.1:1");
      recordEngineAddress("");
    });

    it("returns its schema and the version in it", async () => {
      const schema = JSON.parse(await plugin.schema());
      assert.equal(schema.name, "tencentcloud-cwp");
      assert.equal(await plugin.version(), schema.version);
      assert.match((await failure(plugin.schema(7))).details, /no schema of version 7/);
    });
  });

  describe("CheckConfig and DiffConfig", () => {
    it("return the settings for the state: keys wrapped as secrets, and no failure", async () => {
      const { inputs, reasons } = await plugin.checkConfig({
        secretId: "AKID",
        secretKey: "hush",
        version: "0.1.0",
      });
      assert.deepEqual(reasons, []);
      assert.deepEqual(inputs, { secretId: "AKID", secretKey: secret("hush"), version: "0.1.0" });
    });

    it("name the problem of a setting", async () => {
      const { reasons } = await plugin.checkConfig({ secretID: "AKID" });
      assert.match(reasons.join(), /There is no setting tencentcloud-cwp:secretID/);
    });

    it("distinguish an update from another account", async () => {
      const olds = { secretId: "a", secretKey: "b" };
      assert.deepEqual(await plugin.diffConfig(olds, { secretId: "c", secretKey: "d" }), {
        changes: true,
        changed: ["secretId", "secretKey"],
        replaces: [],
      });
      assert.deepEqual(await plugin.diffConfig(olds, { ...olds, profile: "prod" }), {
        changes: true,
        changed: ["profile"],
        replaces: ["profile"],
      });
      assert.deepEqual(await plugin.diffConfig(olds, olds), { changes: false, changed: [], replaces: [] });
    });
  });

  describe("check", () => {
    it("sends nothing and returns the inputs as they were", async () => {
      const news = { triggers: [secret("a"), unknown, { b: [1, null] }], skipAwait: true };
      assert.deepEqual(await plugin.check(news), { inputs: news, reasons: [] });
      assert.equal(emulator.requests.length, 0);
    });

    it("names the problem, and not the value", async () => {
      const { reasons } = await plugin.check({ triggers: "a", secretKey: "hush", region: secret(7) });
      assert.equal(reasons.length, 3);
      assert.match(reasons.join("\n"), /triggers must be a list/);
      assert.match(reasons.join("\n"), /no property secretKey.*never in arguments/);
      assert.match(reasons.join("\n"), /region must be/);
      assert.doesNotMatch(reasons.join("\n"), /hush/);
    });

    it("has none of the properties that a dynamic resource has for itself", async () => {
      const { reasons } = await plugin.check({ timeouts: { create: "5m" } });
      assert.deepEqual(reasons, [
        'MachineSync has no property timeouts. See "Arguments" in node_modules/pulumi-tencentcloud-cwp/docs/troubleshooting.md.',
      ]);
    });

    it("knows no other resource", async () => {
      const other = "urn:pulumi:dev::test::my:Component$tencentcloud-cwp:index:Machine::one";
      assert.match(
        (await failure(plugin.check({}, other))).details,
        /no resource tencentcloud-cwp:index:Machine\b/,
      );
    });
  });

  describe("diff", () => {
    it("compares triggers deeply, whether they are secret or not", async () => {
      const olds = { triggers: ["a", secret({ b: [1] })], state: "FINISHED" };
      const same = { changes: false, changed: [], replaces: [] };
      assert.deepEqual(await plugin.diff(olds, { triggers: ["a", { b: [1] }] }), same);
      assert.deepEqual(await plugin.diff(olds, { triggers: ["a", secret({ b: [1] })], skipAwait: true }), {
        ...same,
        changed: ["skipAwait"],
      });
      assert.deepEqual(await plugin.diff(olds, { triggers: ["a", { b: [2] }] }), {
        changes: true,
        changed: ["triggers"],
        replaces: [],
      });
      assert.equal((await plugin.diff(olds, { triggers: ["a", unknown] })).changes, true);
    });

    it("takes the contents of a file for its hash, which is all that the engine keeps of it", async () => {
      const asset = (hash: string, text?: string) => ({
        "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
        hash,
        ...(text && { text }),
      });
      assert.equal(
        (await plugin.diff({ triggers: [asset("1")] }, { triggers: [asset("1", "one")] })).changes,
        false,
      );
      assert.equal(
        (await plugin.diff({ triggers: [asset("1")] }, { triggers: [asset("2", "two")] })).changes,
        true,
      );
    });

    it("replaces for another profile, role or endpoint", async () => {
      const olds = { profile: "a", endpoint: "cwp.tencentcloudapi.com", assumeRole: { roleArn: "qcs::1" } };
      const news = {
        profile: "b",
        endpoint: "cwp.intl.tencentcloudapi.com",
        assumeRole: { roleArn: "qcs::2" },
      };
      const { replaces } = await plugin.diff(olds, news);
      assert.deepEqual(replaces.sort(), ["assumeRole", "endpoint", "profile"]);
    });

    it("ignores the leftovers of a dynamic resource, and sees its unfinished run", async () => {
      const olds = {
        triggers: ["a"],
        __provider: secret("exports.handler = …"),
        __urn: "urn:of:the::resource",
        timeouts: { create: "5m" },
      };
      assert.equal((await plugin.diff(olds, { triggers: ["a"] })).changes, false);
      const run = { state: "NOTASK", latestStartTime: "", latestEndTime: "", shown: true };
      assert.equal((await plugin.diff({ ...olds, unfinishedRun: run }, { triggers: ["a"] })).changes, true);
    });
  });

  describe("a resource that was checked", () => {
    const other = "urn:pulumi:dev::test::tencentcloud-cwp:index:MachineSync::other";

    /** How long a create takes, in seconds: it waits up to two for those that are about to be created. */
    async function took(): Promise<number> {
      const before = Date.now();
      await plugin.create({});
      return (Date.now() - before) / 1000;
    }

    it("holds a start back until it needs no update", async () => {
      await plugin.check({ triggers: "no list" }, other);
      assert.ok((await took()) < 2);
      await plugin.check({ triggers: ["a"] }, other);
      assert.ok((await took()) >= 2);
      await plugin.diff({ triggers: ["a"] }, { triggers: ["b"] }, other);
      assert.ok((await took()) >= 2);
      await plugin.diff({ triggers: ["a"] }, { triggers: ["a"] }, other);
      assert.ok((await took()) < 2);
    });
  });

  describe("create", () => {
    it("syncs once, and returns the inputs as they were, beside the times", async () => {
      const { id, properties } = await plugin.create({ triggers: ["a", secret("b")] });
      assert.notEqual(id, "");
      assert.equal(syncs(), 1);
      assert.equal(properties.state, "FINISHED");
      assert.match(String(properties.latestEndTime), /^\d{4}-/);
      assert.deepEqual(properties.triggers, ["a", secret("b")]);
    });

    it("does not know the machines of hosts in a preview", async () => {
      const { properties } = await plugin.create({ hosts: ["ins-a", unknown] }, { preview: true });
      assert.equal(properties.machines, unknown);
    });

    it("sends nothing in a preview, in which all outputs of a sync are unknown", async () => {
      const { id, properties } = await plugin.create({ triggers: [unknown] }, { preview: true });
      assert.equal(id, "");
      assert.deepEqual(properties, {
        triggers: [unknown],
        state: unknown,
        latestStartTime: unknown,
        latestEndTime: unknown,
        durationSeconds: unknown,
        requestId: unknown,
        machines: [],
      });
      assert.equal(emulator.requests.length, 0);
    });

    it("fails partly if it times out after the start, and update continues with the same run", async () => {
      emulator.setSyncSeconds(600);
      const news = { triggers: [secret("a")] };
      const error = await failure(plugin.create(news, { timeout: 2 }));
      const kept = partialFailure(error);
      assert.ok(kept);
      assert.match(error.details, /within 2 s/);
      assert.deepEqual(kept.reasons, [error.details]);
      assert.deepEqual(kept.properties.triggers, [secret("a")]);
      assert.ok(kept.properties.unfinishedRun);

      assert.equal((await plugin.diff(kept.properties, news)).changes, true);
      emulator.advance(600);
      const after = await plugin.update(kept.properties, news);
      assert.equal(syncs(), 1);
      assert.equal(after.durationSeconds, 600);
      assert.equal(after.unfinishedRun, undefined);
    });
  });

  it("has shown the last line of the row when a create is over", async () => {
    const engine = await LogEngine.start();
    recordEngineAddress(engine.address);
    try {
      await plugin.create({});
      assert.match(engine.messages.at(-1) ?? "", /^Machines synced from /);
    } finally {
      recordEngineAddress("");
      engine.stop();
    }
  });

  describe("update", () => {
    it("syncs once more, and drops the leftovers of a dynamic resource", async () => {
      const olds = {
        triggers: ["a"],
        __provider: "exports.handler = …",
        __urn: "urn",
        timeouts: { create: "5m" },
      };
      const properties = await plugin.update(olds, { triggers: ["b"] });
      assert.equal(syncs(), 1);
      assert.deepEqual(properties.triggers, ["b"]);
      const left = ["__provider", "__urn", "timeouts"].filter((name) => name in properties);
      assert.deepEqual(left, []);
    });

    it("sends nothing in a preview, in which all outputs of a sync are unknown", async () => {
      const properties = await plugin.update({ state: "FINISHED" }, { triggers: ["b"] }, { preview: true });
      assert.equal(properties.state, unknown);
      assert.equal(properties.latestStartTime, unknown);
      assert.equal(emulator.requests.length, 0);
    });
  });

  describe("update of the hosts", () => {
    const unknownTimes = {
      state: unknown,
      latestStartTime: unknown,
      latestEndTime: unknown,
      durationSeconds: unknown,
      requestId: unknown,
    };
    let olds: Properties;

    beforeEach(async () => {
      emulator.addHost({ id: "ins-a" });
      emulator.addHost({ id: "ins-b" });
      const created = await plugin.create({ hosts: ["ins-a", "ins-b"], triggers: [secret("a")] });
      olds = created.properties;
      emulator.clearRequests();
    });

    for (const { what, hosts } of [
      { what: "one of them", hosts: ["ins-b"] },
      { what: "one of them, and names the other twice", hosts: ["ins-b", "ins-b"] },
      { what: "all of them", hosts: [] },
      { what: "the whole argument", hosts: undefined },
    ]) {
      it(`that removes ${what} sends nothing, and a preview knows all that it leaves`, async () => {
        const news = { ...(hosts && { hosts }), triggers: [secret("a")] };
        const previewed = await plugin.update(olds, news, { preview: true });
        assert.deepEqual(previewed, await plugin.update(olds, news));
        assert.equal(previewed.latestEndTime, olds.latestEndTime);
        assert.deepEqual(previewed.triggers, [secret("a")]);
        assert.equal(emulator.requests.length, 0);
      });
    }

    for (const { what, news, before } of [
      { what: "adds one that may be listed already", news: { hosts: ["ins-a", "ins-b", "ins-c"] } },
      { what: "adds one that is not known yet", news: { hosts: ["ins-a", unknown] } },
      { what: "brings a list that is not known yet", news: { hosts: unknown } },
      { what: "changes the triggers too", news: { hosts: ["ins-a"], triggers: ["b"] } },
      {
        what: "continues an unfinished run",
        news: { hosts: ["ins-a"] },
        before: { unfinishedRun: { state: "NOTASK", latestStartTime: "", latestEndTime: "", shown: true } },
      },
      {
        what: "keeps one that CWP did not list",
        news: { hosts: ["ins-a"] },
        before: { machines: [] },
      },
    ]) {
      it(`that ${what} leaves what a sync changes unknown in a preview`, async () => {
        const asked = { triggers: [secret("a")], ...news };
        const previewed = await plugin.update({ ...olds, ...before }, asked, { preview: true });
        assert.deepEqual(previewed, { ...asked, ...unknownTimes, machines: unknown });
        assert.equal(emulator.requests.length, 0);
      });
    }
  });

  it("hides a value that has become secret, with no sync", async () => {
    const { properties } = await plugin.create({ triggers: ["a", { b: "b" }], region: "ap-guangzhou" });
    emulator.clearRequests();
    const news = { triggers: ["a", { b: secret("b") }], region: "ap-guangzhou" };
    assert.deepEqual(await plugin.diff(properties, news), { changes: true, changed: [], replaces: [] });
    for (const preview of [true, false]) {
      const updated = await plugin.update(properties, news, { preview });
      assert.deepEqual(updated, { ...properties, ...news });
      assert.equal((await plugin.diff(updated, news)).changes, false);
    }
    // As the option additionalSecretOutputs leaves it.
    assert.equal((await plugin.diff({ triggers: secret(["a", { b: "b" }]) }, news)).changes, false);
    assert.equal(emulator.requests.length, 0);
  });

  describe("read", () => {
    it("polls once, starts nothing, and keeps secrets wrapped", async () => {
      const { properties: olds } = await plugin.create({ triggers: [secret("a"), "b"] });
      emulator.clearRequests();
      emulator.advance(60);
      emulator.world().startForeignSync(2);
      emulator.advance(60);
      const read = await plugin.read("id-1", olds, { triggers: [secret("a"), "b"] });
      assert.deepEqual(
        emulator.requests.map(({ sync }) => sync),
        [false],
      );
      assert.deepEqual(read.properties.triggers, [secret("a"), "b"]);
      assert.deepEqual(read.inputs, { triggers: [secret("a"), "b"] });
      assert.equal(read.properties.durationSeconds, 2);
    });

    it("says that a refresh has the settings of the last up, if they are refused", async () => {
      await plugin.configure({ ...config(), secretKey: "another" });
      assert.match(
        (await failure(plugin.read("id-1", { state: "FINISHED" }))).details,
        /refresh --run-program/,
      );
      assert.doesNotMatch((await failure(plugin.read("new"))).details, /run-program/);
    });

    it("ends when its time is over", async () => {
      emulator.inject({ error: "InternalError" }, { times: 999 });
      const { details } = await failure(plugin.read("id-1", {}, {}, 2));
      assert.match(details, /^No answer within 2 s: /);
    });

    it("imports by any id", async () => {
      const read = await plugin.read("whatever");
      assert.equal(read.id, "whatever");
      assert.equal(read.properties.state, "FINISHED");
      assert.equal(read.properties.__account, undefined);
      assert.deepEqual(read.inputs, {});
      assert.equal(syncs(), 0);
    });

    it("drops the leftovers of a dynamic resource, and keeps its unfinished run", async () => {
      const run = { state: "NOTASK", latestStartTime: "", latestEndTime: "", shown: true };
      const olds = { triggers: ["b"], __provider: "text", timeouts: {}, unfinishedRun: run };
      const read = await plugin.read("id-1", olds, { triggers: ["a"], __provider: "text", timeouts: {} });
      assert.deepEqual(read.inputs, { triggers: ["a"] });
      assert.deepEqual(read.properties.triggers, ["b"]);
      assert.deepEqual(read.properties.unfinishedRun, run);
      assert.equal(read.properties.__provider, undefined);
    });
  });

  it("deletes without a request, a service or credentials", async () => {
    await plugin.configure({});
    await plugin.delete({ triggers: ["a"] });
    assert.equal(emulator.requests.length, 0);
  });

  describe("invoke", () => {
    it("reads the present status", async () => {
      emulator.world().startForeignSync(3);
      const { result, reasons } = await plugin.invoke(status);
      assert.deepEqual(reasons, []);
      assert.equal(result?.state, "SYNCING");
      assert.equal(syncs(), 0);
    });

    it("takes the arguments of an account, and names their problems", async () => {
      const { result, reasons } = await plugin.invoke(status, { endpoint: "http://far.away", triggers: 1 });
      assert.equal(result, undefined);
      assert.match(reasons.join("\n"), /endpoint "http:\/\/far\.away" cannot be used/);
    });

    it("knows no other function", async () => {
      assert.match(
        (await failure(plugin.invoke("tencentcloud-cwp:index:getHosts"))).details,
        /no function .*getHosts/,
      );
    });
  });

  describe("Cancel", () => {
    it("ends a wait at once, and the next up continues with the same run", async () => {
      const created = failure(plugin.create({ triggers: ["a"] }));
      await underWay();
      await plugin.cancel();
      const kept = partialFailure(await created);
      assert.ok(kept?.properties.unfinishedRun);
      emulator.advance(600);
      await plugin.configure(config());
      await plugin.update(kept.properties, { triggers: ["a"] });
      assert.equal(syncs(), 1);
    });

    it("ends a wait even if the provider was configured again meanwhile", async () => {
      const created = failure(plugin.create({ triggers: ["a"] }));
      await underWay();
      await plugin.configure(config());
      await plugin.cancel();
      assert.ok(partialFailure(await created)?.properties.unfinishedRun);
    });

    it("ends a wait at once while the request that starts the sync is in progress, and starts no other sync", async () => {
      emulator.setSyncSeconds(600);
      emulator.inject({ delaySeconds: 30 }, { on: "start" });
      const created = failure(plugin.create({}));
      while (syncs() === 0) {
        await once(AbortSignal.timeout(20), "abort");
      }
      await plugin.cancel();
      const kept = partialFailure(await created);
      assert.ok(kept?.properties.unfinishedRun);
      emulator.advance(600);
      await plugin.configure(config());
      await plugin.update(kept.properties, {});
      assert.equal(syncs(), 1);
    });

    it("fails plainly before a sync was started, and leaves nothing", async () => {
      emulator.startForeignSync(600);
      emulator.inject({ hang: true }, { on: "read", after: 1 });
      const created = failure(plugin.create({}));
      while (emulator.requests.length < 2) {
        await once(AbortSignal.timeout(20), "abort");
      }
      await plugin.cancel();
      const error = await created;
      assert.match(error.details, /cancelled\.$/, "it names no heading of the documentation");
      assert.equal(partialFailure(error), undefined);
      assert.equal(syncs(), 0);
    });

    for (const [what, read] of [
      ["a refresh", () => plugin.read("id-1", { hosts: ["ins-a"] })],
      ["the function", () => plugin.invoke(status)],
    ] as const) {
      it(`ends ${what} at once`, async () => {
        emulator.inject({ hang: true }, { times: 9 });
        const reading = failure(read());
        while (emulator.requests.length === 0) {
          await once(AbortSignal.timeout(20), "abort");
        }
        await plugin.cancel();
        assert.match((await reading).details, /cancelled/);
      });
    }

    it("is harmless when nothing waits, and lets nothing begin until an engine configures the provider again", async () => {
      await plugin.cancel();
      await plugin.cancel();
      assert.match((await failure(plugin.create({}))).details, /cancelled/);
      assert.equal(emulator.requests.length, 0);
      await plugin.configure(config());
      await plugin.create({});
      assert.equal(syncs(), 1);
    });
  });
});
