import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { newest } from "../../scripts/pulumiCli/cliRelease";
import { inConfig } from "../engine/account";
import { oneSync } from "../engine/program";
import { type OperationResult, TestStack } from "../engine/stack";

export type Operation = "up" | "up again" | "refresh" | "destroy" | "plugin";

/**
 * Runs a program's folder from creation to destruction, as its user would, against the emulator of the
 * package that is installed there. Yields each operation that succeeded, and throws if a promise of this
 * package is broken.
 */
export async function* lifecycle(program: string, node: string, release = newest): AsyncGenerator<Operation> {
  const emulator = await InstalledEmulator.start(program, node);
  try {
    const stack = await TestStack.create({
      release,
      folder: program,
      node,
      config: inConfig("dynamic", emulator, emulator),
    });
    try {
      yield* operate(stack, emulator);
    } finally {
      await stack.remove();
    }
    await usePlugin(program, node, emulator);
    yield "plugin";
  } finally {
    emulator.stop();
  }
}

/** A YAML program by the plugin, which runs on the Pulumi that is installed. */
async function usePlugin(program: string, node: string, emulator: InstalledEmulator): Promise<void> {
  const stack = await TestStack.create({
    entryPoint: "plugin",
    node,
    pluginFolder: path.join(program, "node_modules/.bin"),
    config: inConfig("plugin", emulator, emulator),
  });
  try {
    const { outputs } = await stack.up(oneSync());
    assert.equal(outputs.state, "FINISHED");
    assert.equal((await emulator.takeRequests()).filter((kind) => kind === "start").length, 1);
    await stack.refresh();
    assert.deepEqual(await emulator.takeRequests(), ["poll"]);
    await stack.destroy();
    assert.deepEqual(await emulator.takeRequests(), []);
  } finally {
    await stack.remove();
  }
}

async function* operate(stack: TestStack, emulator: InstalledEmulator): AsyncGenerator<Operation> {
  const first = await stack.up();
  assertCalm(first);
  const { asked, latestEndTime, state } = first.outputs;
  assert.equal(state, "FINISHED");
  assert.match(String(latestEndTime), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  assert(typeof asked === "object" && asked !== null && "latestEndTime" in asked);
  assert.equal(asked.latestEndTime, latestEndTime, "getMachineSyncStatus returned another sync");
  assert.equal((await emulator.takeRequests()).filter((kind) => kind === "start").length, 1);
  assert(!fs.readFileSync(stack.stateFile, "utf8").includes(emulator.secretKey), "the state has the key");
  yield "up";

  // The first `up` has checked the program's types.
  stack.envVars.PULUMI_NODEJS_TRANSPILE_ONLY = "true";
  const second = await stack.up();
  assertCalm(second);
  assert.deepEqual(second.summary, { same: 2 });
  // The one request is the program's own question, getMachineSyncStatus.
  assert.deepEqual(await emulator.takeRequests(), ["poll"]);
  yield "up again";

  assertCalm(await stack.refresh());
  assert.deepEqual(await emulator.takeRequests(), ["poll"]);
  yield "refresh";

  assertCalm(await stack.destroy());
  assert.deepEqual(await emulator.takeRequests(), []);
  assert.deepEqual(stack.exportState().resources ?? [], []);
  yield "destroy";
}

/**
 * The CLI shows no warning, and nothing that the provider process printed, such as a deprecation of Node's.
 */
function assertCalm({ events }: OperationResult): void {
  const shown = events.flatMap(({ diagnosticEvent }) => diagnosticEvent ?? []);
  const wrong = shown.filter(({ severity }) => severity === "warning" || severity === "info#err");
  assert.deepEqual(
    wrong.map(({ message }) => message),
    [],
  );
}

/** The emulator of the installed package, in a process of its own. */
class InstalledEmulator {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly secretId: string,
    readonly secretKey: string,
  ) {}

  static async start(program: string, node: string): Promise<InstalledEmulator> {
    const child = spawn(node, ["emulator.mjs"], { cwd: program, stdio: ["ignore", "pipe", "pipe"] });
    let complaints = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaints += text;
    });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout).once("line", resolve);
      child.once("error", reject);
      child.once("close", () => reject(new Error(`The emulator ended before it was ready:\n${complaints}`)));
    });
    const { url, secretId, secretKey } = JSON.parse(line);
    return new InstalledEmulator(child, url, secretId, secretKey);
  }

  /** The requests since the last time, oldest first. */
  async takeRequests(): Promise<("start" | "poll")[]> {
    const log = `${this.url}/_emulator/requests`;
    const requests: unknown = await (await fetch(log)).json();
    await fetch(log, { method: "DELETE" });
    assert(Array.isArray(requests));
    return requests.map(({ sync }) => (sync === true ? "start" : "poll"));
  }

  stop(): void {
    this.child.kill();
  }
}
