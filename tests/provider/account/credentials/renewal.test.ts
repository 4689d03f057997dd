import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../../../emulator";
import { pulumiSettings } from "../../../../provider/account/config";
import { resolveConnection } from "../../../../provider/account/settings";
import type { Signer } from "../../../../provider/api/credentials";
import { CwpError } from "../../../../provider/api/errors";
import { RenewedCredentials } from "../../../../provider/api/renewedCredentials";
import { type CwpClient, connect } from "../../../../provider/cwp/client";
import { WaitError } from "../../../../provider/wait/run/waitError";
import { SyncLoop } from "../../../../provider/wait/stream/loop";
import { Turns } from "../../../../provider/wait/stream/turns";
import { HurriedTime } from "../../../hurriedTime";
import { refusal } from "../../../refusal";
import { ownHome } from "./home";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const LONG_MS = 5 * SECOND;

describe("Credentials that are kept", () => {
  let now: number;
  let lookUps: number;
  let next: () => Signer;
  let kept: RenewedCredentials;

  beforeEach(() => {
    now = 1_000 * HOUR;
    lookUps = 0;
    const source = {
      identity: "test",
      async find() {
        lookUps += 1;
        return next();
      },
    };
    kept = new RenewedCredentials(source, () => now);
  });

  /** The credentials of the n-th look-up, which live so long. */
  const living = (ms?: number) => (): Signer => ({
    secretId: `id-${lookUps}`,
    secretKey: "key",
    who: "test",
    source: "the test",
    ...(ms !== undefined && { expiresAt: now + ms }),
  });
  const failing = () => {
    throw new Error(`look-up ${lookUps} failed`);
  };
  const secretId = async () => (await kept.get()).secretId;

  it("are looked up once if they do not end", async () => {
    next = living();
    for (let year = 0; year < 3; year++) {
      assert.equal(await secretId(), "id-1");
      now += 365 * 24 * HOUR;
    }
  });

  const lives: readonly [life: string, ms: number, renewedAfterMs: number][] = [
    ["two hours are looked up again five minutes before the end", 2 * HOUR, 2 * HOUR - 5 * MINUTE],
    ["ten minutes are looked up again halfway", 10 * MINUTE, 5 * MINUTE],
    ["one minute are looked up again halfway", MINUTE, 30 * SECOND],
  ];
  for (const [life, ms, renewedAfterMs] of lives) {
    it(`that live ${life}`, async () => {
      next = living(ms);
      const start = now;
      assert.equal(await secretId(), "id-1");
      now = start + renewedAfterMs - 1;
      assert.equal(await secretId(), "id-1");
      now = start + renewedAfterMs;
      assert.equal(await secretId(), "id-2");
      assert.equal(await secretId(), "id-2");
      now = start + 2 * renewedAfterMs;
      assert.equal(await secretId(), "id-3");
    });
  }

  it("are used until their end if a renewal fails, while each request tries again", async () => {
    next = living(HOUR);
    const end = now + HOUR;
    await secretId();
    next = failing;
    now = end - 4 * MINUTE;
    assert.equal(await secretId(), "id-1");
    now = end - 1;
    assert.equal(await secretId(), "id-1");
    assert.equal(lookUps, 3);
    now = end;
    await assert.rejects(kept.get(), /look-up 4 failed/);
    next = living(HOUR);
    assert.equal(await secretId(), "id-5");
  });

  it("are looked up once for all requests at the time, since the code of an MFA device works once", async () => {
    let found = (_signer: Signer) => {};
    let searches = 0;
    const slow = new RenewedCredentials({
      identity: "slow",
      find: () => {
        searches += 1;
        return new Promise((resolve) => {
          found = resolve;
        });
      },
    });
    const leave = new AbortController();
    const [one, left] = [slow.get(), slow.get(leave.signal)];
    leave.abort(new Error("cancelled"));
    await assert.rejects(left, /cancelled/);
    const other = slow.get(new AbortController().signal);
    found({ secretId: "id", secretKey: "key", who: "test", source: "the test" });
    assert.equal((await one).secretId, "id");
    assert.equal(await other, await one);
    assert.equal(searches, 1);
  });

  it("are looked up again after a first look-up that failed", async () => {
    next = failing;
    await assert.rejects(kept.get(), /look-up 1 failed/);
    next = living(HOUR);
    assert.equal(await secretId(), "id-2");
    assert.equal(await secretId(), "id-2");
  });

  it("are looked up again once they are forgotten, and not used if that fails", async () => {
    next = living(HOUR);
    await secretId();
    kept.forget(await kept.get());
    next = failing;
    await assert.rejects(kept.get(), /look-up 2 failed/);
    next = living(HOUR);
    assert.equal(await secretId(), "id-3");
  });
});

const owner = { secretId: "AKIDowner", secretKey: "the-secret-key-of-the-owner" };
const relative = { secretId: "AKIDrelative", secretKey: "the-secret-key-of-a-relative" };
const roleArn = "qcs::cam::uin/100000000001:roleName/sync";

describe("Temporary credentials of a client", () => {
  const home = ownHome();

  let time: HurriedTime;
  let emulator: Emulator;

  beforeEach(async () => {
    time = new HurriedTime();
    emulator = await startEmulator({
      accounts: [owner, relative],
      syncSeconds: 3600,
      roles: [{ arn: roleArn, seconds: 600 }],
      camRole: { name: "sync", seconds: 600 },
    });
    process.env.TENCENTCLOUD_CWP_ENDPOINT = emulator.url;
  });
  afterEach(async () => {
    time.restore();
    await emulator.stop();
  });

  const inEnvironment = (values: Record<string, string>) => Object.assign(process.env, values);
  const assumesRole = () =>
    inEnvironment({
      TENCENTCLOUD_SECRET_ID: owner.secretId,
      TENCENTCLOUD_SECRET_KEY: owner.secretKey,
      TENCENTCLOUD_ASSUME_ROLE_ARN: roleArn,
      TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME: "test",
    });
  const hasCvmRole = () => inEnvironment({ TENCENTCLOUD_METADATA_URL: emulator.url });
  /** The credentials of the CVM role end, and so do those of the role. */
  const assumesRoleWithCvmRole = () =>
    inEnvironment({
      TENCENTCLOUD_METADATA_URL: emulator.url,
      TENCENTCLOUD_ASSUME_ROLE_ARN: roleArn,
      TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME: "test",
    });
  const sources: readonly [title: string, set: () => void][] = [
    ["a role to assume", assumesRole],
    ["the CVM role", hasCvmRole],
    ["a role to assume with the CVM role", assumesRoleWithCvmRole],
  ];

  const client = (): CwpClient =>
    connect(
      resolveConnection(
        {},
        pulumiSettings(() => undefined),
        process.env,
      ),
    );
  const requests = (name: string) => emulator.requests.filter(({ action }) => action === name);
  const ids = () => new Set(requests("SyncMachines").map(({ secretId }) => secretId)).size;
  const answers = () => emulator.requests.map(({ answer }) => answer);
  const starts = () => emulator.requests.filter(({ sync }) => sync === true).length;

  /** Waits for a sync of an hour, with an event in the middle of it. */
  async function waitAnHour(inTheMiddle: () => void = () => {}) {
    let middleIsOver = false;
    const one = client();
    const half = Date.now() + HOUR / 2;
    const watched: CwpClient = {
      syncMachines(sync, timeoutMs, signal) {
        if (!middleIsOver && Date.now() > half) {
          middleIsOver = true;
          inTheMiddle();
        }
        return one.syncMachines(sync, timeoutMs, signal);
      },
    };
    const loop = new SyncLoop(watched, { turns: new Turns(time), clock: time, random: () => 0.5 });
    const status = await loop.call({ goal: "finished", timeoutMs: 2 * HOUR });
    assert.ok(middleIsOver);
    return status;
  }

  for (const [title, set] of sources) {
    it(`of ${title} are renewed before their end, without a request that is refused`, async () => {
      set();
      const one = client();
      await one.syncMachines(false, LONG_MS);
      time.pass(4 * MINUTE);
      await one.syncMachines(false, LONG_MS);
      assert.equal(ids(), 1);
      time.pass(2 * MINUTE);
      await one.syncMachines(false, LONG_MS);
      assert.equal(ids(), 2);
      assert.ok(!answers().includes("AuthFailure.TokenFailure"));
    });
  }

  it("may end many times in one wait", async () => {
    assumesRoleWithCvmRole();
    assert.equal((await waitAnHour()).state, "FINISHED");
    assert.equal(starts(), 1);
    assert.ok(ids() >= 4, `${ids()} credentials`);
    assert.ok(!answers().includes("AuthFailure.TokenFailure"), answers().join(" "));
  });

  it("are looked up again when the service ends them in the middle of a wait", async () => {
    assumesRoleWithCvmRole();
    const status = await waitAnHour(() => emulator.expireTemporaryCredentials());
    assert.equal(status.state, "FINISHED");
    assert.equal(starts(), 1);
  });

  it("are looked up again once if a start is refused, which then starts one sync", async () => {
    assumesRole();
    const one = client();
    await one.syncMachines(false, LONG_MS);
    emulator.expireTemporaryCredentials();
    emulator.clearRequests();
    assert.equal((await one.syncMachines(true, LONG_MS)).status.state, "SYNCING");
    assert.deepEqual(
      emulator.requests.map(({ action, answer }) => `${action} ${answer}`),
      ["SyncMachines AuthFailure.TokenFailure", "AssumeRole OK", "SyncMachines SYNCING"],
    );
    assert.equal(emulator.world().runs.length, 1);
  });

  it("are looked up again no more than once if the service refuses the new credentials too", async () => {
    assumesRole();
    emulator.inject({ error: "AuthFailure.TokenFailure" }, { on: "start", times: 9 });
    const error = await refusal(client().syncMachines(true, LONG_MS), owner.secretKey);
    assert.match(error.message, /^AuthFailure\.TokenFailure/);
    assert.deepEqual([requests("AssumeRole").length, requests("SyncMachines").length], [2, 2]);
  });

  it("are not tried again if the look-up finds the same", async () => {
    const keys = { ...owner, token: "the-token-that-is-wrong" };
    home.write(".tccli/default.credential", keys);
    emulator.inject({ error: "AuthFailure.TokenFailure" }, { times: 9 });
    await refusal(client().syncMachines(false, LONG_MS), keys.secretKey, keys.token);
    assert.equal(emulator.requests.length, 1);
  });

  it("of a profile are read again if the service refuses them, since a login may have written new credentials", async () => {
    home.write(".tccli/default.credential", owner);
    const one = client();
    await one.syncMachines(false, LONG_MS);
    home.write(".tccli/default.credential", relative);
    await one.syncMachines(false, LONG_MS);
    assert.equal(emulator.requests.at(-1)?.secretId, owner.secretId, "read again without need");
    emulator.inject({ error: "AuthFailure.TokenFailure" });
    await one.syncMachines(false, LONG_MS);
    assert.equal(emulator.requests.at(-1)?.secretId, relative.secretId);
    home.write(".tccli/default.credential", { ...relative, token: "a-new-token-alone" });
    emulator.inject({ error: "AuthFailure.TokenFailure" });
    await assert.rejects(one.syncMachines(false, LONG_MS), /X-TC-Token must not be set with it/);
  });

  for (const code of ["SignatureFailure", "SecretIdNotFound", "InvalidSecretId"]) {
    it(`of a profile are read again after AuthFailure.${code} too`, async () => {
      home.write(".tccli/default.credential", owner);
      const one = client();
      await one.syncMachines(false, LONG_MS);
      home.write(".tccli/default.credential", relative);
      emulator.inject({ error: `AuthFailure.${code}` });
      await one.syncMachines(false, LONG_MS);
      assert.equal(emulator.requests.at(-1)?.secretId, relative.secretId);
      assert.equal(requests("SyncMachines").length, 3);
    });
  }

  for (const code of ["AuthFailure.SignatureExpire", "AuthFailure.UnauthorizedOperation", "InternalError"]) {
    it(`of a profile are not read again after ${code}, which is not about them`, async () => {
      home.write(".tccli/default.credential", owner);
      const one = client();
      await one.syncMachines(false, LONG_MS);
      home.write(".tccli/default.credential", relative);
      emulator.inject({ error: code });
      await refusal(one.syncMachines(false, LONG_MS), owner.secretKey);
      await one.syncMachines(false, LONG_MS);
      assert.equal(emulator.requests.at(-1)?.secretId, owner.secretId);
    });
  }

  it("that are renewed after a refusal leave the request its own time limit, and no more", async () => {
    assumesRole();
    const one = client();
    await one.syncMachines(false, LONG_MS);
    emulator.expireTemporaryCredentials();
    emulator.inject({ delaySeconds: 0.9 });
    emulator.inject({ hang: true }, { on: "sts" });
    const started = performance.now();
    const error = await refusal(one.syncMachines(true, 1_200), owner.secretKey);
    const took = performance.now() - started;
    assert.ok(error instanceof CwpError);
    assert.equal(error.sent, false, "the start was refused, and not sent again");
    // With a limit of its own, the renewal would end after 2.1 s.
    assert.ok(took > 1_100 && took < 2_000, `it took ${took} ms`);
  });

  it("are used while STS fails, so that the wait does not fail", async () => {
    assumesRole();
    let failed = 0;
    const status = await waitAnHour(() => {
      failed = 2;
      emulator.inject({ error: "InternalError" }, { on: "sts", times: failed });
    });
    assert.equal(status.state, "FINISHED");
    assert.equal(requests("AssumeRole").filter(({ answer }) => answer === "InternalError").length, failed);
    assert.equal(starts(), 1);
  });

  it("that cannot be obtained at first are looked for again", async () => {
    assumesRole();
    emulator.inject({ http: 502 }, { on: "sts" });
    const one = client();
    const error = await refusal(one.syncMachines(false, LONG_MS), owner.secretKey);
    assert.match(error.message, /HTTP status 502/);
    assert.equal((await one.syncMachines(false, LONG_MS)).status.state, "NOTASK");
  });

  it("that cannot be obtained leave a start unsent, and the error says so", async () => {
    assumesRole();
    for (const first of ["expired", "never had"]) {
      const one = client();
      if (first === "expired") {
        await one.syncMachines(false, LONG_MS);
        emulator.expireTemporaryCredentials();
      }
      emulator.inject({ reset: true }, { on: "sts" });
      const error = await refusal(one.syncMachines(true, LONG_MS), owner.secretKey);
      assert.ok(error instanceof CwpError);
      assert.equal(error.sent, false, first);
    }
  });

  it("that never arrive do not hold a request beyond its own time limit", async () => {
    assumesRole();
    emulator.inject({ hang: true }, { on: "sts" });
    const started = performance.now();
    const error = await refusal(client().syncMachines(false, 100), owner.secretKey);
    assert.ok(error instanceof CwpError);
    assert.equal(error.sent, false);
    assert.ok(performance.now() - started < 4 * SECOND, "it waited for STS's own limit");
  });

  it("that end for good fail the wait before a start, and leave nothing", async () => {
    assumesRole();
    const loop = new SyncLoop(client(), { turns: new Turns(time), clock: time, random: () => 0.5 });
    emulator.inject({ error: "UnauthorizedOperation" }, { on: "sts", times: 99 });
    const error = await refusal(loop.call({ goal: "finished", timeoutMs: HOUR }), owner.secretKey);
    assert.match(error.message, /sts:AssumeRole/);
    assert.ok(error instanceof WaitError);
    assert.equal(error.unfinished, undefined);
    assert.equal(requests("AssumeRole").length, 1);
  });
});
