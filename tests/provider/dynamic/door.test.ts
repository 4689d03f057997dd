import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../../emulator";
import { CwpError } from "../../../provider/api/errors";
import { check, configure, create, diff, read, update } from "../../../provider/dynamic/door";
import type { Inputs } from "../../../provider/machineSync/inputs";
import type { Outputs } from "../../../provider/machineSync/outputs";
import { history } from "../../history";
import { refusal } from "../../refusal";
import { ownHome } from "../account/credentials/home";

const account = {
  secretId: "AKIDtest",
  secretKey: "the-secret-key-of-the-test",
  token: "the-session-token-of-the-test",
};
const other = { secretId: "AKIDother", secretKey: "the-other-secret-key" };
const secrets = [account.secretKey, account.token, other.secretKey];

/** What the engine gives and keeps beside the arguments of a program. */
const inputs: Inputs & { __provider: string } = {
  triggers: ["ins-1", { disks: [1, 2] }],
  timeouts: { create: "20m" },
  __provider: "the text of the shim",
};

/** A MachineSync whose run had not ended when its wait did. */
const unfinished: Outputs = {
  ...inputs,
  unfinishedRun: { state: "NOTASK", latestStartTime: "", latestEndTime: "", shown: true },
};

describe("A MachineSync without the engine", () => {
  ownHome();

  let emulator: Emulator;
  let config: Map<string, string>;
  const triggers = () => emulator.requests.filter(({ sync }) => sync === true).length;

  const configOf = ({ url }: Emulator) =>
    new Map([
      ["tencentcloud:secretId", account.secretId],
      ["tencentcloud:secretKey", account.secretKey],
      ["tencentcloud:securityToken", account.token],
      ["tencentcloud-cwp:endpoint", url],
    ]);

  /** A sync in the past, from before anything that a test does. */
  const syncedBefore = (seconds: number) => {
    emulator.world().startForeignSync(seconds);
    emulator.advance(seconds + 60);
  };

  /** The error of a call, which must be one that the host shows without a stack, and show no secret. */
  const failure = (call: Promise<unknown>) => refusal(call, ...secrets);

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 0, accounts: [account, other], faults: history() });
    config = configOf(emulator);
    configure({ config });
  });
  afterEach(() => emulator.stop());

  describe("check", () => {
    it("gives the inputs back as they are, with what is wrong with them", () => {
      assert.deepEqual(check(undefined, { ...inputs }), { inputs, failures: [] });
      const wrong = { skipAwait: "yes" };
      const checked = check({}, wrong);
      assert.deepEqual(checked.inputs, wrong);
      // No property: the engine would print its value.
      assert.deepEqual(checked.failures, [
        {
          property: "",
          reason:
            'skipAwait must be true or false, not a string. See "Arguments" in docs/troubleshooting.md of pulumi-tencentcloud-cwp.',
        },
      ]);
    });
  });

  describe("create", () => {
    it("gives the inputs back beside what the sync came to", async () => {
      const { id, outs } = await create(inputs);
      const { LatestStartTime, LatestEndTime } = emulator.world().syncMachines(false);
      const { __account, ...shown } = outs;
      assert.match(String(__account), /^[0-9a-f]{32}$/);
      assert.deepEqual(shown, {
        ...inputs,
        state: "FINISHED",
        latestStartTime: LatestStartTime,
        latestEndTime: LatestEndTime,
        durationSeconds: 0,
        machines: [],
        requestId: emulator.requests.at(-1)?.requestId,
      });
      assert.notEqual(id, "");
      assert.equal(triggers(), 1);
    });

    it("does not wait with skipAwait, and shows the sync that goes", async () => {
      emulator.setSyncSeconds(600);
      const { outs } = await create({ ...inputs, skipAwait: true });
      assert.equal(triggers(), 1);
      const { LatestStartTime, LatestEndTime } = emulator.world().syncMachines(false);
      const { __account, ...shown } = outs;
      assert.match(String(__account), /^[0-9a-f]{32}$/);
      assert.deepEqual(shown, {
        ...inputs,
        skipAwait: true,
        machines: [],
        state: "SYNCING",
        latestStartTime: LatestStartTime,
        latestEndTime: LatestEndTime,
        requestId: emulator.requests.at(-1)?.requestId,
      });
    });

    it("calls a sync finished though the service forgets it", async () => {
      emulator.setFaults({ forgets: true });
      const { outs } = await create({});
      assert.equal(emulator.requests.at(-1)?.answer, "NOTASK");
      assert.equal(outs.state, "FINISHED");
      assert.notEqual(outs.latestEndTime, "");
    });

    it("triggers once for many resources at once, and gives each an id of its own", async () => {
      const created = await Promise.all(Array.from({ length: 50 }, () => create({})));
      assert.equal(triggers(), 1);
      assert.ok(emulator.requests.length <= 3, `${emulator.requests.length} requests`);
      assert.equal(new Set(created.map(({ id }) => id)).size, 50);
    });

    it("starts a sync for each of the resources that are created one after the other, though all were checked before", async () => {
      const urns = ["a", "b", "c"].map((name) => `urn:pulumi:dev::project::type::${name}`);
      for (const __urn of urns) {
        check(undefined, { ...inputs, __urn });
      }
      for (const __urn of urns) {
        await create({ ...inputs, __urn });
      }
      assert.equal(triggers(), 3);
    });

    it("shares no sync between two accounts", async () => {
      const one = create({});
      config.set("tencentcloud:secretId", other.secretId);
      config.set("tencentcloud:secretKey", other.secretKey);
      config.delete("tencentcloud:securityToken");
      await Promise.all([one, create({})]);
      for (const { secretId } of [account, other]) {
        assert.equal(emulator.world(secretId).runs.filter(({ by }) => by === "trigger").length, 1, secretId);
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

    it("gives way to the resource's own arguments", async () => {
      config.set("tencentcloud-cwp:endpoint", "http://127.0.0.1:1");
      const { props } = await read("id", { endpoint: emulator.url });
      assert.equal(props.state, "FINISHED");
      assert.equal(props.endpoint, emulator.url);
    });

    it("comes before the environment, which serves where the config has nothing", async () => {
      process.env.TENCENTCLOUD_CWP_ENDPOINT = "http://127.0.0.1:1";
      process.env.TENCENTCLOUD_SECRET_ID = account.secretId;
      process.env.TENCENTCLOUD_SECRET_KEY = account.secretKey;
      process.env.TENCENTCLOUD_TOKEN = account.token;
      configure({ config: new Map([["tencentcloud-cwp:endpoint", emulator.url]]) });
      assert.equal((await read("id", {})).props.state, "FINISHED");
    });
  });

  describe("a wait that fails", () => {
    it("after the trigger keeps the resource with its inputs, the run, and the reason", async () => {
      emulator.setSyncSeconds(600);
      emulator.inject({ error: "UnauthorizedOperation" }, { on: "read", after: 1 });
      const error = await failure(create(inputs));

      const { LatestStartTime, LatestEndTime: before } = emulator.world().syncMachines(false);
      const properties: Outputs = Reflect.get(error, "properties");
      assert.match(properties.requestId ?? "", /^[0-9a-f-]{36}$/);
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
      assert.ok(properties.__account, "the state names no account");
      const id: unknown = Reflect.get(error, "id");
      assert.ok(typeof id === "string" && id !== "");
      assert.deepEqual(Reflect.get(error, "reasons"), [error.message]);
      assert.match(
        error.message,
        /cwp:SyncMachines.*Run "pulumi up" again to go on waiting for the same sync/,
      );

      assert.ok(diff(id, properties, inputs).changes, "the next up would not go on");
      emulator.clearRequests();
      emulator.advance(600);
      const { outs } = await update(id, properties, inputs);
      assert.equal(triggers(), 0);
      assert.equal(outs.durationSeconds, 600);
      assert.ok(!("unfinishedRun" in outs));
    });

    it("before the trigger keeps nothing", async () => {
      config.set("tencentcloud:secretKey", "a-wrong-key");
      const error = await refusal(create(inputs), "a-wrong-key", ...secrets);
      assert.match(error.message, /^AuthFailure\.SignatureFailure/);
      assert.ok(!("id" in error) && !("properties" in error));
      assert.equal(emulator.requests.length, 1);
    });

    it("over a setting sends nothing", async () => {
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

    it("is bounded by the customTimeouts of its own operation", async () => {
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

    it("in an update keeps the new inputs and the run that was asked for", async () => {
      syncedBefore(7);
      emulator.inject({ body: '{"Response":{"State":"PAUSED"}}' }, { on: "trigger" });
      const news = { ...inputs, triggers: ["ins-2"] };
      const error = await failure(update("the-id", unfinished, news));
      assert.match(error.message, /"PAUSED"/);
      assert.equal(Reflect.get(error, "id"), "the-id");
      const { LatestStartTime, LatestEndTime } = emulator.world().syncMachines(false);
      const { triggers: kept, __provider, unfinishedRun } = Reflect.get(error, "properties");
      assert.deepEqual([kept, __provider], [news.triggers, inputs.__provider]);
      assert.deepEqual(unfinishedRun, {
        account: unfinishedRun.account,
        state: "FINISHED",
        latestStartTime: LatestStartTime,
        latestEndTime: LatestEndTime,
        shown: false,
      });
    });
  });

  describe("update", () => {
    /** What a create keeps that fails while its sync takes seven seconds, which have passed since. */
    async function createLeftUnfinished(): Promise<Outputs> {
      emulator.setSyncSeconds(7);
      emulator.inject({ error: "UnauthorizedOperation" }, { on: "read", after: 1 });
      const error = await failure(create(inputs));
      emulator.advance(60);
      emulator.setSyncSeconds(0);
      emulator.clearRequests();
      return Reflect.get(error, "properties");
    }

    it("goes on waiting for an unfinished run when the triggers are the same", async () => {
      const olds = await createLeftUnfinished();
      const { outs } = await update("id", olds, { ...inputs, skipAwait: false });
      assert.equal(triggers(), 0);
      assert.equal(outs.durationSeconds, 7);
      assert.ok(!("unfinishedRun" in outs));
    });

    it("syncs afresh when the credentials are another account's since", async () => {
      const olds = await createLeftUnfinished();
      config.set("tencentcloud:secretId", other.secretId);
      config.set("tencentcloud:secretKey", other.secretKey);
      config.delete("tencentcloud:securityToken");
      const { outs } = await update("id", olds, inputs);
      assert.equal(triggers(), 1);
      assert.equal(emulator.world(other.secretId).runs.length, 2);
      assert.ok(!("unfinishedRun" in outs));
    });

    it("syncs afresh when the state does not say whose the unfinished run is, as 0.1.0 wrote it", async () => {
      syncedBefore(7);
      const { outs } = await update("id", unfinished, inputs);
      assert.equal(triggers(), 1);
      assert.ok(!("unfinishedRun" in outs));
    });

    it("syncs afresh when the triggers have changed since", async () => {
      syncedBefore(7);
      const news = { ...inputs, triggers: ["ins-1", { disks: [1, 3] }] };
      const { outs } = await update("id", unfinished, news);
      assert.equal(triggers(), 1);
      assert.equal(outs.durationSeconds, 0);
      assert.deepEqual(outs.triggers, news.triggers);
      assert.ok(!("unfinishedRun" in outs));
    });

    it("sends nothing if no sync is due, as for a state that lacks the serialized provider", async () => {
      syncedBefore(7);
      const { __provider, ...olds } = { ...inputs, durationSeconds: 7, machines: [] };
      const { outs } = await update("id", olds, inputs);
      assert.deepEqual(outs, { ...olds, __provider });
      assert.equal(emulator.requests.length, 0);
    });
  });

  describe("read", () => {
    it("asks once without triggering, and shows the latest sync beside the inputs", async () => {
      syncedBefore(7);
      const { id, props } = await read("the-id", { ...inputs, state: "NOTASK", durationSeconds: 5 });
      assert.equal(id, "the-id");
      const { LatestStartTime, LatestEndTime } = emulator.world().syncMachines(false);
      assert.deepEqual(props, {
        ...inputs,
        state: "FINISHED",
        latestStartTime: LatestStartTime,
        latestEndTime: LatestEndTime,
        durationSeconds: 7,
        machines: [],
        requestId: emulator.requests.at(-1)?.requestId,
      });
      assert.deepEqual(
        emulator.requests.map(({ sync }) => sync),
        [false],
      );
    });

    it("shows no duration while a sync goes, not even the one of before", async () => {
      emulator.world().startForeignSync(600);
      const { props } = await read("id", { ...inputs, durationSeconds: 5 });
      assert.equal(props.state, "SYNCING");
      assert.ok(!("durationSeconds" in props));
      assert.equal(triggers(), 0);
    });

    it("keeps an unfinished run, so that the next update goes on with it", async () => {
      syncedBefore(7);
      const { props } = await read("id", unfinished);
      assert.deepEqual(props.unfinishedRun, unfinished.unfinishedRun);
      assert.equal(triggers(), 0);
    });

    it("shows no drift when the service forgets the sync", async () => {
      syncedBefore(7);
      const before = await read("id", { ...inputs });
      emulator.setFaults({ forgets: true });
      const after = await read("id", before.props);
      assert.equal(emulator.requests.at(-1)?.answer, "NOTASK");
      assert.deepEqual({ ...after.props, requestId: "" }, { ...before.props, requestId: "" });
    });

    it("shows NOTASK and no times where there has never been a sync", async () => {
      const fresh = await startEmulator({ accounts: [account] });
      try {
        const { props } = await read("id", { endpoint: fresh.url });
        const { requestId: _any, ...shown } = props;
        assert.deepEqual(shown, {
          endpoint: fresh.url,
          machines: [],
          state: "NOTASK",
          latestStartTime: "",
          latestEndTime: "",
        });
      } finally {
        await fresh.stop();
      }
    });

    it("says that it knows the config of the last up only, where its keys are refused or missing", async () => {
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

    it("fails with what to do, and changes nothing, when the service refuses", async () => {
      emulator.inject({ error: "UnauthorizedOperation", message: "No." });
      const error = await failure(read("id", { ...inputs }));
      assert.match(
        error.message,
        /^UnauthorizedOperation: No .*Grant this identity the CAM action cwp:SyncMachines/,
      );
      assert.equal(emulator.requests.length, 1);
    });
  });

  describe("diff", () => {
    const olds: Outputs = { ...inputs, state: "FINISHED", durationSeconds: 7, requestId: "id" };

    it("sees no change in outputs, time-outs, skipAwait or the serialized provider", () => {
      const news = { triggers: inputs.triggers ?? [], skipAwait: true, __provider: "another text" };
      assert.deepEqual(diff("id", olds, news), { changes: false, replaces: [] });
      assert.deepEqual(diff("id", olds, inputs), { changes: false, replaces: [] });
    });

    it("sees a change as long as a run is unfinished", () => {
      assert.deepEqual(diff("id", unfinished, inputs), { changes: true, replaces: [] });
    });

    it("replaces for another account, also where a run is unfinished", () => {
      const elsewhere = { ...inputs, endpoint: "cwp.intl.tencentcloudapi.com" };
      for (const before of [olds, unfinished]) {
        assert.deepEqual(diff("id", before, elsewhere), { changes: true, replaces: ["endpoint"] });
      }
    });

    it("sends nothing", () => {
      diff("id", olds, { ...inputs, triggers: ["ins-2"] });
      assert.equal(emulator.requests.length, 0);
    });
  });
});
