import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { type Emulator, emulatorAccount, startEmulator } from "../../emulator";
import { MachineSync, type MachineSyncArgs } from "../../sdk";
import { TestStack } from "./stack";

/** A program with one MachineSync. */
function oneSync(args: MachineSyncArgs = {}, opts?: pulumi.CustomResourceOptions): PulumiFn {
  return async () => {
    const { latestStartTime, latestEndTime, state, durationSeconds, requestId } = new MachineSync(
      "machines",
      args,
      opts,
    );
    return { latestStartTime, latestEndTime, state, durationSeconds, requestId };
  };
}

describe("MachineSync on the real engine", function () {
  this.timeout(60_000);

  let emulator: Emulator;
  let stack: TestStack;

  const triggers = () => emulator.requests.filter(({ sync }) => sync === true).length;
  const machineSync = () => stack.exportState().resources?.find(({ urn }) => urn.includes("MachineSync::"));
  const config = (endpoint: string) => ({
    "tencentcloud-cwp:endpoint": endpoint,
    "tencentcloud:secretId": emulatorAccount.secretId,
    "tencentcloud:secretKey": { value: emulatorAccount.secretKey, secret: true as const },
  });

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 1 });
    stack = await TestStack.create({ config: config(emulator.url) });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  it("waits past the FINISHED of an earlier sync for one of its own", async () => {
    emulator.world().startForeignSync(1);
    emulator.advance(60);
    const before = emulator.world().syncMachines(false);
    assert.equal(before.State, "FINISHED");

    const { outputs } = await stack.up(oneSync());

    const [, ours] = emulator.world().runs;
    assert.ok(ours && ours.endMs <= Number(emulator.requests.at(-1)?.at), "the sync had not ended");
    assert.equal(triggers(), 1);
    assert.equal(outputs.state, "FINISHED");
    assert.equal(outputs.durationSeconds, 1);
    assert.ok(String(outputs.latestStartTime) > before.LatestStartTime, "the times are the earlier sync's");
    assert.equal(outputs.requestId, emulator.requests.at(-1)?.requestId);
  });

  it("waits for a sync that was already going, and then for one of its own", async () => {
    emulator.world().startForeignSync(3);

    await stack.up(oneSync());

    const [foreign, ours] = emulator.world().runs;
    assert.ok(foreign && ours && ours.startMs >= foreign.endMs);
    assert.equal(ours.by, "trigger");
  });

  it("sends nothing in a preview, and shows the outputs as unknown", async () => {
    const { stdout } = await stack.preview(oneSync({ triggers: ["a"] }));
    assert.equal(emulator.requests.length, 0);
    assert.match(stdout, /latestStartTime\s*: (output<string>|\[unknown\])/);
  });

  it("sends nothing in the preview of an update either, and its outputs are unknown again", async () => {
    const told: string[] = [];
    const program =
      (trigger: string): PulumiFn =>
      async () => {
        const { latestStartTime, latestEndTime } = new MachineSync("machines", { triggers: [trigger] });
        pulumi.all([latestStartTime, latestEndTime]).apply(() => told.push(trigger));
      };
    await stack.up(program("a"));
    emulator.clearRequests();
    const { summary } = await stack.preview(program("b"));
    assert.equal(summary.update, 1);
    assert.deepEqual(told, ["a"]);
    assert.equal(emulator.requests.length, 0);
  });

  it("sends nothing when nothing has changed, though package and time-outs may have", async () => {
    await stack.up(oneSync({ triggers: ["a", { b: [1, true, null] }] }));
    emulator.clearRequests();
    const { summary } = await stack.up(
      oneSync(
        { triggers: ["a", { b: [1, true, null] }], skipAwait: true },
        { customTimeouts: { create: "7m" } },
      ),
    );
    assert.deepEqual(summary, { same: 2 });
    assert.equal(emulator.requests.length, 0);
  });

  it("syncs once more when a trigger has changed deep inside", async () => {
    await stack.up(oneSync({ triggers: ["a", { b: [1] }] }));
    emulator.clearRequests();
    const { summary } = await stack.up(oneSync({ triggers: ["a", { b: [2] }] }));
    assert.equal(summary.update, 1);
    assert.equal(triggers(), 1);
  });

  it("only reads in a refresh, and shows the account's latest sync", async () => {
    await stack.up(oneSync());
    emulator.clearRequests();
    emulator.advance(60);
    emulator.world().startForeignSync(1);
    emulator.advance(60);

    await stack.refresh();

    assert.deepEqual(
      emulator.requests.map(({ sync }) => sync),
      [false],
    );
    const { LatestStartTime } = emulator.world().syncMachines(false);
    assert.equal(machineSync()?.outputs?.latestStartTime, LatestStartTime);
    const { summary } = await stack.up(oneSync());
    assert.deepEqual(summary, { same: 2 });
  });

  it("destroys without a request, even with nobody to ask", async () => {
    await stack.up(oneSync());
    emulator.clearRequests();
    await emulator.stop();
    await stack.destroy();
    assert.equal(emulator.requests.length, 0);
    assert.equal(machineSync(), undefined);
  });

  it("replaces the resource when the endpoint changes", async () => {
    await stack.up(oneSync());
    const other = await startEmulator({ syncSeconds: 0 });
    try {
      const { summary } = await stack.up(oneSync({ endpoint: other.url }));
      assert.equal(summary.replace, 1);
      assert.equal(other.requests.filter(({ sync }) => sync).length, 1);
    } finally {
      await other.stop();
    }
  });

  it("creates what depends on it only after the sync has finished", async () => {
    let finishedAtCreation: boolean | undefined;
    await stack.up(async () => {
      const sync = new MachineSync("machines");
      sync.latestEndTime.apply(() => {
        const [run] = emulator.world().runs;
        finishedAtCreation = run !== undefined && run.endMs <= Date.now();
      });
      new MachineSync("after", { triggers: [sync.latestEndTime] }, { dependsOn: sync });
    });
    const [first, second] = emulator.world().runs;
    assert.equal(finishedAtCreation, true);
    assert.ok(first && second && second.startMs >= first.endMs);
  });

  it("does not wait with skipAwait", async () => {
    emulator.setSyncSeconds(600);
    const { outputs } = await stack.up(oneSync({ skipAwait: true }));
    assert.equal(triggers(), 1);
    assert.equal(outputs.state, "SYNCING");
  });

  it("keeps the resource when time runs out, says what to do, and resumes the same run with the next up", async () => {
    emulator.setSyncSeconds(600);
    const short = oneSync({ triggers: ["a"] }, { customTimeouts: { create: "3s" } });
    const { errors, stdout } = await stack.up(short, { expectFailure: true });

    assert.equal(triggers(), 1);
    assert.match(
      errors.join("\n"),
      /did not finish within 3 s: .*SYNCING.*RequestId .*Run "pulumi up" again/,
    );
    assert.doesNotMatch(stdout, /\n\s+at .*:\d+:\d+/, "a stack trace");
    const kept = machineSync();
    assert.ok(kept?.id && kept.initErrors?.length);
    assert.deepEqual(kept.outputs?.triggers, ["a"]);
    assert.ok(kept.outputs?.__provider);

    emulator.clearRequests();
    emulator.advance(600);
    const { summary, outputs } = await stack.up(short);
    assert.equal(summary.update, 1);
    assert.equal(triggers(), 0, "the run that was still going was triggered again");
    assert.equal(outputs.durationSeconds, 600);
    assert.equal(machineSync()?.initErrors, undefined);
    assert.equal(machineSync()?.outputs?.unfinishedRun, undefined);
  });

  it("resumes the run after a refresh in between, which clears the engine's own mark", async () => {
    emulator.setSyncSeconds(600);
    const short = oneSync({}, { customTimeouts: { create: "2s" } });
    await stack.up(short, { expectFailure: true });
    emulator.advance(600);
    await stack.refresh();
    emulator.clearRequests();
    const { outputs } = await stack.up(short);
    assert.equal(triggers(), 0);
    assert.equal(outputs.durationSeconds, 600);
  });

  it("syncs afresh when the triggers changed after a time-out", async () => {
    emulator.setSyncSeconds(600);
    await stack.up(oneSync({ triggers: ["a"] }, { customTimeouts: { create: "2s" } }), {
      expectFailure: true,
    });
    emulator.clearRequests();
    emulator.advance(600);
    emulator.setSyncSeconds(1);
    await stack.up(oneSync({ triggers: ["b"] }));
    assert.equal(triggers(), 1);
    assert.equal(emulator.world().runs.length, 2);
  });

  it("refreshes and destroys a resource whose wait timed out", async () => {
    emulator.setSyncSeconds(600);
    await stack.up(oneSync({}, { customTimeouts: { create: "2s" } }), { expectFailure: true });
    await stack.refresh();
    await stack.destroy();
    assert.equal(triggers(), 1);
    assert.equal(machineSync(), undefined);
  });

  it("has one sync for twenty resources, though Pulumi creates only some of them at a time", async () => {
    await stack.up(async () => {
      for (let number = 1; number <= 20; number += 1) {
        new MachineSync(`machines-${number}`);
      }
    });
    assert.equal(triggers(), 1);
    assert.equal(emulator.world().runs.length, 1);
  });

  it("has one short provider text for all resources, and no secret in the state", async () => {
    await stack.remove();
    const { secretId, secretKey } = { secretId: "AKIDtemporary", secretKey: "the-key-from-the-environment" };
    const token = "the-token-from-the-environment";
    await emulator.stop();
    emulator = await startEmulator({ syncSeconds: 0, accounts: [{ secretId, secretKey, token }] });
    stack = await TestStack.create({
      env: {
        TENCENTCLOUD_CWP_ENDPOINT: emulator.url,
        TENCENTCLOUD_SECRET_ID: secretId,
        TENCENTCLOUD_SECRET_KEY: secretKey,
        TENCENTCLOUD_TOKEN: token,
      },
    });
    await stack.up(async () => {
      new MachineSync("one");
      new MachineSync("two", { triggers: [pulumi.secret("a-secret-trigger")] });
    });
    const syncs = stack.exportState().resources?.filter(({ type }) => type.endsWith(":MachineSync")) ?? [];
    const texts = new Set(syncs.map(({ outputs }) => outputs?.__provider));
    assert.equal(syncs.length, 2);
    assert.equal(texts.size, 1);
    const [text] = texts;
    assert.ok(typeof text === "string" && Buffer.byteLength(text) <= 2_000, `${String(text).length} bytes`);
    const state = JSON.stringify(stack.exportState());
    for (const secret of [secretKey, token, "a-secret-trigger"]) {
      assert.ok(!state.includes(secret), `${secret} is in the state`);
    }
  });

  it("keeps a secret trigger secret also when the wait fails", async () => {
    emulator.setSyncSeconds(600);
    const args = { triggers: [pulumi.secret("a-secret-trigger")] };
    await stack.up(oneSync(args, { customTimeouts: { create: "2s" } }), { expectFailure: true });
    assert.ok(!JSON.stringify(stack.exportState()).includes("a-secret-trigger"));
  });
});

describe("A MachineSync that cannot work", function () {
  this.timeout(60_000);

  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator({ syncSeconds: 1 });
  });
  after(() => emulator.stop());

  const good = () => ({
    TENCENTCLOUD_CWP_ENDPOINT: emulator.url,
    TENCENTCLOUD_SECRET_ID: emulatorAccount.secretId,
    TENCENTCLOUD_SECRET_KEY: emulatorAccount.secretKey,
  });
  const program = oneSync();

  const cases: readonly [title: string, env: () => Record<string, string>, says: RegExp][] = [
    [
      "with a wrong key names the code and the RequestId",
      () => ({ ...good(), TENCENTCLOUD_SECRET_KEY: "the-wrong-key" }),
      /AuthFailure\.SignatureFailure: .*RequestId [0-9a-f-]{36}\)\. Check the SecretId and SecretKey/,
    ],
    [
      "with no credentials says where it looked",
      () => ({ TENCENTCLOUD_CWP_ENDPOINT: emulator.url }),
      /No Tencent Cloud credentials were found\. Looked in the Pulumi config \(tencentcloud:secretId and tencentcloud:secretKey\), then in the environment/,
    ],
    [
      "with half a pair names the missing half",
      () => ({ TENCENTCLOUD_CWP_ENDPOINT: emulator.url, TENCENTCLOUD_SECRET_ID: "AKID" }),
      /TENCENTCLOUD_SECRET_ID is set, but neither tencentcloud:secretKey nor TENCENTCLOUD_SECRET_KEY is/,
    ],
    [
      "with a port where nobody listens says so",
      () => ({ ...good(), TENCENTCLOUD_CWP_ENDPOINT: "https://127.0.0.1:1" }),
      /No connection to 127\.0\.0\.1:1: connect ECONNREFUSED.*Check the network, tencentcloud-cwp:endpoint/,
    ],
    [
      "with no network says so",
      () => ({ ...good(), TENCENTCLOUD_CWP_ENDPOINT: "cwp.invalid" }),
      /No connection to cwp\.invalid: getaddrinfo (ENOTFOUND|EAI_AGAIN) cwp\.invalid/,
    ],
    [
      "with http:// to another machine is refused",
      () => ({ ...good(), TENCENTCLOUD_CWP_ENDPOINT: "http://cwp.tencentcloudapi.com" }),
      /http:\/\/ is accepted only for a loopback address/,
    ],
  ];

  for (const [title, env, says] of cases) {
    it(`${title}, within seconds, and leaves nothing in the state`, async () => {
      const stack = await TestStack.create({ env: env() });
      try {
        const started = performance.now();
        const { errors, stdout, stderr } = await stack.up(program, { expectFailure: true });
        assert.ok(performance.now() - started < 20_000, "it took too long");
        assert.match(errors.join("\n"), says);
        assert.doesNotMatch(stdout + stderr, /\n\s+at .*:\d+:\d+/, "a stack trace");
        assert.doesNotMatch(stdout + stderr, /the-wrong-key/);
        const left = stack.exportState().resources?.filter(({ type }) => type.endsWith(":MachineSync"));
        assert.deepEqual(left, []);
      } finally {
        await stack.remove();
      }
    });
  }

  it("with wrong arguments fails in the preview and names each of them", async () => {
    const stack = await TestStack.create({ env: good() });
    try {
      emulator.clearRequests();
      const wrong = {
        triggers: "web",
        skipAwait: "yes",
        secretKey: "opensesame",
        endpoint: 7,
      } as unknown as MachineSyncArgs;
      const { errors, stdout, stderr } = await stack.preview(oneSync(wrong), { expectFailure: true });
      const said = errors.join("\n");
      assert.match(said, /triggers must be a list, not a string/);
      assert.match(said, /skipAwait must be true or false, not a string/);
      assert.match(said, /no property secretKey.*Credentials belong in the config or the environment/s);
      assert.doesNotMatch(stdout + stderr, /opensesame/);
      assert.match(said, /endpoint must be a host or URL, not a number/);
      assert.equal(emulator.requests.length, 0);
    } finally {
      await stack.remove();
    }
  });

  it("in a refresh fails with the same words and keeps the state", async () => {
    const stack = await TestStack.create({ env: good() });
    try {
      await stack.up(program);
      const before = stack.exportState().resources?.length;
      stack.envVars.TENCENTCLOUD_SECRET_KEY = "the-wrong-key";
      const { errors, stdout, stderr } = await stack.refresh({ expectFailure: true });
      assert.match(errors.join("\n"), /AuthFailure\.SignatureFailure/);
      assert.doesNotMatch(stdout + stderr, /\n\s+at .*:\d+:\d+/, "a stack trace");
      assert.equal(stack.exportState().resources?.length, before);
    } finally {
      await stack.remove();
    }
  });
});
