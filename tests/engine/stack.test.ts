import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { OperationError, TestStack } from "./stack";

interface ProbeInputs {
  /** What creating the resource does. */
  create: "succeed" | "fail" | "hang";
}

/** A resource that reports where its provider process runs. */
const probeProvider: pulumi.dynamic.ResourceProvider<ProbeInputs, Record<string, unknown>> = {
  async create(inputs) {
    if (inputs.create === "fail") {
      throw new Error("the probe was told to fail");
    }
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
  declare readonly cwd: pulumi.Output<string>;
  declare readonly environment: pulumi.Output<string[]>;
  declare readonly packageFile: pulumi.Output<string>;

  constructor(name: string, inputs: ProbeInputs) {
    super(probeProvider, name, { ...inputs, cwd: undefined, environment: undefined, packageFile: undefined });
  }
}

const probe = (create: ProbeInputs["create"]) => async () => {
  const { cwd, environment, packageFile } = new Probe("probe", { create });
  return { cwd, environment, packageFile };
};

describe("the engine's test stack", function () {
  this.timeout(60_000);
  let stack: TestStack;
  afterEach(() => stack.remove());

  it("creates a resource, leaves it alone in the next up, and destroys it", async () => {
    stack = await TestStack.create({ program: probe("succeed") });

    const preview = await stack.preview();
    assert.deepEqual(preview.summary, { create: 2 });

    const first = await stack.up();
    assert.deepEqual(first.summary, { create: 2 });
    assert.equal(first.outputs.cwd, stack.workDir);
    assert.equal(
      fs.realpathSync(String(first.outputs.packageFile)),
      path.resolve(__dirname, "../../package.json"),
    );
    const created = stack.exportState().resources?.find(({ urn }) => urn.endsWith("::probe"));
    assert.equal(created?.id, "probe");
    assert.equal(created?.outputs?.cwd, stack.workDir);

    assert.deepEqual((await stack.up()).summary, { same: 2 });
    assert.deepEqual((await stack.refresh()).summary, { same: 2 });

    assert.deepEqual((await stack.destroy()).summary, { delete: 2 });
    assert.equal(stack.exportState().resources, undefined);
    assert.deepEqual(stack.providerPids(), []);

    await stack.remove();
    assert.equal(fs.existsSync(stack.workDir), false);
  });

  it("hands back what the user sees of a failed up", async () => {
    stack = await TestStack.create();
    const failed = await stack.up(probe("fail"), { expectFailure: true });
    assert.deepEqual(failed.errors, ["the probe was told to fail", "update failed"]);
    assert.match(failed.stdout, /error: the probe was told to fail/);
    await assert.rejects(stack.up(probe("fail")), (error: unknown) => {
      assert(error instanceof OperationError);
      assert.match(error.message, /pulumi up failed \(\d+\):[\s\S]*the probe was told to fail/);
      assert.equal(error.result.failed, true);
      return true;
    });
    await assert.rejects(
      stack.up(undefined, { expectFailure: true }),
      /pulumi up should have failed, but it succeeded/,
    );
  });

  it("fails an up whose program throws", async () => {
    stack = await TestStack.create();
    const program = async () => {
      throw new Error("the program was told to fail");
    };
    const failed = await stack.up(program, { expectFailure: true });
    assert.match(failed.errors.join("\n"), /the program was told to fail/);
  });

  it("hands the configuration to the program and hides what is secret in it", async () => {
    const config = {
      "tencentcloud:region": "ap-guangzhou",
      "test:key": { value: "hush", secret: true },
    } as const;
    stack = await TestStack.create({ config });
    const { outputs, stdout } = await stack.up(async () => ({
      region: new pulumi.Config("tencentcloud").require("region"),
      key: new pulumi.Config().requireSecret("key"),
      length: pulumi.unsecret(new pulumi.Config().requireSecret("key").apply((key) => key.length)),
    }));
    assert.deepEqual(outputs, { region: "ap-guangzhou", key: "[secret]", length: 4 });
    assert.doesNotMatch(stdout, /hush/);
    assert.doesNotMatch(fs.readFileSync(stack.stateFile, "utf8"), /hush/);
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

  it("runs the program of a folder in a process of its own, and tells why it failed", async () => {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-folder-")));
    try {
      const packages = path.resolve(__dirname, "../../node_modules");
      fs.symlinkSync(packages, path.join(folder, "node_modules"), "junction");
      fs.writeFileSync(path.join(folder, "package.json"), '{ "main": "index.ts" }');
      fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: of-a-folder\nruntime: nodejs\n");
      fs.writeFileSync(
        path.join(folder, "index.ts"),
        `import * as pulumi from "@pulumi/pulumi";
export const pid: number = process.pid;
export const greeting = new pulumi.Config().require("greeting");
if (greeting === "die") throw new Error("the program was told to die");`,
      );
      stack = await TestStack.create({ folder, config: { "of-a-folder:greeting": "hello" } });
      const { outputs } = await stack.up();
      assert.equal(outputs.greeting, "hello");
      assert.notEqual(outputs.pid, process.pid);
      fs.writeFileSync(path.join(folder, "Pulumi.dev.yaml"), "config:\n  of-a-folder:greeting: die\n");
      const failed = await stack.up(undefined, { expectFailure: true });
      assert.match(failed.errors.join("\n"), /the program was told to die/);
      await stack.destroy();
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("runs two stacks at the same time", async () => {
    stack = await TestStack.create();
    const other = await TestStack.create();
    try {
      const stacks = [stack, other];
      const results = await Promise.all(stacks.map((each) => each.up(probe("succeed"))));
      assert.deepEqual(
        results.map(({ outputs }) => outputs.cwd),
        stacks.map(({ workDir }) => workDir),
      );
    } finally {
      await other.remove();
    }
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
