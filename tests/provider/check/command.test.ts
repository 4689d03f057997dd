import assert from "node:assert/strict";
import { type Emulator, emulatorAccount, type Faults, startEmulator } from "../../../emulator";
import { ownHome } from "../account/credentials/home";
import { type Asked, type StandIn, startConnectProxy, startTls } from "../api/standIns";
import { type Ended, run, runHere, type Surroundings } from "./process";
import { relayTo } from "./relay";

/** Sets the clock of a process ten minutes ahead. */
const tenMinutesAhead = `
const Right = Date;
globalThis.Date = class extends Right {
  constructor(...given) { given.length > 0 ? super(...given) : super(Right.now() + 600_000); }
  static now() { return Right.now() + 600_000; }
};`;

/** A process that cannot load Pulumi's SDK. */
const withoutPulumi = `
import Module from "node:module";
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  if (name.startsWith("@pulumi/")) { throw new Error("There is no " + name + " here."); }
  return resolve.call(this, name, ...rest);
};`;

const { secretId, secretKey } = emulatorAccount;
const inEnvironment = { TENCENTCLOUD_SECRET_ID: secretId, TENCENTCLOUD_SECRET_KEY: secretKey };
const SOURCE = "TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY of the environment";
const role = "qcs::cam::uin/100000000001:roleName/deploy";
const ended = { atMs: Date.UTC(2020, 10, 11, 4, 1), seconds: 30 };

describe("cwp-check", function () {
  this.timeout(30_000);

  const home = ownHome();
  let emulator: Emulator;
  const others: StandIn[] = [];

  async function begin(faults: Faults = {}): Promise<void> {
    emulator = await startEmulator({
      faults: { foreignSyncs: [ended], ...faults },
      roles: [{ arn: role }],
    });
    emulator.addHost({ id: "ins-1" });
    emulator.startForeignSync(0);
  }
  afterEach(async () => {
    await Promise.all(others.splice(0).map((other) => other.stop()));
    await emulator.stop();
  });

  /**
   * Its output as text, with capitals for the parts that differ from run to run, and as JSON. Neither shows a
   * secret or starts a sync.
   */
  async function check(
    args: readonly string[],
    surroundings: Surroundings = { env: inEnvironment },
    code = 0,
  ): Promise<{ text: string; json: Record<string, unknown>; stderr: string }> {
    const at = args.includes("--endpoint") ? [] : ["--endpoint", emulator.url];
    const { env, before } = surroundings;
    const command = before ? (all: string[]) => run(all, surroundings) : (all: string[]) => runHere(all, env);
    const text = await command([...at, ...args]);
    const json = await command([...at, ...args, "--json"]);
    for (const { stdout, stderr, code: its } of [text, json]) {
      assert.equal(its, code, stdout + stderr);
      for (const secret of [secretKey, secretId, "the-wrong-key", "open#sesame", "open%23sesame"]) {
        assert.ok(!(stdout + stderr).includes(secret), `it shows ${secret}: ${stdout + stderr}`);
      }
    }
    assert.deepEqual(
      emulator.requests.filter(({ sync }) => sync),
      [],
    );
    return { text: plain(text), json: read(json), stderr: plain({ ...json, stdout: json.stderr }) };
  }

  function plain({ stdout }: Ended): string {
    return stdout
      .replaceAll(emulator.url, "URL")
      .replaceAll(home.folder, "HOME")
      .replace(/in \d+ ms/, "in N ms")
      .replaceAll(/RequestId [-0-9a-f]{36}/g, "RequestId ID");
  }

  /** The report without the parts that differ from run to run. */
  function read({ stdout }: Ended): Record<string, unknown> {
    const report = JSON.parse(stdout, (name, value) => {
      if (name === "roundTripMs" && value !== null) {
        assert.ok(Number.isInteger(value) && value >= 0, `${value}`);
        return "N";
      }
      if (name === "requestId") {
        assert.match(value, /^[-0-9a-f]{36}$/);
        return undefined;
      }
      return value === emulator.url ? "URL" : value;
    });
    return report;
  }

  const status = (report: Record<string, unknown>) => Object(report.actions)["cwp:SyncMachines"];
  const list = (report: Record<string, unknown>) => Object(report.actions)["cwp:DescribeMachines"];
  /** The lines of the two actions. */
  const actionsIn = (text: string) => text.split("\n").filter((line) => line.startsWith("cwp:"));

  it("reports the signer, the endpoint's answer, and the allowed actions, without Pulumi's SDK", async () => {
    await begin();
    const { text, json, stderr } = await check([], { env: inEnvironment, before: [withoutPulumi] });
    const [run] = emulator.runs().slice(-1);
    assert.ok(run);
    const time = new Date(run.startMs + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
    assert.equal(
      text,
      `account               100000000001
SecretId              AKID…0000 (${SOURCE})
endpoint              URL
answer                in N ms
clock                 right
cwp:SyncMachines      allowed (polls and starts): FINISHED, started ${time}, ended ${time}
cwp:DescribeMachines  allowed: 1 CVM in all regions
`,
    );
    const { clockSkewSeconds, ...endpoint } = Object(json.endpoint);
    assert.ok(Math.abs(clockSkewSeconds) <= 2, `${clockSkewSeconds}`);
    assert.deepEqual(
      { ...json, endpoint },
      {
        ok: true,
        account: { accountId: "100000000001", secretId: "AKID…0000", source: SOURCE },
        endpoint: { url: "URL", roundTripMs: "N" },
        actions: {
          "cwp:SyncMachines": {
            allowed: true,
            state: "FINISHED",
            latestStartTime: time,
            latestEndTime: time,
          },
          "cwp:DescribeMachines": { allowed: true, total: 1 },
        },
      },
    );
    assert.equal(stderr, "");
  });

  it("says of a wrong key what to check, once", async () => {
    await begin();
    const env = { ...inEnvironment, TENCENTCLOUD_SECRET_KEY: "the-wrong-key" };
    const { text, json, stderr } = await check([], { env }, 1);
    const advice = `
AuthFailure.SignatureFailure: The provided credentials could not be validated. Please check your signature is correct (RequestId ID). Check the SecretId and SecretKey (${SOURCE}). See "Error codes" in node_modules/pulumi-tencentcloud-cwp/docs/troubleshooting.md.
`;
    assert.equal(text.split("\n\n")[1], advice.slice(1));
    assert.equal(stderr, advice);
    assert.deepEqual(actionsIn(text), [
      "cwp:SyncMachines      refused (polls and starts): AuthFailure.SignatureFailure",
      "cwp:DescribeMachines  refused: AuthFailure.SignatureFailure",
    ]);
    assert.match(text, /^account +not known$/m);
    assert.deepEqual(json.account, { secretId: "AKID…0000", source: SOURCE });
    assert.deepEqual(
      [json.ok, status(json), list(json)],
      [
        false,
        { allowed: false, code: "AuthFailure.SignatureFailure" },
        { allowed: false, code: "AuthFailure.SignatureFailure" },
      ],
    );
  });

  const denials = [
    {
      action: "SyncMachines",
      lines: [
        "cwp:SyncMachines      refused (polls and starts): AuthFailure.UnauthorizedOperation",
        "cwp:DescribeMachines  allowed: 1 CVM in all regions",
      ],
      allowed: [false, true],
    },
    {
      action: "DescribeMachines",
      lines: [
        /^cwp:SyncMachines {6}allowed \(polls and starts\): FINISHED/,
        "cwp:DescribeMachines  refused: AuthFailure.UnauthorizedOperation",
      ],
      allowed: [true, false],
    },
  ];
  for (const { action, lines, allowed } of denials) {
    it(`names the permission to give if cwp:${action} is missing`, async () => {
      await begin({ deniedActions: [action] });
      const { text, json, stderr } = await check([], { env: inEnvironment }, 1);
      for (const [i, line] of actionsIn(text).entries()) {
        const expected = lines[i] ?? "";
        assert.ok(typeof expected === "string" ? line === expected : expected.test(line), line);
      }
      for (const said of [text, stderr]) {
        assert.match(said, new RegExp(`Grant this identity the CAM action cwp:${action}, as by the policy`));
      }
      assert.deepEqual([json.ok, status(json).allowed, list(json).allowed], [false, ...allowed]);
    });
  }

  it("signs by a role of the environment", async () => {
    await begin();
    const env = {
      ...inEnvironment,
      TENCENTCLOUD_ASSUME_ROLE_ARN: role,
      TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME: "check",
    };
    const { text, json } = await check([], { env });
    assert.match(text, /^SecretId +AKID….{4} \(the role qcs::cam::uin\/100000000001:roleName\/deploy/m);
    assert.match(String(Object(json.account).source), /^the role qcs::cam::uin/);
    assert.equal(Object(json.account).accountId, "100000000001");
  });

  it("signs by the profile that --profile names, whatever keys there are, or lists the profiles", async () => {
    await begin();
    const file = home.write(".tccli/other.credential", { secretId, secretKey });
    const wrong = { env: { TENCENTCLOUD_SECRET_ID: "AKIDwrong", TENCENTCLOUD_SECRET_KEY: "the-wrong-key" } };
    const { text, json } = await check(["--profile", "other"], wrong);
    assert.match(text, /^SecretId +AKID…0000 \(.*HOME\/\.tccli\/other\.credential\)$/m);
    assert.ok(String(Object(json.account).source).includes(file));
    const missing = await check(["--profile", "third"], wrong, 1);
    assert.match(missing.text, /There is no profile "third" .* There are "other"\. See "Signing in"/);
    assert.deepEqual(status(missing.json), { allowed: null, code: "InvalidSettings" });
  });

  it("names the places that it has searched if there are no credentials, and that it read no stack", async () => {
    await begin();
    const { text, json, stderr } = await check([], {}, 1);
    for (const said of [text, stderr]) {
      assert.match(
        said,
        /No Tencent Cloud credentials were found\. .* The config of no stack was read: name one with --stack NAME\. See "Signing in" in/,
      );
    }
    assert.match(text, /^SecretId +none$/m);
    assert.match(text, /^answer +in N ms$/m);
    assert.deepEqual(json.account, { secretId: null, source: null });
    assert.deepEqual(list(json), { allowed: null, code: "InvalidSettings" });
  });

  it("says of a network that is not there what to check, once, and leaves open which actions are allowed", async () => {
    await begin();
    const { text, json } = await check(["--endpoint", "http://127.0.0.1:2"], { env: inEnvironment }, 1);
    assert.equal(
      text,
      `account               not known
SecretId              AKID…0000 (${SOURCE})
endpoint              http://127.0.0.1:2
answer                none
clock                 not known
cwp:SyncMachines      not known: NetworkFailure
cwp:DescribeMachines  not known: NetworkFailure

No connection to 127.0.0.1:2: connect ECONNREFUSED 127.0.0.1:2. Check the network, tencentcloud-cwp:endpoint and the proxy settings (HTTPS_PROXY, NO_PROXY). Run the command again later. See "No connection, no answer" in node_modules/pulumi-tencentcloud-cwp/docs/troubleshooting.md.
`,
    );
    assert.deepEqual(json, {
      ok: false,
      account: { secretId: "AKID…0000", source: SOURCE },
      endpoint: { url: "http://127.0.0.1:2", roundTripMs: null },
      actions: {
        "cwp:SyncMachines": { allowed: null, code: "NetworkFailure" },
        "cwp:DescribeMachines": { allowed: null, code: "NetworkFailure" },
      },
    });
  });

  it("uses the proxy, even for the unsigned request, and shows it without its password", async () => {
    await begin();
    const asked: Asked[] = [];
    const api = await startTls(relayTo(emulator.url));
    const proxy = await startConnectProxy(api.port, asked);
    others.push(api, proxy);
    const named = `http://someone:open%23sesame@127.0.0.1:${proxy.port}`;
    const { text, json } = await check(["--endpoint", "cwp.tencentcloudapi.com"], {
      env: {
        ...inEnvironment,
        HTTPS_PROXY: named,
        NODE_TLS_REJECT_UNAUTHORIZED: "0",
        NODE_NO_WARNINGS: "1",
      },
      // Node.js would warn in the test's process.
      before: [],
    });
    const shown = `http://someone@127.0.0.1:${proxy.port}`;
    assert.ok(
      text.includes(`\nendpoint              https://cwp.tencentcloudapi.com by way of ${shown}\n`),
      text,
    );
    const { proxy: its, clockSkewSeconds } = Object(json.endpoint);
    assert.equal(its, shown);
    assert.ok(Math.abs(clockSkewSeconds) <= 2, `${clockSkewSeconds}`);
    assert.ok(asked.every(({ login }) => login === "someone:open#sesame"));
    assert.deepEqual([...new Set(asked.map(({ target }) => target))].sort(), [
      "cwp.tencentcloudapi.com:443",
      "sts.tencentcloudapi.com:443",
    ]);
  });

  it("shows no user name without a password, as it may be a token", async () => {
    await begin();
    const { text, json } = await check(
      ["--endpoint", "cwp.tencentcloudapi.com"],
      { env: { ...inEnvironment, HTTPS_PROXY: "http://open%23sesame@127.0.0.1:2" } },
      1,
    );
    assert.match(text, /by way of http:\/\/127\.0\.0\.1:2$/m);
    assert.equal(Object(json.endpoint).proxy, "http://127.0.0.1:2");
    assert.match(text, /the proxy in HTTPS_PROXY failed/);
  });

  it("reports the error of the clock", async () => {
    await begin();
    const { text, json } = await check([], { env: inEnvironment, before: [tenMinutesAhead] }, 1);
    assert.match(text, /^clock +(10 min|9 min 59 s|10 min 1 s) ahead$/m);
    assert.match(text, /The clock of this machine is off by more than five minutes: set it right \(NTP\)/);
    assert.ok(Math.abs(Object(json.endpoint).clockSkewSeconds - 600) <= 1);
    assert.deepEqual(status(json), { allowed: false, code: "AuthFailure.SignatureExpire" });
  });

  it("warns of settings that have no effect, as a MachineSync does", async () => {
    await begin();
    const env = { ...inEnvironment, TENCENTCLOUD_PROTOCOL: "HTTP" };
    const { text, stderr } = await check([], { env });
    const warning = "warning: TENCENTCLOUD_PROTOCOL has no effect on CWP: requests go over HTTPS";
    assert.ok(text.includes(warning) && stderr.includes(warning), text);
  });

  it("leaves open which actions are allowed if there are too many requests, and asks for another try", async () => {
    await begin();
    emulator.inject({ error: "RequestLimitExceeded" }, { on: "SyncMachines", times: 2 });
    const { text, json } = await check([], { env: inEnvironment }, 1);
    assert.match(text, /RequestLimitExceeded: .* Run the command again later\./);
    assert.deepEqual(status(json), { allowed: null, code: "RequestLimitExceeded" });
    assert.equal(list(json).allowed, true);
  });

  it("says that an unknown state shows a permission, and that a newer version may know it", async () => {
    await begin({ unknownState: "PAUSED" });
    const { text, json } = await check([], { env: inEnvironment }, 1);
    assert.match(text, /CWP answered with the state "PAUSED", .* A newer version/);
    assert.deepEqual([json.ok, status(json)], [false, { allowed: true, code: "UnknownState" }]);
  });

  it("ends with 2 and one line on stderr for arguments that cannot be used", async () => {
    await begin();
    const { code, stdout, stderr } = await run(["--stak", "dev"]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^cwp-check: Unknown option '--stak'.*\n$/);
  });

  it("explains itself with --help", async () => {
    await begin();
    const { code, stdout } = await run(["--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: cwp-check \[options\]/);
  });
});
