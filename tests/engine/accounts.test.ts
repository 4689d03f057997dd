import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { findOrGetPulumi } from "../../scripts/pulumiCli";
import { newest } from "../../scripts/pulumiCli/cliRelease";
import type { MachineSyncArgs } from "../../sdk";
import { history } from "../history";
import { refuseAfterStart } from "./interrupted";
import { oneSync, type Program } from "./program";
import { TestStack, type TestStackOptions } from "./stack";

const keysOf = (name: string) => ({ secretId: `AKID${name}`, secretKey: `the-secret-key-of-${name}` });
const arnOf = (name: string) => `qcs::cam::uin/100000000001:roleName/${name}`;

/** One account for keys, and two others for profiles and roles. */
const owner = { ...keysOf("owner"), token: "the-token-of-the-owner" };
const [red, blue] = [keysOf("red"), keysOf("blue")];
const roles = [red, blue].map(({ secretId }) => ({ arn: arnOf(secretId), account: secretId }));
const redRole = { roleArn: arnOf(red.secretId), sessionName: "ci", sessionDuration: 900 };
const blueRole = { roleArn: arnOf(blue.secretId) };

const blueRoleInEnvironment = {
  TENCENTCLOUD_ASSUME_ROLE_ARN: blueRole.roleArn,
  TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME: "ci",
};

const secret = (value: string) => ({ value, secret: true as const });
const ownerIn = (namespace: string) => ({
  [`${namespace}:secretId`]: owner.secretId,
  [`${namespace}:secretKey`]: secret(owner.secretKey),
  [`${namespace}:securityToken`]: secret(owner.token),
});
const ownerInConfig = ownerIn("tencentcloud");
const ownerInEnvironment = {
  TENCENTCLOUD_SECRET_ID: owner.secretId,
  TENCENTCLOUD_SECRET_KEY: owner.secretKey,
  TENCENTCLOUD_SESSION_TOKEN: owner.token,
};

/** A program with a MachineSync for each of the arguments. */
const syncs = (...all: MachineSyncArgs[]): Program => ({
  resources: Object.fromEntries(all.map((args, index) => [`machines${index}`, { properties: { ...args } }])),
});

/** Writes a file into the home folder of the stack's processes. */
function inHome(stack: TestStack, file: string, content: object): void {
  const full = path.join(stack.envVars.HOME ?? assert.fail(), file);
  fs.mkdirSync(path.dirname(full), { recursive: true });
  fs.writeFileSync(full, JSON.stringify(content));
}

describe("The account of a MachineSync on the real engine", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  beforeEach(async () => {
    emulator = await startEmulator({
      syncSeconds: 1,
      accounts: [owner, red, blue],
      roles,
      faults: history(),
    });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  async function createStack({ config, ...others }: TestStackOptions = {}): Promise<void> {
    stack = await TestStack.create({
      config: { "tencentcloud-cwp:endpoint": emulator.url, ...config },
      ...others,
    });
    inHome(stack, ".tccli/red.credential", red);
    inHome(stack, ".tccli/blue.credential", blue);
  }

  const triggers = () => emulator.requests.filter(({ sync }) => sync === true).length;
  const requests = (name: string) => emulator.requests.filter(({ action }) => action === name).length;
  /** The number of syncs of each account. */
  const runs = () =>
    Object.fromEntries(
      Object.entries({ owner, red, blue }).map(([name, { secretId }]) => [
        name,
        emulator.world(secretId).runs.filter(({ by }) => by !== "foreign").length,
      ]),
    );

  const settings: readonly [title: string, options: TestStackOptions, account: string][] = [
    ["the environment", { entryPoint: "plugin", env: ownerInEnvironment }, "owner"],
    [
      "keys in the environment, though the config names a profile",
      { entryPoint: "plugin", config: { "tencentcloud-cwp:profile": "red" }, env: ownerInEnvironment },
      "owner",
    ],
    [
      "a role to assume in the environment",
      { entryPoint: "plugin", env: { ...ownerInEnvironment, ...blueRoleInEnvironment } },
      "blue",
    ],
  ];
  for (const [title, options, account] of settings) {
    it(`is the account of ${title}`, async () => {
      emulator.setSyncSeconds(0);
      await createStack(options);
      await stack.up(syncs({}));
      assert.deepEqual(runs(), { owner: 0, red: 0, blue: 0, [account]: 1 });
      assert.equal(triggers(), 1);
    });
  }

  it("is never an account that the config does not allow: the error names both, and CWP gets no request", async () => {
    await createStack({
      entryPoint: "plugin",
      config: { ...ownerIn("tencentcloud-cwp"), "tencentcloud-cwp:allowedAccountIds": '["100000000009"]' },
    });
    const { errors } = await stack.up(syncs({}), { expectFailure: true });
    assert.match(
      errors.join("\n"),
      /belong to the account 100000000001, but tencentcloud-cwp:allowedAccountIds allows only 100000000009/,
    );
    assert.equal(requests("SyncMachines"), 0);
    assert.deepEqual(stack.machineSyncs(), []);
  });

  it("is the account of a role to assume in the config, written as a structure", async () => {
    emulator.setSyncSeconds(0);
    await createStack({ env: ownerInEnvironment });
    const file = path.join(stack.workDir, "Pulumi.dev.yaml");
    const settings = JSON.parse(fs.readFileSync(file, "utf8"));
    settings.config["tencentcloud:assumeRole"] = redRole;
    fs.writeFileSync(file, JSON.stringify(settings));
    await stack.up(syncs({}));
    assert.deepEqual(runs(), { owner: 0, red: 1, blue: 0 });
  });

  it("has a sync of its own if a run is unfinished on another account", async () => {
    refuseAfterStart(emulator);
    await createStack({ entryPoint: "plugin", config: { "tencentcloud-cwp:profile": "red" } });
    await stack.up(oneSync(), { expectFailure: true });
    assert.deepEqual(runs(), { owner: 0, red: 1, blue: 0 });
    emulator.world(blue.secretId).startForeignSync(1);
    emulator.advance(3600);
    emulator.setSyncSeconds(1);

    await stack.setConfig("tencentcloud-cwp:profile", "blue");
    await stack.up(oneSync());

    assert.deepEqual(runs(), { owner: 0, red: 1, blue: 1 });
  });

  const perResource: readonly [what: string, ofRed: MachineSyncArgs, ofBlue: MachineSyncArgs][] = [
    ["profiles", { profile: "red" }, { profile: "blue" }],
    ["roles to assume", { assumeRole: redRole }, { assumeRole: blueRole }],
  ];
  for (const [what, ofRed, ofBlue] of perResource) {
    it(`is each resource's own with two ${what} in one program, and syncs once for all resources of it`, async () => {
      await createStack({ entryPoint: "plugin", env: ownerInEnvironment });
      // So that all waits have begun before the first one of each account can start a sync.
      emulator.inject({ delaySeconds: 2 }, { on: "read", times: 2 });
      await stack.up(syncs(ofRed, ofBlue, ofRed, ofBlue, { ...ofRed, triggers: ["ins-1"] }));
      assert.deepEqual(runs(), { owner: 0, red: 1, blue: 1 });
      assert.equal(triggers(), 2);
    });
  }

  it("replaces the resource when the profile changes, and syncs the other account", async () => {
    emulator.setSyncSeconds(0);
    await createStack({ entryPoint: "plugin" });
    await stack.up(syncs({ profile: "red" }));
    const { summary } = await stack.up(syncs({ profile: "blue" }));
    assert.equal(summary.replace, 1);
    assert.deepEqual(runs(), { owner: 0, red: 1, blue: 1 });
  });

  it("is awaited to the end, though its credentials end and are revoked in the middle of the wait", async () => {
    await emulator.stop();
    let answers = 0;
    let taken = false;
    emulator = await startEmulator({
      syncSeconds: 3,
      accounts: [owner, red, blue],
      roles: roles.map((role) => ({ ...role, seconds: 2 })),
      log: (line) => {
        answers += 1;
        if (line.includes("SYNCING") && answers > 3 && !taken) {
          taken = true;
          emulator.expireTemporaryCredentials();
        }
      },
    });
    await createStack({ entryPoint: "plugin", env: ownerInEnvironment });
    await stack.up(syncs({ assumeRole: redRole }));
    assert.deepEqual(runs(), { owner: 0, red: 1, blue: 0 });
    assert.equal(triggers(), 1);
    assert.ok(requests("AssumeRole") >= 3, `${requests("AssumeRole")} look-ups`);
    assert.ok(emulator.requests.some(({ answer }) => answer === "AuthFailure.TokenFailure"));
  });
});

/** A relay before the emulator, which records the temporary keys and tokens that it sees. */
async function startWatch(emulator: Emulator) {
  const given: string[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const { "content-length": _length, connection: _connection, ...headers } = request.headers;
    const { method = "GET" } = request;
    const passedOn = http.request(`${emulator.url}${request.url}`, { method, headers }, async (answer) => {
      let text = "";
      for await (const chunk of answer.setEncoding("utf8")) {
        text += chunk;
      }
      for (const [, value] of text.matchAll(/"(?:TmpSecretKey|Token)":\s*"([^"]+)"/g)) {
        given.push(String(value));
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers).end(text);
    });
    passedOn.on("error", () => response.destroy());
    passedOn.end(Buffer.concat(chunks));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    url: `http://127.0.0.1:${address.port}`,
    given,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The keys that TC3-HMAC-SHA256 derives from a secret key, on the way to the key that signs. */
function signingKeys(secretKey: string, service: string, date: string): string[] {
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const ofDate = hmac(`TC3${secretKey}`, date);
  const ofService = hmac(ofDate, service);
  return [ofDate, ofService, hmac(ofService, "tc3_request")].flatMap((key) => [
    key.toString("hex"),
    key.toString("base64"),
  ]);
}

/** A resource without effect, by a provider that does not know this package. */
const nothing = `
  class Nothing extends pulumi.dynamic.Resource {
    constructor(name) {
      super({ create: async () => ({ id: "nothing" }) }, name, {});
    }
  }
  new Nothing("nothing");`;

describe("The output and the logs of Pulumi at the most verbose level", function () {
  this.timeout(180_000);

  const talkative = ["--logtostderr", "-v=9"];
  let emulator: Emulator;
  let watch: Awaited<ReturnType<typeof startWatch>>;
  let dates: string[];

  const today = () => new Date().toISOString().slice(0, 10);
  beforeEach(async () => {
    emulator = await startEmulator({
      syncSeconds: 0,
      faults: history(),
      accounts: [owner, red, blue],
      roles: [...roles, { arn: arnOf("trusts-no-account"), externalId: "the-external-id-of-another" }],
      camRole: { name: "sync" },
    });
    watch = await startWatch(emulator);
    dates = [today()];
  });
  afterEach(async () => {
    await watch.stop();
    await emulator.stop();
  });

  /**
   * All visible output of an `up`, but for one kind of line: at this level an older CLI logs every
   * secret of the stack's config itself, decrypted, when it hands the config to a provider process. A test
   * below shows that the newest does not.
   */
  async function showUp(stack: TestStack, program: Program | string, fails: boolean) {
    const result = await stack.up(program, { args: talkative, expectFailure: fails });
    const { stdout, stderr, events } = result;
    const ofPulumi =
      /"(Unm|M)arshaling property for RPC\[Provider\[\w+\]\.\w*Config\w*\(\S*\)\.\w+\]: value=\{/;
    const lines = stderr.split("\n");
    assert.ok(lines.length > 100, "it was not talkative");
    const state = JSON.stringify(stack.exportState());
    const kept = lines.filter((line) => !ofPulumi.test(line));
    return {
      result,
      text: [stdout, ...kept, JSON.stringify(events), state].join("\n"),
      configured: lines.filter((line) => ofPulumi.test(line)).join("\n"),
    };
  }

  /**
   * Fails if the text shows a secret, a temporary secret that the emulator gave, or a key derived from a
   * secret.
   */
  function assertNoSecret(text: string, more: readonly string[]): void {
    const secrets = [...Object.values(keysOf("absent")), ...more, ...watch.given].filter(
      (value) => !value.startsWith("AKID"),
    );
    const derived = secrets.flatMap((key) =>
      ["127", "cwp", "sts"].flatMap((service) =>
        [...dates, today()].flatMap((date) => signingKeys(key, service, date)),
      ),
    );
    for (const value of new Set([...secrets, ...derived])) {
      const at = text.indexOf(value);
      assert.equal(at, -1, `"${value}" is shown: …${text.slice(Math.max(0, at - 200), at + 100)}`);
    }
  }

  interface Case {
    readonly title: string;
    readonly options: () => TestStackOptions;
    readonly args?: MachineSyncArgs;
    readonly create?: string;
    /** The text of the error; absent if there is none. */
    readonly says?: RegExp;
    /** The least number of temporary secrets, keys and tokens, that the emulator gives. */
    readonly given?: number;
    readonly before?: (stack: TestStack) => void;
  }

  const atWatch = () => ({ "tencentcloud-cwp:endpoint": watch.url });
  const wrongKey = "a-secret-key-that-is-wrong";
  const wrongToken = "a-token-that-is-wrong";
  const cases: readonly Case[] = [
    {
      title: "a role assumed with secrets of the config succeeds by the dynamic resource",
      options: () => ({ config: { ...atWatch(), ...ownerInConfig } }),
      args: { assumeRole: redRole },
      given: 2,
    },
    {
      title: "a role assumed with the CVM role succeeds",
      options: () => ({
        entryPoint: "plugin",
        config: atWatch(),
        env: { TENCENTCLOUD_METADATA_URL: watch.url, ...blueRoleInEnvironment },
      }),
      given: 4,
    },
    {
      title: "the key is wrong",
      options: () => ({
        entryPoint: "plugin",
        config: atWatch(),
        env: { ...ownerInEnvironment, TENCENTCLOUD_SECRET_KEY: wrongKey },
      }),
      says: /AuthFailure\.SignatureFailure/,
    },
    {
      title: "the token is wrong",
      options: () => ({ entryPoint: "plugin", config: atWatch() }),
      before: (stack) => inHome(stack, ".tccli/default.credential", { ...owner, token: wrongToken }),
      says: /AuthFailure\.TokenFailure/,
    },
    {
      title: "there is no such profile",
      options: () => ({ entryPoint: "plugin", config: atWatch(), env: ownerInEnvironment }),
      args: { profile: "absent" },
      before: (stack) => inHome(stack, ".tccli/default.credential", owner),
      says: /There is no profile "absent"/,
    },
    {
      title: "STS refuses",
      options: () => ({ entryPoint: "plugin", config: { ...atWatch(), ...ownerIn("tencentcloud-cwp") } }),
      args: { assumeRole: { roleArn: arnOf("trusts-no-account") } },
      says: /sts:AssumeRole/,
    },
    {
      title: "there is no network",
      options: () => ({
        entryPoint: "plugin",
        config: { "tencentcloud-cwp:endpoint": "http://127.0.0.1:2", ...ownerIn("tencentcloud-cwp") },
      }),
      create: "1s",
      says: /No connection to 127\.0\.0\.1:2/,
    },
    {
      title: "the wait times out after the start",
      options: () => ({ entryPoint: "plugin", config: { ...atWatch(), ...ownerIn("tencentcloud-cwp") } }),
      args: { assumeRole: redRole },
      before: () => emulator.setSyncSeconds(600),
      create: "8s",
      says: /did not finish within 8 s/,
      given: 2,
    },
  ];
  for (const { title, options, args = {}, create, says, given = 0, before } of cases) {
    it(`has no secret in it when ${title}`, async () => {
      const stack = await TestStack.create(options());
      try {
        before?.(stack);
        const program = oneSync({ ...args }, create ? { customTimeouts: { create } } : {});
        const { text, result } = await showUp(stack, program, says !== undefined);
        if (says) {
          assert.match(result.errors.join("\n"), says);
        }
        assert.ok(watch.given.length >= given, `${watch.given.length} temporary secrets`);
        assertNoSecret(text, [owner.secretKey, owner.token, wrongKey, wrongToken]);
      } finally {
        await stack.remove();
      }
    });
  }

  it("has no secret of the config in it by Pulumi itself, as a resource shows that does nothing", async function () {
    if ((await findOrGetPulumi()).version !== newest.version) {
      this.skip(); // 3.259 logs them.
    }
    const stack = await TestStack.create({ config: { ...atWatch(), ...ownerInConfig } });
    try {
      const { text, configured } = await showUp(stack, nothing, false);
      assertNoSecret(text + configured, [owner.secretKey, owner.token]);
      assert.equal(emulator.requests.length, 0);
    } finally {
      await stack.remove();
    }
  });
});
