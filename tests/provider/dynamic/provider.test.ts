import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../../emulator";
import { CwpError } from "../../../provider/api/errors";
import { check, configure, create, diff, read, update } from "../../../provider/dynamic/provider";
import { recordEngineAddress } from "../../../provider/engine/engineWatch";
import type { Inputs } from "../../../provider/machineSync/inputs";
import type { Outputs } from "../../../provider/machineSync/outputs";
import { history } from "../../history";
import { inHurriedTime } from "../../hurriedTime";
import { refusal } from "../../refusal";
import { ownHome } from "../account/credentials/home";
import { LogEngine } from "../engine/logEngine";

const account = {
  secretId: "AKIDtest",
  secretKey: "the-secret-key-of-the-test",
  token: "the-session-token-of-the-test",
};
const other = { secretId: "AKIDother", secretKey: "the-other-secret-key" };

/** The values that the engine passes and keeps beside the arguments of a program. */
const inputs: Inputs & { __provider: string } = {
  triggers: ["ins-1", { disks: [1, 2] }],
  timeouts: { create: "20m" },
  __provider: "the text of the shim",
};

/** The tests of life.ts, for both entry points, are not repeated here. */
describe("The dynamic resource, as Pulumi's host calls it", () => {
  ownHome();
  inHurriedTime();

  let emulator: Emulator;
  let config: Map<string, string>;
  const starts = () => emulator.requests.filter(({ sync }) => sync === true).length;

  const configOf = ({ url }: Emulator) =>
    new Map([
      ["tencentcloud:secretId", account.secretId],
      ["tencentcloud:secretKey", account.secretKey],
      ["tencentcloud:securityToken", account.token],
      ["tencentcloud-cwp:endpoint", url],
    ]);

  /** The error of a call, which must be one that the host shows without a stack, and show no secret. */
  const failure = (call: Promise<unknown>) =>
    refusal(call, account.secretKey, account.token, other.secretKey);

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 0, accounts: [account, other], faults: history(1) });
    config = configOf(emulator);
    configure({ config });
  });
  afterEach(() => emulator.stop());

  describe("check", () => {
    it("gives the inputs back as they are, and failures without a property, whose value the engine would print", () => {
      assert.deepEqual(check(undefined, { ...inputs }), { inputs, failures: [] });
      const wrong = { skipAwait: "yes" };
      const checked = check({}, wrong);
      assert.deepEqual(checked.inputs, wrong);
      assert.deepEqual(
        checked.failures.map(({ property }) => property),
        [""],
      );
    });
  });

  describe("diff", () => {
    const olds: Outputs = { ...inputs, state: "FINISHED", durationSeconds: 7, requestId: "id" };

    it("sees no change in outputs, time-outs, skipAwait or the serialized provider", () => {
      const news = { triggers: inputs.triggers ?? [], skipAwait: true, __provider: "another text" };
      assert.deepEqual(diff("id", olds, news), { changes: false, replaces: [] });
      assert.deepEqual(diff("id", olds, inputs), { changes: false, replaces: [] });
    });

    it("asks for an update if the state lacks the serialized provider", () => {
      const { __provider, ...before } = { ...inputs, state: "FINISHED" as const };
      assert.deepEqual(diff("id", before, inputs), { changes: true, replaces: [] });
    });

    it("replaces for another account, even if a run is unfinished", () => {
      const unfinishedRun = { state: "NOTASK", latestStartTime: "", latestEndTime: "", shown: true } as const;
      const elsewhere = { ...inputs, endpoint: "cwp.intl.tencentcloudapi.com" };
      for (const before of [olds, { ...inputs, unfinishedRun }]) {
        assert.deepEqual(diff("id", before, elsewhere), { changes: true, replaces: ["endpoint"] });
      }
    });
  });

  describe("create and update", () => {
    it("keep the serialized provider, without which the host can neither refresh nor delete", async () => {
      const { outs } = await create(inputs);
      const { __provider, ...olds } = { ...inputs, ...outs };
      emulator.clearRequests();
      assert.deepEqual((await update("id", olds, inputs)).outs, { ...olds, __provider });
      assert.equal(emulator.requests.length, 0);
    });

    it("fail with the id, all properties and the reason once a sync has been started", async () => {
      emulator.setSyncSeconds(600);
      emulator.inject({ error: "UnauthorizedOperation" }, { on: "read", after: 1 });
      const error = await failure(create(inputs));

      const { LatestStartTime, LatestEndTime: before } = emulator.world().syncMachines(false);
      const properties: Outputs = Reflect.get(error, "properties");
      const kept: unknown = { ...properties, requestId: "" };
      assert.deepEqual(kept, {
        ...inputs,
        requestId: "",
        machines: [],
        state: "SYNCING",
        latestStartTime: LatestStartTime,
        latestEndTime: before,
        unfinishedRun: {
          state: "FINISHED",
          latestStartTime: properties.unfinishedRun?.latestStartTime,
          latestEndTime: before,
          shown: true,
          account: properties.__account,
        },
        __account: properties.__account,
      });
      const id: unknown = Reflect.get(error, "id");
      assert.ok(typeof id === "string" && id !== "");
      assert.deepEqual(Reflect.get(error, "reasons"), [error.message]);
    });

    it("in an update fail with its id, the new inputs, and a run without an answer", async () => {
      emulator.inject({ body: '{"Response":{"State":"PAUSED"}}' }, { on: "start" });
      const news = { ...inputs, triggers: ["ins-2"] };
      const error = await failure(update("the-id", inputs, news));
      assert.match(error.message, /"PAUSED"/);
      assert.equal(Reflect.get(error, "id"), "the-id");
      const { triggers, __provider, unfinishedRun } = Reflect.get(error, "properties");
      assert.deepEqual([triggers, __provider], [news.triggers, inputs.__provider]);
      assert.equal(unfinishedRun.shown, false);
    });

    it("fail plainly before, with nothing that the host would keep", async () => {
      config.set("tencentcloud:secretKey", "a-wrong-key");
      const error = await failure(create(inputs));
      assert.ok(!("id" in error) && !("properties" in error));
    });

    it("are bounded by the customTimeouts of their own operation, which may be less than a second", async () => {
      const endings = await Promise.all([
        failure(create({ timeouts: { create: "150ms", update: "1h" } })),
        failure(update("id", {}, { triggers: [1], timeouts: { create: "1h", update: "150ms" } })),
      ]);
      for (const { message } of endings) {
        assert.match(
          message,
          /^No machine sync could be started within .*allow more time with customTimeouts/,
        );
      }
    });

    it("start a sync for each resource that is created after another, though all were checked before", async () => {
      const urns = ["a", "b", "c"].map((name) => `urn:pulumi:dev::project::type::${name}`);
      for (const __urn of urns) {
        check(undefined, { ...inputs, __urn });
      }
      for (const __urn of urns) {
        await create({ ...inputs, __urn });
      }
      assert.equal(starts(), 3);
    });

    it("share no sync between two accounts", async () => {
      const one = create({});
      config.set("tencentcloud:secretId", other.secretId);
      config.set("tencentcloud:secretKey", other.secretKey);
      config.delete("tencentcloud:securityToken");
      await Promise.all([one, create({})]);
      for (const { secretId } of [account, other]) {
        assert.equal(emulator.world(secretId).runs.filter(({ by }) => by !== "foreign").length, 1, secretId);
      }
    });
  });

  describe("a resource that was checked", () => {
    const [own, other] = ["urn:pulumi:dev::project::type::own", "urn:pulumi:dev::project::type::other"];
    const olds: Outputs = { ...inputs, state: "FINISHED" };
    afterEach(() => {
      diff("id", olds, { ...inputs, __urn: other });
    });

    /** How long a create takes, in seconds: it waits up to two for those that are about to be created. */
    async function took(): Promise<number> {
      const before = Date.now();
      await create({ ...inputs, __urn: own });
      return (Date.now() - before) / 1000;
    }

    it("holds a start back, also if it has changed", async () => {
      check(undefined, { ...inputs, __urn: other });
      assert.ok((await took()) >= 2);
      diff("id", olds, { ...inputs, triggers: ["changed"], __urn: other });
      assert.ok((await took()) >= 2);
    });

    it("holds none back if it is not about to be created", async () => {
      for (const isDone of [
        () => check(undefined, { ...inputs, skipAwait: "yes", __urn: other }),
        () => check(undefined, { ...inputs }),
        () => {
          check(undefined, { ...inputs, __urn: other });
          diff("id", olds, { ...inputs, __urn: other });
        },
      ]) {
        isDone();
        assert.ok((await took()) < 2);
      }
    });
  });

  describe("a retry by a hook", () => {
    const __urn = "urn:pulumi:dev::project::type::retried";
    async function failAfterStart(of: Inputs) {
      emulator.setSyncSeconds(600);
      emulator.inject({ error: "UnauthorizedOperation" }, { on: "read", after: 1 });
      await failure(create(of));
      emulator.advance(600);
      emulator.setSyncSeconds(0);
    }

    it("continues with the sync of the try before", async () => {
      await failAfterStart({ ...inputs, __urn });
      await create({ ...inputs, __urn });
      assert.equal(starts(), 1);
    });

    it("is none for other inputs, without a URN, or after the next configure", async () => {
      await failAfterStart({ ...inputs, __urn });
      await create({ ...inputs, triggers: ["changed"], __urn });
      assert.equal(starts(), 2);
      await failAfterStart(inputs);
      await create(inputs);
      assert.equal(starts(), 4);
      await failAfterStart({ ...inputs, __urn });
      configure({ config });
      await create({ ...inputs, __urn });
      assert.equal(starts(), 6);
    });
  });

  describe("the row", () => {
    it("has had its last line when a create or update is over, in success and in failure", async () => {
      const engine = await LogEngine.start();
      recordEngineAddress(engine.address);
      try {
        const { outs } = await create({ ...inputs, __urn: "urn:of:the::resource" });
        assert.match(engine.messages.at(-1) ?? "", /^Machines synced from /);
        assert.ok(engine.taken.every((one) => one.getUrn() === "urn:of:the::resource"));

        emulator.inject({ error: "UnauthorizedOperation" }, { on: "read", after: 1 });
        emulator.setSyncSeconds(600);
        const before = engine.messages.length;
        await failure(update("id", outs, { ...inputs, triggers: ["b"], __urn: "urn:of:the::resource" }));
        assert.ok(engine.messages.length > before);
      } finally {
        recordEngineAddress("");
        engine.stop();
      }
    });
  });

  describe("configure", () => {
    it("has taken the config before anything can be awaited", async () => {
      const second = await startEmulator({ syncSeconds: 0, accounts: [account] });
      try {
        const returned: unknown = configure({ config: configOf(second) });
        const reading = read("id", {});
        assert.equal(returned, undefined);
        await reading;
        assert.equal(second.requests.length, 1);
        assert.equal(emulator.requests.length, 0);
      } finally {
        await second.stop();
      }
    });

    it("yields to the resource's own arguments", async () => {
      config.set("tencentcloud-cwp:endpoint", "http://127.0.0.1:1");
      const { props } = await read("id", { endpoint: emulator.url });
      assert.equal(props.state, "FINISHED");
      assert.equal(props.endpoint, emulator.url);
    });

    it("takes precedence over the environment, which is used if the config has nothing", async () => {
      process.env.TENCENTCLOUD_CWP_ENDPOINT = "http://127.0.0.1:1";
      process.env.TENCENTCLOUD_SECRET_ID = account.secretId;
      process.env.TENCENTCLOUD_SECRET_KEY = account.secretKey;
      process.env.TENCENTCLOUD_TOKEN = account.token;
      configure({ config: new Map([["tencentcloud-cwp:endpoint", emulator.url]]) });
      assert.equal((await read("id", {})).props.state, "FINISHED");
    });

    it("with settings that cannot be used lets no call send anything", async () => {
      const cases: readonly (readonly [setting: string, value: string | undefined])[] = [
        ["tencentcloud:secretKey", undefined],
        ["tencentcloud:secretId", undefined],
        ["tencentcloud-cwp:endpoint", "http://cwp.tencentcloudapi.com"],
        ["tencentcloud-cwp:endpoint", "ftp://127.0.0.1"],
      ];
      for (const [setting, value] of cases) {
        const broken = new Map(config);
        broken.delete(setting);
        configure({ config: value === undefined ? broken : broken.set(setting, value) });
        const updateIt = () => update("id", { ...inputs, triggers: ["ins-0"] }, inputs);
        for (const call of [() => create(inputs), updateIt, () => read("id", { ...inputs })]) {
          const error = await failure(call());
          assert.ok(error instanceof CwpError);
          assert.equal(error.code, "InvalidSettings");
        }
      }
      assert.equal(emulator.requests.length, 0);
    });
  });

  describe("read", () => {
    it("returns the id", async () => {
      assert.equal((await read("the-id", { ...inputs })).id, "the-id");
    });

    it("says that it knows the config of the last up only, if its keys are refused or missing", async () => {
      const advice =
        / A refresh reads the config of the last "pulumi up": .* "pulumi refresh --run-program"\. See "[^"]+" in /;
      emulator.inject({ error: "AuthFailure.SecretIdNotFound" });
      const refused = await failure(read("id", { ...inputs }));
      assert.match(refused.message, advice);
      assert.equal(refused.stack, refused.message);
      assert.equal(Reflect.get(refused, "requestId"), emulator.requests.at(-1)?.requestId);

      emulator.inject({ error: "AuthFailure.SecretIdNotFound" });
      assert.doesNotMatch((await failure(create(inputs))).message, /A refresh reads/);
      const without = new Map(config);
      without.delete("tencentcloud:secretId");
      configure({ config: without });
      assert.match((await failure(read("id", { ...inputs }))).message, advice);
    });

    it("fails with what to do if the service refuses", async () => {
      emulator.inject({ error: "UnauthorizedOperation", message: "No." });
      const error = await failure(read("id", { ...inputs }));
      assert.match(
        error.message,
        /^UnauthorizedOperation: No .*Grant this identity the CAM action cwp:SyncMachines/,
      );
      assert.equal(emulator.requests.length, 1);
    });
  });
});
