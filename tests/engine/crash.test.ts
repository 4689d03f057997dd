import assert from "node:assert/strict";
import { once } from "node:events";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { type Emulator, emulatorAccount, startEmulator } from "../../emulator";
import { MachineSync } from "../../sdk";
import { TestStack } from "./stack";

const program: PulumiFn = async () => {
  const { latestStartTime, durationSeconds } = new MachineSync("machines", { triggers: ["a"] });
  return { latestStartTime, durationSeconds };
};

describe("A wait that is cut off", function () {
  this.timeout(60_000);

  let emulator: Emulator;
  let stack: TestStack;

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 600 });
    stack = await TestStack.create({
      config: {
        "tencentcloud-cwp:endpoint": emulator.url,
        "tencentcloud:secretId": emulatorAccount.secretId,
        "tencentcloud:secretKey": emulatorAccount.secretKey,
      },
    });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  const triggers = () => emulator.requests.filter(({ sync }) => sync === true).length;

  /** Resolves once the sync has been triggered and looked at: the wait is under way. */
  async function underWay(): Promise<void> {
    await until(() => emulator.requests.length >= 4);
    assert.equal(triggers(), 1);
  }

  /** Resolves once no provider process of the stack is left; rejects after five seconds. */
  async function providerGone(): Promise<void> {
    const started = performance.now();
    await until(() => stack.providerPids().length === 0);
    const seconds = (performance.now() - started) / 1000;
    assert.ok(seconds < 5, `the provider process lived on for ${seconds} s`);
  }

  /** The next up ends the interrupted sync's business: it waits for it, then has one of its own. */
  async function nextUpSucceeds(): Promise<void> {
    emulator.clearRequests();
    emulator.advance(600);
    emulator.setSyncSeconds(1);
    const { outputs } = await stack.up(program);
    const [interrupted, own] = emulator.world().runs;
    assert.ok(interrupted && own && own.startMs >= interrupted.endMs);
    assert.equal(outputs.durationSeconds, 1);
    assert.equal(triggers(), 1);
  }

  it("by a kill of the provider process fails the up at once, and the next up works", async () => {
    const up = stack.up(program, { expectFailure: true });
    await underWay();
    for (const pid of stack.providerPids()) {
      process.kill(pid, "SIGKILL");
    }
    await up;
    await nextUpSucceeds();
  });

  it("by a kill of the CLI leaves no provider process, and the next up works after pulumi cancel", async () => {
    const up = stack.up(program, { expectFailure: true });
    await underWay();
    assert.equal(stack.providerPids().length, 1);
    stack.cli?.kill("SIGKILL");
    await Promise.all([providerGone(), up]);
    assert.deepEqual(
      stack.exportState().pending_operations?.map(({ type }) => type),
      ["creating"],
    );
    // Pulumi asks for this itself: the file backend's lock outlives the CLI that held it.
    await stack.cancel();
    await nextUpSucceeds();
  });

  it("by one Ctrl-C waits for the end of the sync that is going, and keeps its outcome", async () => {
    const up = stack.up(program, { expectFailure: true });
    await underWay();
    stack.cli?.kill("SIGINT");
    emulator.advance(600);
    const { stdout, stderr } = await up;
    assert.match(stdout + stderr, /cancel/i);
    const kept = stack.exportState().resources?.find(({ urn }) => urn.includes("MachineSync::"));
    assert.equal(kept?.outputs?.durationSeconds, 600);
    emulator.clearRequests();
    await stack.up(program);
    assert.equal(emulator.requests.length, 0);
  });

  it("by a second Ctrl-C ends at once, leaves no provider process, and the next up works", async () => {
    const up = stack.up(program, { expectFailure: true });
    await underWay();
    let printed = "";
    stack.cli?.stdout?.on("data", (text: string) => {
      printed += text;
    });
    stack.cli?.stderr?.on("data", (text: string) => {
      printed += text;
    });
    stack.cli?.kill("SIGINT");
    await until(() => /\^C received|cancel/i.test(printed));
    stack.cli?.kill("SIGINT");
    await Promise.all([providerGone(), up]);
    await nextUpSucceeds();
  });
});

/** Looks every few milliseconds; the test's own time-out is the limit. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await once(AbortSignal.timeout(20), "abort");
  }
}
