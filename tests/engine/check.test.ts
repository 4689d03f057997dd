import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { type Emulator, emulatorAccount, startEmulator } from "../../emulator";
import { findOrGetPulumi } from "../../scripts/pulumiCli";
import { type Ended, run } from "../provider/check/process";
import { inConfig } from "./account";
import { type EntryPoint, TestStack } from "./stack";

const role = "qcs::cam::uin/100000000001:roleName/deploy";

describe("cwp-check --stack", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  async function begin(entryPoint: EntryPoint, config: Record<string, string> = {}): Promise<void> {
    emulator = await startEmulator({ roles: [{ arn: role }] });
    stack = await TestStack.create({ config: { ...inConfig(entryPoint, emulator), ...config } });
  }
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  /** Runs it in the program's folder, with the CLI on its PATH, and checks that it shows no secret. */
  async function check(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    const { command } = await findOrGetPulumi();
    const searchPath = [path.dirname(command), stack.envVars.PATH].join(path.delimiter);
    const ended = await run(args, {
      cwd: stack.workDir,
      env: { ...stack.envVars, PATH: searchPath, ...env },
    });
    const printed = ended.stdout + ended.stderr;
    assert.ok(!printed.includes(emulatorAccount.secretKey), printed);
    assert.equal(
      emulator.requests.some(({ sync }) => sync),
      false,
    );
    return ended;
  }

  it("finds keys, endpoint and a role in the stack's config, secrets and objects too", async () => {
    await begin("dynamic", { "tencentcloud:assumeRole": JSON.stringify({ roleArn: role }) });
    const { code, stdout } = await check(["--stack", "dev", "--json"]);
    assert.equal(code, 0, stdout);
    const { ok, account, endpoint } = JSON.parse(stdout);
    assert.equal(ok, true);
    assert.equal(endpoint.url, emulator.url);
    assert.ok(account.source.startsWith(`the role ${role} (tencentcloud:assumeRole), assumed with tencent`));
    const text = await check(["--stack", "dev"]);
    assert.match(text.stdout, /^cwp:SyncMachines +allowed/m);
  });

  it("reads the plugin's settings with --plugin, and none without", async () => {
    await begin("plugin");
    const { code, stdout } = await check(["--stack", "dev", "--plugin", "--json"]);
    assert.equal(code, 0, stdout);
    assert.match(
      JSON.parse(stdout).account.source,
      /^tencentcloud-cwp:secretId and tencentcloud-cwp:secretKey/,
    );
    const without = await check(["--stack", "dev"]);
    assert.equal(without.code, 1);
    assert.match(without.stdout, /No Tencent Cloud credentials were found\./);
    assert.doesNotMatch(without.stdout, /The config of no stack was read/);
  });

  it("says in words why a stack cannot be read, and quotes nothing of its file", async () => {
    await begin("dynamic");
    const settings = path.join(stack.workDir, "Pulumi.dev.yaml");
    const reasons: [says: RegExp, args: string[], env?: Record<string, string>][] = [
      [/The config of the stack no-such cannot be read: the project has no such stack\./, ["no-such"]],
      [/there is no Pulumi CLI on the PATH\. Install it/, ["dev"], { PATH: path.dirname(process.execPath) }],
      [/the Pulumi CLI is not logged in\. Run "pulumi login"\./, ["dev"], { PULUMI_BACKEND_URL: "" }],
    ];
    for (const [says, [name = ""], env] of reasons) {
      const text = await check(["--stack", name], env);
      assert.equal(text.code, 1);
      assert.match(text.stdout, says);
      const { code, stdout, stderr } = await check(["--stack", name, "--json"], env);
      assert.equal(code, 1);
      assert.match(stderr, says);
      assert.deepEqual(JSON.parse(stdout).endpoint, { url: null, roundTripMs: null });
    }
    writeFileSync(settings, "config: AKIDsecretInTheWrongPlace\n");
    const { stdout } = await check(["--stack", "dev"]);
    assert.match(stdout, /the Pulumi CLI has failed\. Run "pulumi config --stack dev" to see why\./);
    assert.doesNotMatch(stdout, /AKIDs/);
  });

  it("asks for no passphrase, and says that one is missing", async () => {
    await begin("dynamic");
    const settings = path.join(stack.workDir, "Pulumi.dev.yaml");
    // As the CLI has written it, with the passphrase "x".
    const salt = "v1:t040QhyMFD0=:v1:oozwo2KJ+5walNy8:QCT1YKffyc5ZdZWbeXgJ3exXZhFh/Q==";
    const key = { secure: "v1:S76SU7xU5du1Nq6j:Y4FpwsJKVKUb5T38KmZYu7oWZ/Z8" };
    writeFileSync(
      settings,
      JSON.stringify({ encryptionsalt: salt, config: { "tencentcloud:secretKey": key } }),
    );
    for (const passphrase of ["", "wrong"]) {
      const { code, stdout } = await check(["--stack", "dev"], { PULUMI_CONFIG_PASSPHRASE: passphrase });
      assert.equal(code, 1);
      assert.match(
        stdout,
        /its secrets need a passphrase, which is missing or wrong\. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE\./,
      );
    }
  });
});
