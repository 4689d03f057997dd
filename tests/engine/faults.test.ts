import assert from "node:assert/strict";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { type Emulator, emulatorAccount, type GatewayFault, startEmulator } from "../../emulator";
import { MachineSync } from "../../sdk";
import { type OperationResult, TestStack } from "./stack";

/** A program with one MachineSync. */
function oneSync(opts?: CustomResourceOptions): PulumiFn {
  return async () => {
    const { latestStartTime, latestEndTime, state, durationSeconds } = new MachineSync(
      "machines",
      { triggers: ["a"] },
      opts,
    );
    return { latestStartTime, latestEndTime, state, durationSeconds };
  };
}

const program = oneSync();

/** The service answers nothing worth having, however often it is asked. */
const always = { times: 1_000 };

describe("pulumi up against a faulty service", function () {
  this.timeout(60_000);

  let emulator: Emulator;
  let stack: TestStack;

  const triggers = () => emulator.requests.filter(({ sync }) => sync === true).length;
  const failed = (answer: string) => emulator.requests.filter((request) => request.answer === answer).length;
  const machineSyncs = () =>
    stack.exportState().resources?.filter(({ type }) => type.endsWith(":MachineSync")) ?? [];

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 2 });
    stack = await TestStack.create({
      env: {
        TENCENTCLOUD_CWP_ENDPOINT: emulator.url,
        TENCENTCLOUD_SECRET_ID: emulatorAccount.secretId,
        TENCENTCLOUD_SECRET_KEY: emulatorAccount.secretKey,
      },
    });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  /** A sync of an hour ago, whose end must not be taken for the end of another one. */
  function syncedBefore(): void {
    emulator.world().startForeignSync(2);
    emulator.advance(3_600);
  }

  /**
   * The up has shown the times of the account's latest sync, which one of its own triggers started and which
   * has ended.
   */
  function showsItsOwn({ outputs }: OperationResult): void {
    const own = emulator.world().runs.at(-1);
    assert.equal(own?.by, "trigger");
    assert.ok(own.endMs <= Number(emulator.requests.at(-1)?.at), "the sync had not ended");
    emulator.setFaults({});
    emulator.world().freshen();
    const { LatestStartTime, LatestEndTime } = emulator.world().syncMachines(false);
    assert.equal(outputs.state, "FINISHED");
    assert.equal(outputs.latestStartTime, LatestStartTime);
    assert.equal(outputs.latestEndTime, LatestEndTime);
  }

  /** What an up says that must fail, in words and not as a trace. */
  async function saidInFailing(failing = program): Promise<string> {
    const { errors, stdout, stderr } = await stack.up(failing, { expectFailure: true });
    assert.doesNotMatch(stdout + stderr, /\n\s+at .*:\d+:\d+/, "a stack trace");
    assert.ok(!(stdout + stderr).includes(emulatorAccount.secretKey), "it shows the secret key");
    return errors.join("\n");
  }

  it("gets over throttling that lasts a while", async () => {
    emulator.inject({ error: "RequestLimitExceeded" }, { times: 2 });
    emulator.inject({ error: "RequestLimitExceeded.UinLimitExceeded" }, { on: "trigger" });
    showsItsOwn(await stack.up(program));
    assert.equal(failed("RequestLimitExceeded"), 2);
    assert.equal(emulator.world().runs.length, 1);
  });

  it("gets over a reset connection and a bad gateway in the middle of the wait", async () => {
    syncedBefore();
    emulator.inject({ reset: true }, { on: "read", after: 1 });
    emulator.inject({ http: 502 }, { on: "read", after: 1 });
    showsItsOwn(await stack.up(program));
    assert.equal(failed("reset") + failed("http 502"), 2);
    assert.equal(triggers(), 1);
  });

  it("needs no second sync when the answer to the trigger is lost", async () => {
    syncedBefore();
    emulator.inject({ loseAnswer: true }, { on: "trigger" });
    showsItsOwn(await stack.up(program));
    assert.equal(triggers(), 1);
  });

  it("waits out a sync of somebody else's, and then for one of its own, though finished tasks are forgotten", async () => {
    emulator.world().startForeignSync(3);
    emulator.setFaults({ busyTrigger: "FailedOperation", forgets: true });
    const result = await stack.up(program);
    const [foreign, own] = emulator.world().runs;
    assert.ok(foreign && own && own.startMs >= foreign.endMs);
    showsItsOwn(result);
    assert.equal(triggers(), 1);
  });

  it("waits for a sync that starts late, behind stale answers that show the one before", async () => {
    syncedBefore();
    emulator.world().freshen();
    emulator.setFaults({ startLagSeconds: 2, staleSeconds: 2, staleAlways: true });
    showsItsOwn(await stack.up(program));
    assert.equal(triggers(), 1);
  });

  it("shows FINISHED where the service forgets the task, and no drift afterwards", async () => {
    emulator.setFaults({ forgets: true });
    const { outputs } = await stack.up(program);
    assert.equal(emulator.requests.at(-1)?.answer, "NOTASK");
    assert.equal(outputs.state, "FINISHED");
    assert.notEqual(outputs.latestEndTime, "");

    const known = machineSyncs()[0]?.outputs;
    const refresh = await stack.refresh();
    assert.equal(emulator.requests.at(-1)?.answer, "NOTASK");
    assert.deepEqual(refresh.summary, { same: 2 });
    const refreshed = machineSyncs()[0]?.outputs;
    assert.deepEqual({ ...refreshed, requestId: "" }, { ...known, requestId: "" });
    await stack.preview(program, { args: ["--expect-no-changes"] });
    const { summary } = await stack.up(program);
    assert.deepEqual(summary, { same: 2 });
    assert.equal(triggers(), 1);
  });

  it("goes on with the same sync as often as time runs out, until it has ended", async () => {
    emulator.setSyncSeconds(600);
    const short = oneSync({ customTimeouts: { create: "2s", update: "2s" } });
    for (let ups = 0; ups < 2; ups++) {
      const said = await saidInFailing(short);
      assert.match(said, /did not finish within 2 s: the last of \d+ answers was SYNCING, started /);
      assert.match(
        said,
        /Run "pulumi up" again to go on waiting for the same sync, or allow more time with customTimeouts/,
      );
      assert.equal(machineSyncs().length, 1);
    }
    emulator.advance(600);
    const result = await stack.up(short);
    showsItsOwn(result);
    assert.equal(result.outputs.durationSeconds, 600);
    assert.equal(triggers(), 1);
    assert.deepEqual((await stack.up(short)).summary, { same: 2 });
  });

  const hopeless: readonly [title: string, fault: GatewayFault, says: RegExp][] = [
    [
      "names the CAM action that an identity lacks",
      { error: "UnauthorizedOperation" },
      /UnauthorizedOperation: .*\(RequestId [0-9a-f-]{36}\)\. .*CAM action cwp:SyncMachines/,
    ],
    [
      "says that the machine's clock is off",
      { error: "AuthFailure.SignatureExpire" },
      /The clock of this machine is off by more than five minutes: set it right/,
    ],
    [
      "takes a web page for the work of a proxy or a wrong endpoint",
      { html: true },
      /A proxy or a wrong endpoint answers like this: check tencentcloud-cwp:endpoint and the proxy settings/,
    ],
    [
      "says that the service is down",
      { http: 503 },
      /127\.0\.0\.1:\d+ answered with HTTP status 503\. Tried \d+ times in \d+ s\. Run "pulumi up" again later/,
    ],
  ];
  for (const [title, fault, says] of hopeless) {
    it(`${title}, within seconds, and leaves nothing in the state`, async () => {
      emulator.inject(fault, always);
      const started = performance.now();
      assert.match(await saidInFailing(), says);
      assert.ok(performance.now() - started < 20_000, "it took too long");
      assert.deepEqual(machineSyncs(), []);
      assert.equal(triggers(), 0);
    });
  }

  it("serves twenty resources with one sync, and fails only the one whose time is short", async () => {
    emulator.setSyncSeconds(4);
    const names = Array.from({ length: 20 }, (_, index) => `machines-${index}`);
    const [impatient] = names;
    const many: PulumiFn = async () => {
      for (const name of names) {
        new MachineSync(name, {}, { customTimeouts: { create: name === impatient ? "2s" : "5m" } });
      }
    };

    const { errors } = await stack.up(many, { expectFailure: true, parallel: 30 });

    assert.equal(
      errors.filter((said) => /did not finish within 2 s/.test(said)).length,
      1,
      errors.join("\n"),
    );
    const states = machineSyncs().map(({ urn, outputs }) => [urn.split("::").at(-1), outputs?.state]);
    assert.deepEqual(
      Object.fromEntries(states),
      Object.fromEntries(names.map((name) => [name, name === impatient ? "SYNCING" : "FINISHED"])),
    );
    assert.ok(triggers() <= 2, `${triggers()} triggers`);
    assert.ok(emulator.requests.length < 60, `${emulator.requests.length} requests`);

    emulator.clearRequests();
    const { summary } = await stack.up(many);
    assert.deepEqual(summary, { same: 20, update: 1 });
    assert.equal(triggers(), 0, "the sync that had been triggered was not enough for the one that gave up");
  });
});
