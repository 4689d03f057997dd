import assert from "node:assert/strict";
import {
  type Account,
  type Emulator,
  type EmulatorOptions,
  type Faults,
  startEmulator,
} from "../../../emulator";
import { call, type SignedRequest, sendSigned } from "../api/signedRequest";

const account: Account = { secretId: "AKIDexample", secretKey: "not-a-real-key" };
const arn = "qcs::cam::uin/100000000001:roleName/sync";

describe("the emulator's log", () => {
  let emulator: Emulator;
  let lines: string[];
  async function start(options: EmulatorOptions = {}) {
    lines = [];
    emulator = await startEmulator({
      syncSeconds: 60,
      accounts: [account],
      log: (line) => lines.push(line),
      ...options,
    });
  }
  afterEach(() => emulator.stop());

  const send = (request: Partial<SignedRequest> = {}) =>
    sendSigned({ url: emulator.url, ...account, ...request });
  const startSync = () => send({ parameters: { Sync: true } });
  const read = () => send({ parameters: { Sync: false } });

  /**
   * The last line without the time at its beginning and the RequestId at its end. TIME replaces other times,
   * with their dates, which they have around midnight.
   */
  function lastLine(): string {
    const [, rest] = /^\d\d:\d\d:\d\d {2}(.*)$/.exec(lines.at(-1) ?? "") ?? [];
    assert.ok(rest, lines.at(-1));
    return rest.replace(/ +\([0-9a-f-]{36}\)$/, "").replaceAll(/(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d/g, "TIME");
  }

  /** The outcome of the last request, without the columns that describe the request. */
  const outcome = () => lastLine().slice(49);

  it("has a line for each request: time, action, SecretId, outcome and RequestId", async () => {
    await start();
    const { RequestId, LatestStartTime } = await call({
      url: emulator.url,
      ...account,
      parameters: { Sync: true },
    });
    const time = String(LatestStartTime).slice(11);
    assert.match(
      lines[0] ?? "",
      new RegExp(
        `^\\d\\d:\\d\\d:\\d\\d  SyncMachines      trigger  AKIDexample           SYNCING   started ${time}          \\(${RequestId}\\)$`,
      ),
    );
    assert.equal(lines.length, 1);
  });

  it("distinguishes starts from reads, and names other actions", async () => {
    await start({ roles: [{ arn }] });
    const seen: string[] = [];
    const requests: Partial<SignedRequest>[] = [
      { parameters: { Sync: true } },
      {},
      { action: "DescribeMachines", parameters: { MachineType: "CVM", MachineRegion: "ap-guangzhou" } },
      { headers: { "X-TC-Action": undefined } },
    ];
    for (const request of requests) {
      await send(request);
      seen.push(lastLine().slice(0, 25));
    }
    for (const action of ["AssumeRole", "AssumeRoleWithWebIdentity"]) {
      await send({ action, version: "2018-08-13", region: "ap-guangzhou", parameters: { RoleArn: arn } });
      seen.push(lastLine().slice(0, 25));
    }
    assert.deepEqual(seen, [
      "SyncMachines      trigger",
      "SyncMachines      read   ",
      "DescribeMachines  read   ",
      "no action         read   ",
      "AssumeRole               ",
      "AssumeRoleWithWebIdentity",
    ]);
  });

  it("shows a sync's start, then its end, and why a second start has no effect", async () => {
    await start();
    await read();
    assert.equal(outcome(), "NOTASK");
    await startSync();
    assert.equal(outcome(), "SYNCING   started TIME");
    await startSync();
    assert.equal(outcome(), "SYNCING   started TIME; already in progress, nothing new started");
    emulator.advance(60);
    await read();
    assert.equal(outcome(), "FINISHED  ran TIME to TIME");
    await startSync();
    assert.equal(outcome(), "SYNCING   started TIME");
  });

  it("shows the dates of a sync if they differ from the date of the line", async () => {
    await start({ syncSeconds: 1 });
    await startSync();
    emulator.advance(3 * 86_400);
    await read();
    assert.match(
      lines.at(-1) ?? "",
      /FINISHED {2}ran \d{4}-\d\d-\d\d [\d:]+ to \d{4}-\d\d-\d\d [\d:]+ {2}\(/,
    );
  });

  it("names the owner of the key that signed a GetCallerIdentity", async () => {
    await start();
    await send({ action: "GetCallerIdentity", version: "2018-08-13", region: "ap-guangzhou" });
    assert.match(
      lastLine(),
      /^GetCallerIdentity +AKIDexample +OK {8}qcs::cam:100000000001:uin\/100000000001$/,
    );
  });

  it("says why a request was refused", async () => {
    await start();
    await send({ secretId: "AKIDunknown" });
    assert.match(lastLine(), /read +AKIDunknown +AuthFailure\.SecretIdNotFound {2}The SecretId is not found/);
    await send({ headers: { Authorization: "none" } });
    assert.match(
      lastLine(),
      /read +no SecretId +AuthFailure\.InvalidAuthorization {2}The Authorization header/,
    );
  });

  it("cuts the SecretIds of temporary credentials", async () => {
    await start();
    await send({ secretId: "AKID0123456789abcdefghijklmnop" });
    assert.match(lastLine(), /read {5}AKID0123456789abcde… {2}AuthFailure/);
  });

  it("has one line for a request, whatever the client sends", async () => {
    await start();
    await send({ body: JSON.stringify({ "Sync\n\u001b[31m": true }) });
    assert.match(lines.at(-1) ?? "", /UnknownParameter {2}The parameter `Sync {2}\[31m` is not recognized/);
  });

  it("has a line for each request to the metadata service", async () => {
    await start({ camRole: { name: "sync" } });
    emulator.inject({ http: 500 }, { on: "metadata" });
    await fetch(`${emulator.url}/latest/meta-data/cam/security-credentials/`);
    assert.match(lines.at(-1) ?? "", /^\d\d:\d\d:\d\d {2}metadata {2}HTTP 500 \(fault\)$/);
    await fetch(`${emulator.url}/latest/meta-data/cam/security-credentials/sync`);
    assert.match(
      lines.at(-1) ?? "",
      /metadata {2}OK {8}\/latest\/meta-data\/cam\/security-credentials\/sync$/,
    );
  });

  describe("says of a lasting fault", () => {
    const cases: [Faults, string][] = [
      [{ startLagSeconds: 4 }, "NOTASK    will start in 4 s (fault)"],
      [{ deafTriggers: 1 }, "NOTASK    nothing started (fault)"],
      [{ neverEnds: 1 }, "SYNCING   started TIME; never ends (fault)"],
      [{ emptyTimes: true }, "SYNCING   no times (fault)"],
      [{ laggingTimesSeconds: 5 }, "SYNCING   late with its times (fault)"],
      [{ laggingStateSeconds: 5 }, "NOTASK    started TIME; late with its state (fault)"],
      [{ unknownState: "PAUSED" }, "PAUSED    started TIME; in place of SYNCING (fault)"],
    ];
    for (const [faults, words] of cases) {
      it(`${JSON.stringify(faults)} at a start: ${words}`, async () => {
        await start({ faults });
        await startSync();
        assert.equal(outcome(), words);
      });
    }

    it("forgets: that the sync has finished", async () => {
      await start({ faults: { forgets: true } });
      await startSync();
      emulator.advance(60);
      await read();
      assert.equal(outcome(), "NOTASK    ran TIME to TIME; finished but forgotten (fault)");
    });

    it("staleSeconds: the age of an answer that is no longer true", async () => {
      await start({ faults: { staleSeconds: 10, staleAlways: true } });
      await startSync();
      emulator.advance(65);
      await read();
      assert.equal(outcome(), "SYNCING   started TIME; as it was 10 s ago (fault)");
      emulator.advance(65);
      await read();
      assert.equal(outcome(), "FINISHED  ran TIME to TIME");
    });

    it("busyTrigger: that it refuses", async () => {
      await start({ faults: { busyTrigger: "FailedOperation" } });
      await startSync();
      await startSync();
      assert.match(outcome(), /^FailedOperation {2}refused during a sync \(fault\); A machine sync/);
    });
  });

  describe("says of an injected fault", () => {
    const cases: [Parameters<Emulator["inject"]>[0], string][] = [
      [{ error: "RequestLimitExceeded" }, "RequestLimitExceeded (fault)"],
      [{ http: 502 }, "HTTP 502 (fault)"],
      [{ html: true }, "a web page (fault)"],
      [{ empty: true }, "an empty answer (fault)"],
      [{ body: "{" }, "another body (fault)"],
      [{ reset: true }, "connection reset (fault)"],
      [{ truncate: true }, "SYNCING   started TIME; answer cut in the middle (fault)"],
      [{ loseAnswer: true }, "SYNCING   started TIME; answer lost (fault)"],
      [{ delaySeconds: 0.01 }, "SYNCING   started TIME; answered 0.01 s late (fault)"],
    ];
    for (const [fault, words] of cases) {
      it(`${JSON.stringify(fault)}: ${words}`, async () => {
        await start();
        emulator.inject(fault);
        // Some of these break the connection.
        await startSync().catch(() => {});
        assert.equal(outcome(), words);
      });
    }

    it("hang: no answer", async () => {
      await start();
      emulator.inject({ hang: true });
      const leaving = new AbortController();
      const left = assert.rejects(send({ signal: leaving.signal }));
      while (lines.length === 0) {
        await new Promise(setImmediate);
      }
      leaving.abort();
      await left;
      assert.equal(outcome(), "no answer (fault)");
    });
  });
});
