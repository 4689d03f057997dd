import assert from "node:assert/strict";
import { OperationError, TestStack } from "./stack";

/** A resource that reports where its provider process runs. `create` says what creating it does. */
const probe = (create: "succeed" | "hang") => `
  const provider = {
    async create(inputs) {
      if (inputs.create === "hang") {
        console.log("the probe hangs");
      }
      while (inputs.create === "hang") {
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      const outs = {
        ...inputs,
        cwd: process.cwd(),
        environment: Object.keys(process.env),
        packageFile: require.resolve("pulumi-tencentcloud-cwp/package.json"),
      };
      return { id: "probe", outs };
    },
    async diff() {
      return { changes: false };
    },
  };
  class Probe extends pulumi.dynamic.Resource {
    constructor(name, inputs) {
      super(provider, name, { ...inputs, cwd: undefined, environment: undefined, packageFile: undefined });
    }
  }
  const { cwd, environment, packageFile } = new Probe("probe", { create: "${create}" });
  Object.assign(exports, { cwd, environment, packageFile });`;

describe("the engine's test stack", function () {
  this.timeout(180_000);
  let stack: TestStack;
  afterEach(() => stack.remove());

  it("hands back what the user sees of a failed up", async () => {
    stack = await TestStack.create();
    const program = 'throw new Error("the program was told to fail");';
    const failed = await stack.up(program, { expectFailure: true });
    assert.match(failed.errors.join("\n"), /the program was told to fail/);
    assert.match(failed.stdout, /the program was told to fail/);
    await assert.rejects(stack.up(), (error: unknown) => {
      assert(error instanceof OperationError);
      assert.match(error.message, /pulumi up failed \(\d+\):[\s\S]*the program was told to fail/);
      assert.equal(error.result.failed, true);
      return true;
    });
    await assert.rejects(
      stack.up("", { expectFailure: true }),
      /pulumi up should have failed, but it succeeded/,
    );
  });

  it("keeps this machine's settings away from the provider, but not those it is given", async () => {
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
    const { outputs } = await stack.up(probe("succeed"));
    assert(Array.isArray(outputs.environment));
    const seen = new Set(outputs.environment);
    assert.deepEqual(
      names.filter((name) => seen.has(name)),
      [],
    );
    assert(seen.has("TENCENTCLOUD_TOKEN"));
  });

  it("shows the processes of an up, and ends those that outlive a killed CLI", async function () {
    if (process.platform !== "linux") {
      this.skip();
    }
    stack = await TestStack.create();
    const killed = await stack.up(probe("hang"), {
      expectFailure: true,
      onOutput: (text) => {
        if (text.includes("the probe hangs")) {
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
