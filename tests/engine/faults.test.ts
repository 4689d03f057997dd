import assert from "node:assert/strict";
import { type Emulator, emulatorAccount, type GatewayFault, startEmulator } from "../../emulator";
import { inEnvironment } from "./account";
import { underWay } from "./interrupted";
import { oneSync, type Program } from "./program";
import { type OperationResult, TestStack } from "./stack";

const program = oneSync();

/** A fault that lasts, however many requests are sent. */
const always = { times: 1_000 };

/** By the plugin, the faster entry point: these tests need only one. */
describe("pulumi up against a faulty service", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  const starts = () => emulator.requests.filter(({ sync }) => sync === true).length;
  const failed = (answer: string) => emulator.requests.filter((request) => request.answer === answer).length;

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 1 });
    stack = await TestStack.create({ entryPoint: "plugin", env: inEnvironment(emulator) });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  /** A sync of an hour ago, whose end must not be taken for the end of another sync. */
  function syncedBefore(): void {
    emulator.world().startForeignSync(2);
    emulator.advance(3_600);
  }

  /**
   * The up has shown the times of the account's latest sync, which it has started itself and which
   * has ended.
   */
  function showsItsOwn({ outputs }: OperationResult): void {
    const own = emulator.world().runs.at(-1);
    assert.ok(own && own.by !== "foreign");
    assert.ok(own.endMs <= Number(emulator.requests.at(-1)?.at), "the sync had not ended");
    emulator.setFaults({});
    emulator.world().freshen();
    const { LatestStartTime, LatestEndTime } = emulator.world().syncMachines(false);
    assert.equal(outputs.state, "FINISHED");
    assert.equal(outputs.latestStartTime, LatestStartTime);
    assert.equal(outputs.latestEndTime, LatestEndTime);
  }

  /** The message of an up that must fail, in words and not as a trace. */
  async function failureText(failing: Program = program): Promise<string> {
    const { errors, stdout, stderr } = await stack.up(failing, { expectFailure: true });
    assert.doesNotMatch(stdout + stderr, /\n\s+at .*:\d+:\d+/, "a stack trace");
    assert.ok(!(stdout + stderr).includes(emulatorAccount.secretKey), "it shows the secret key");
    return errors.join("\n");
  }

  it("survives throttling that lasts a while", async () => {
    emulator.inject({ error: "RequestLimitExceeded" });
    emulator.inject({ error: "RequestLimitExceeded.UinLimitExceeded" }, { on: "start" });
    showsItsOwn(await stack.up(program));
    assert.equal(failed("RequestLimitExceeded"), 1);
    assert.equal(emulator.world().runs.length, 1);
  });

  it("survives a reset connection and a bad gateway in the middle of the wait", async () => {
    syncedBefore();
    emulator.inject({ reset: true }, { on: "read", after: 1 });
    emulator.inject({ http: 502 }, { on: "read", after: 1 });
    showsItsOwn(await stack.up(program));
    assert.equal(failed("reset") + failed("http 502"), 2);
    assert.equal(starts(), 1);
  });

  it("keeps the resource if CWP refuses in the middle of the wait, and continues with the same sync", async () => {
    emulator.setSyncSeconds(600);
    const up = failureText();
    await underWay(emulator);
    emulator.inject({ error: "UnauthorizedOperation" });
    assert.match(await up, /UnauthorizedOperation: .*CAM action cwp:SyncMachines/);
    assert.ok(stack.resource("machines")?.outputs?.unfinishedRun);
    emulator.advance(600);
    assert.equal((await stack.up()).outputs.durationSeconds, 600);
    assert.equal(starts(), 1);
  });

  it("needs no second sync if the answer to the start is lost", async () => {
    syncedBefore();
    emulator.inject({ loseAnswer: true }, { on: "start" });
    showsItsOwn(await stack.up(program));
    assert.equal(starts(), 1);
  });

  it("waits for a sync of another pipeline, and then for its own, though finished syncs are forgotten", async () => {
    emulator.world().startForeignSync(3);
    emulator.setFaults({ busyTrigger: "FailedOperation", forgets: true });
    const result = await stack.up(program);
    const [foreign, own] = emulator.world().runs;
    assert.ok(foreign && own && own.startMs >= foreign.endMs);
    showsItsOwn(result);
    assert.equal(starts(), 1);
  });

  it("waits for a sync that starts late, behind stale answers that show the sync before", async () => {
    syncedBefore();
    emulator.world().freshen();
    emulator.setFaults({ startLagSeconds: 2, staleSeconds: 2, staleAlways: true });
    showsItsOwn(await stack.up(program));
    assert.equal(starts(), 1);
  });

  it("shows FINISHED if the service forgets the sync, and no drift afterwards", async () => {
    emulator.setFaults({ forgets: true });
    const { outputs } = await stack.up(program);
    assert.equal(emulator.requests.at(-1)?.answer, "NOTASK");
    assert.equal(outputs.state, "FINISHED");
    assert.notEqual(outputs.latestEndTime, "");

    const known = stack.machineSyncs()[0]?.outputs;
    const refresh = await stack.refresh();
    assert.equal(emulator.requests.at(-1)?.answer, "NOTASK");
    assert.deepEqual(refresh.summary, { same: 2 });
    const refreshed = stack.machineSyncs()[0]?.outputs;
    assert.deepEqual({ ...refreshed, requestId: "" }, { ...known, requestId: "" });
    await stack.preview(program, { args: ["--expect-no-changes"] });
    const { summary } = await stack.up(program);
    assert.deepEqual(summary, { same: 2 });
    assert.equal(starts(), 1);
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
      assert.match(await failureText(), says);
      assert.ok(performance.now() - started < 20_000, "it took too long");
      assert.deepEqual(stack.machineSyncs(), []);
      assert.equal(starts(), 0);
    });
  }

  const settings: readonly [title: string, env: Record<string, string>, says: RegExp][] = [
    [
      "names the setting of a wrong key",
      { TENCENTCLOUD_SECRET_KEY: "the-wrong-key" },
      /AuthFailure\.SignatureFailure: .*RequestId [0-9a-f-]{36}\)\. .*TENCENTCLOUD_SECRET_KEY/,
    ],
    [
      "says where it looked for credentials",
      { TENCENTCLOUD_SECRET_ID: "", TENCENTCLOUD_SECRET_KEY: "" },
      /No Tencent Cloud credentials were found\. Looked in .*then in the environment/,
    ],
    [
      "names the missing half of a pair of keys",
      { TENCENTCLOUD_SECRET_KEY: "" },
      /TENCENTCLOUD_SECRET_ID is set, but neither .* nor TENCENTCLOUD_SECRET_KEY is/,
    ],
    [
      "says that no service listens at a port",
      { TENCENTCLOUD_CWP_ENDPOINT: "https://127.0.0.1:1" },
      /No connection to 127\.0\.0\.1:1: connect ECONNREFUSED.*Check the network, tencentcloud-cwp:endpoint/,
    ],
    [
      "says that there is no network",
      { TENCENTCLOUD_CWP_ENDPOINT: "cwp.invalid" },
      /No connection to cwp\.invalid: getaddrinfo (ENOTFOUND|EAI_AGAIN) cwp\.invalid/,
    ],
    [
      "refuses http:// to another machine",
      { TENCENTCLOUD_CWP_ENDPOINT: "http://cwp.tencentcloudapi.com" },
      /http:\/\/ is accepted only for a loopback address/,
    ],
  ];
  for (const [title, env, says] of settings) {
    it(`${title}, within seconds, and leaves nothing in the state`, async () => {
      Object.assign(stack.envVars, env);
      const started = performance.now();
      const said = await failureText();
      assert.ok(performance.now() - started < 20_000, "it took too long");
      assert.match(said, says);
      assert.doesNotMatch(said, /the-wrong-key/);
      assert.deepEqual(stack.machineSyncs(), []);
    });
  }

  it("says the same in a refresh, and keeps the state", async () => {
    await stack.up(program);
    stack.envVars.TENCENTCLOUD_SECRET_KEY = "the-wrong-key";
    const { errors, stdout, stderr } = await stack.refresh({ expectFailure: true });
    assert.match(errors.join("\n"), /AuthFailure\.SignatureFailure/);
    assert.doesNotMatch(stdout + stderr, /\n\s+at .*:\d+:\d+/, "a stack trace");
    assert.equal(stack.machineSyncs().length, 1);
  });
});
