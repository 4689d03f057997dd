import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { inEnvironment } from "../engine/account";
import { type OperationResult, TestStack, type TestStackOptions } from "../engine/stack";

const repository = path.resolve(__dirname, "../..");
const examples = path.join(repository, "examples");

/** What the examples start the emulator with: its own account, and in two of them another one. */
const { accounts, roles } = JSON.parse(
  fs.readFileSync(path.join(examples, "accounts", "emulator.json"), "utf8"),
);
const [account, other] = accounts;

describe("The example", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let root: string;
  const stacks: TestStack[] = [];

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 1, accounts, roles });
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-examples-")));
  });
  afterEach(async () => {
    for (const stack of stacks.splice(0).reverse()) {
      await stack.remove();
    }
    fs.rmSync(root, { recursive: true });
    await emulator.stop();
  });

  /** A new stack of the example, in a copy of its folder after `npm install`. */
  async function install(example: string, options: TestStackOptions = {}): Promise<TestStack> {
    const folder = path.join(root, example);
    fs.cpSync(path.join(examples, example), folder, {
      recursive: true,
      filter: (file) => path.basename(file) !== "node_modules",
    });
    fs.symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"), "junction");
    const stack = await TestStack.create({
      folder,
      config: config(path.dirname(example) === "." ? example : path.dirname(example)),
      env: inEnvironment(emulator),
      ...options,
    });
    stacks.push(stack);
    return stack;
  }

  /** The program's own config, as the README sets it before its first `pulumi up`. */
  function config(example: string): Record<string, string> {
    const readme = fs.readFileSync(path.join(examples, example, "README.md"), "utf8");
    const [before = ""] = readme.split(/^pulumi up$/m);
    const set = before.matchAll(/^pulumi config set (?:--secret )?(\S+) (?:'(.*)'|(\S+))$/gm);
    const entries = [...set].map(([, key, quoted, plain]) => [`${example}:${key}`, quoted ?? plain]);
    return Object.fromEntries(entries);
  }

  /**
   * `pulumi up` of a program that is not type-checked in it: that takes seconds, and `tsc` has checked all
   * examples.
   */
  async function up(stack: TestStack): Promise<OperationResult> {
    stack.envVars.PULUMI_NODEJS_TRANSPILE_ONLY = "true";
    const result = await stack.up();
    assert.doesNotMatch(result.stdout + result.stderr + stack.printed, /warning/i);
    return result;
  }

  const triggers = () => emulator.requests.filter(({ sync }) => sync === true);

  /** The times of the account's latest sync. */
  function times() {
    const { LatestStartTime, LatestEndTime } = emulator.world().syncMachines(false);
    return { LatestStartTime, LatestEndTime };
  }

  /** What CWP calls these hosts. */
  function quuids(...ids: string[]): string[] {
    return ids.map((id) => emulator.hosts().find(({ host }) => host.id === id)?.host.quuid ?? id);
  }

  it("first is the first program of README, and syncs until CWP lists the hosts", async () => {
    const readme = fs.readFileSync(path.join(repository, "README.md"), "utf8");
    const [, program] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    assert.equal(fs.readFileSync(path.join(examples, "first/index.ts"), "utf8"), program);

    emulator.addHost({ id: "ins-web" });
    emulator.addHost({ id: "ins-db" });
    const stack = await install("first");
    const { outputs } = await up(stack);
    assert.deepEqual(outputs, times());
    assert.equal(triggers().length, 1);
    assert.deepEqual(
      emulator.hosts().map(({ visible }) => visible),
      [true, true],
    );
  });

  it("after-hosts syncs after its hosts, and exports what CWP calls them", async () => {
    const stack = await install("after-hosts");
    const { outputs } = await up(stack);
    assert.deepEqual(outputs, { ...times(), quuids: quuids("ins-web", "ins-db") });
    assert.equal(triggers().length, 1);
    assert.equal(emulator.machines().length, 2);
  });

  it("fleet syncs once for all hosts", async () => {
    const stack = await install("fleet");
    const { outputs } = await up(stack);
    assert.equal(triggers().length, 1);
    assert.equal(emulator.machines().length, 20);
    assert.equal((outputs.withoutAgent as string[]).length, 20);
  });

  it("license binds each host by its quuid once CWP lists it", async () => {
    const stack = await install("license");
    const { outputs } = await up(stack);
    assert.deepEqual(outputs, { licensed: ["web", "db"] });
    assert.equal(triggers().length, 1);
  });

  it("cross-stack hands the times of the sync and the machines to the other project", async () => {
    emulator.addHost({ id: "ins-web" });
    emulator.addHost({ id: "ins-db" });
    const hosts = await install("cross-stack/hosts");
    const { outputs } = await up(hosts);
    const [web, db] = quuids("ins-web", "ins-db");
    assert.deepEqual({ ...outputs, machines: undefined }, { ...times(), machines: undefined });

    emulator.clearRequests();
    const reader = await install("cross-stack/reader", { beside: hosts });
    const read = await up(reader);
    assert.deepEqual(read.outputs, {
      machinesReadFrom: outputs.LatestStartTime,
      machinesReadUntil: outputs.LatestEndTime,
      quuids: { "ins-web": web, "ins-db": db },
    });
    assert.equal(emulator.requests.length, 0);
  });

  it("accounts syncs each of the two accounts once", async () => {
    const stack = await install("accounts");
    const { outputs } = await up(stack);
    assert.deepEqual(outputs, {
      ownLatestEndTime: emulator.world(account.secretId).syncMachines(false).LatestEndTime,
      otherLatestEndTime: emulator.world(other.secretId).syncMachines(false).LatestEndTime,
    });
    for (const { secretId } of [account, other]) {
      assert.equal(emulator.world(secretId).runs.length, 1);
    }
    assert.equal(triggers().filter(({ secretId }) => secretId === account.secretId).length, 1);
    assert.equal(triggers().length, 2);
  });

  it("status-only reports a sync, and starts none", async () => {
    emulator.world().startForeignSync(5);
    emulator.advance(5);
    const stack = await install("status-only");
    const { outputs, summary } = await up(stack);
    assert.deepEqual(outputs, { state: "FINISHED", ...times() });
    assert.deepEqual(summary, { create: 1 }, "there is more than the stack itself");
    assert.deepEqual(
      emulator.requests.map(({ sync }) => sync),
      [false],
    );
  });

  it("scheduled syncs with every up", async () => {
    const stack = await install("scheduled");
    await up(stack);
    assert.equal(triggers().length, 1);
    const { outputs } = await up(stack);
    assert.equal(triggers().length, 2);
    assert.deepEqual(outputs, times());
  });

  it("automation answers with the times of the sync, with the error, or that it is busy", async () => {
    emulator.setSyncSeconds(600);
    emulator.addHost({ id: "ins-web" });
    const stack = await install("automation");
    const service = startService(stack);
    try {
      const first = service.post(["ins-web"]);
      await service.says(/ syncing$/m);
      const during = await service.post(["ins-web", "ins-db"]);
      assert.equal(during.status, 409);
      emulator.advance(600);
      const [web] = quuids("ins-web");
      assert.deepEqual(await first, { status: 200, body: { ...times(), quuids: { "ins-web": web } } });
      assert.equal(triggers().length, 1);

      emulator.inject({ error: "UnauthorizedOperation" });
      const { status, body } = await service.post(["ins-web", "ins-db"]);
      assert.equal(status, 500);
      assert.match(
        body.error,
        /^UnauthorizedOperation: .* Grant this identity the CAM action cwp:DescribeMachines.*$/,
      );
      assert.equal((await service.post("ins-web")).status, 400);
      assert.equal(triggers().length, 1);
      assert.doesNotMatch(service.said(), /warning/i);
    } finally {
      await service.stop();
    }
  });

  it("yaml syncs once, by the plugin, and not again", async () => {
    emulator.addHost({ id: "ins-web" });
    emulator.addHost({ id: "ins-db" });
    const stack = await install("yaml", { command: "own" });
    const { outputs } = await stack.up();
    assert.deepEqual(outputs, { ...times(), quuidOfWeb: quuids("ins-web")[0] });
    assert.equal(triggers().length, 1);
    emulator.clearRequests();
    assert.deepEqual((await stack.preview()).summary, { same: 2 });
    assert.equal(emulator.requests.length, 0);
  });

  it("fleet and license have the same stand-in for a host as after-hosts", () => {
    const [one, two, three] = ["after-hosts", "fleet", "license"].map((example) =>
      fs.readFileSync(path.join(examples, example, "standInHost.ts"), "utf8"),
    );
    assert.equal(one, two);
    assert.equal(one, three);
  });
});

/** Runs `npm start` in the stack's folder, at any free port. */
function startService({ workDir, envVars }: TestStack) {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(workDir, "package.json"), "utf8"));
  const [command, ...args] = scripts.start.split(" ");
  const service = spawn(path.join(workDir, "node_modules", ".bin", command), args, {
    cwd: workDir,
    env: { ...envVars, PORT: "0", TS_NODE_TRANSPILE_ONLY: "true" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  service.stdout.setEncoding("utf8").on("data", (text) => {
    said += text;
  });

  async function says(what: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = what.exec(said);
      if (found) {
        return found;
      }
      await once(service.stdout, "data");
    }
  }
  return {
    said: () => said,
    says,
    async post(hosts: unknown) {
      const [, port] = await says(/port: (\d+)/);
      const request = { method: "POST", body: JSON.stringify(hosts) };
      const response = await fetch(`http://127.0.0.1:${port}`, request);
      return { status: response.status, body: JSON.parse(await response.text()) };
    },
    async stop() {
      service.kill();
      await once(service, "close");
    },
  };
}
