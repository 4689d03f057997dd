import assert from "node:assert/strict";
import { reference } from "./program";
import { OperationError, TestStack } from "./stack";

/** A resource whose provider never finishes, and does not check that its engine still runs. */
const hanging = `
  const provider = {
    async create() {
      console.log("the provider hangs");
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    },
  };
  class Hanging extends pulumi.dynamic.Resource {
    constructor(name) {
      super(provider, name, {});
    }
  }
  new Hanging("hanging");`;

describe("the engine's test stack", function () {
  this.timeout(180_000);
  let stack: TestStack;
  afterEach(() => stack.remove());

  it("returns the user's view of a failed up", async () => {
    stack = await TestStack.create({ entryPoint: "plugin" });
    const program = { outputs: { theirs: reference("absent") } };
    const failed = await stack.up(program, { expectFailure: true });
    assert.match(failed.stdout, /resource or variable named "absent" could not be found/);
    await assert.rejects(stack.up(), (error: unknown) => {
      assert(error instanceof OperationError);
      assert.match(error.message, /pulumi up failed \(\d+\):[\s\S]*"absent" could not be found/);
      assert.equal(error.result.failed, true);
      return true;
    });
    await assert.rejects(
      stack.up({}, { expectFailure: true }),
      /pulumi up should have failed, but it succeeded/,
    );
  });

  it("keeps this machine's settings away from the provider, but not its own settings", async () => {
    const names = ["TENCENTCLOUD_REGION", "TCCLI_PROFILE", "https_proxy", "PULUMI_STACK"];
    const before = { ...process.env };
    for (const name of names) {
      process.env[name] = "leaked";
    }
    try {
      stack = await TestStack.create({ env: { TENCENTCLOUD_TOKEN: "given" } });
    } finally {
      for (const name of names) {
        if (before[name] === undefined) {
          delete process.env[name];
        } else {
          process.env[name] = before[name];
        }
      }
    }
    const given = Object.keys(stack.envVars);
    assert.deepEqual(
      names.filter((name) => given.includes(name)),
      [],
    );
    assert(given.includes("TENCENTCLOUD_TOKEN"));
  });

  it("shows the processes of an up, and ends processes that outlive a killed CLI", async function () {
    if (process.platform !== "linux") {
      this.skip();
    }
    stack = await TestStack.create();
    const killed = await stack.up(hanging, {
      expectFailure: true,
      onOutput: (text) => {
        if (text.includes("the provider hangs")) {
          assert.equal(stack.providerPids().length, 1);
          stack.cli?.kill("SIGKILL");
        }
      },
    });
    assert.equal(killed.failed, true);
    const [orphan] = stack.providerPids();
    assert(orphan !== undefined);
    assert.equal(stack.exportState().pending_operations?.[0]?.type, "creating");
    await stack.remove();
    assert.deepEqual(stack.providerPids(), []);
  });
});
