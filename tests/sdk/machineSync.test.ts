import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MachineSync, type MachineSyncArgs } from "../../sdk";
import { cleanEnvironment } from "../environment";

const outputs = {
  state: "FINISHED",
  latestStartTime: "2020-11-11 12:01:00",
  latestEndTime: "2020-11-11 12:02:00",
  durationSeconds: 60,
  requestId: "49082d4a",
};

/** The value of an output, once it is there. */
const resolved = <T>(output: pulumi.Output<T>) => new Promise((resolve) => output.apply(resolve));

describe("A MachineSync in a program", () => {
  cleanEnvironment();

  let registered: pulumi.runtime.MockResourceArgs[];
  const config = pulumi.runtime.allConfig();

  beforeEach(async () => {
    registered = [];
    pulumi.runtime.setAllConfig({});
    await pulumi.runtime.setMocks({
      newResource(resource) {
        registered.push(resource);
        return { id: "the-id", state: { ...resource.inputs, ...outputs } };
      },
      call: () => ({}),
    });
  });
  after(() => {
    pulumi.runtime.setAllConfig(config);
    pulumi.runtime.resetOptions("", "", -1, "", "", false, "");
  });

  /**
   * Registers one MachineSync, with neither credentials nor config, and returns its inputs without the
   * internal inputs.
   */
  async function inputsOf(args?: MachineSyncArgs, opts?: pulumi.CustomResourceOptions) {
    await resolved(new MachineSync("machines", args, opts).urn);
    const [resource, ...more] = registered;
    assert.ok(resource && more.length === 0);
    const { __provider: provider, __urn, ...inputs } = resource.inputs;
    assert.ok(provider, "there is no provider");
    return inputs;
  }

  it("is registered under its type and name, which no release may change", async () => {
    await inputsOf();
    assert.equal(registered[0]?.type, "pulumi-nodejs:dynamic/tencentcloud-cwp:MachineSync");
    assert.equal(registered[0]?.name, "machines");
  });

  it("is recognised by isInstance", async () => {
    assert.ok(MachineSync.isInstance(new MachineSync("machines")));
    assert.ok(!MachineSync.isInstance(new pulumi.ComponentResource("examples:index:Group", "group")));
    for (const other of [undefined, null, "a text", 7]) {
      assert.ok(!MachineSync.isInstance(other));
    }
  });

  it("needs no arguments, and then has no inputs", async () => assert.deepEqual(await inputsOf(), {}));

  it("has exactly its arguments as inputs", async () => {
    const args = {
      triggers: ["ins-1", { disks: [1, 2] }],
      skipAwait: true,
      region: "ap-guangzhou",
      endpoint: "cwp.intl.tencentcloudapi.com",
      profile: "deploy",
      assumeRole: { roleArn: "arn", sessionName: "ci", sessionDuration: 3600, externalId: "id" },
    };
    assert.deepEqual(await inputsOf(args), args);
  });

  it("takes outputs as arguments, even inside of triggers and of the role", async () => {
    const args = {
      triggers: ["ins-1", pulumi.output("ins-2")],
      skipAwait: pulumi.output(false),
      profile: pulumi.output("deploy"),
      assumeRole: { roleArn: pulumi.output("arn"), externalId: "id" },
    };
    assert.deepEqual(await inputsOf(args), {
      triggers: ["ins-1", "ins-2"],
      skipAwait: false,
      profile: "deploy",
      assumeRole: { roleArn: "arn", externalId: "id" },
    });
  });

  const customTimeouts: readonly [given: pulumi.CustomTimeouts, input: object | undefined][] = [
    [{ create: "20m" }, { create: "20m" }],
    [{ update: "1h" }, { update: "1h" }],
    [
      { create: "20m", update: "1h", delete: "5m" },
      { create: "20m", update: "1h" },
    ],
    [{ delete: "5m" }, undefined],
    [{}, undefined],
  ];
  for (const [given, timeouts] of customTimeouts) {
    const title = timeouts
      ? `passes ${JSON.stringify(timeouts)} to the provider for`
      : "passes nothing to the provider for";
    it(`${title} the customTimeouts ${JSON.stringify(given)}`, async () => {
      const inputs = await inputsOf({ triggers: ["a"] }, { customTimeouts: given });
      assert.deepEqual(inputs, { triggers: ["a"], ...(timeouts && { timeouts }) });
    });
  }

  it("passes its own URN to the provider, even inside of a component", async () => {
    const group = new pulumi.ComponentResource("examples:index:Group", "group");
    for (const opts of [{}, { parent: group }]) {
      const sync = new MachineSync("machines", {}, opts);
      const urn = await resolved(sync.urn);
      assert.equal(registered.findLast(({ name }) => name === "machines")?.inputs.__urn, urn);
    }
  });

  it("passes on the other options of a resource", async () => {
    const parent = new MachineSync("parent");
    const child = new MachineSync("child", {}, { parent, dependsOn: parent });
    const urn = await resolved(child.urn);
    assert.match(String(urn), /MachineSync\$pulumi-nodejs:dynamic\/tencentcloud-cwp:MachineSync::child$/);
  });

  it("refuses triggers that the state cannot hold, by its own name", () => {
    assert.throws(
      () => new MachineSync("machines", { triggers: [new Date(0)] }),
      (error) =>
        pulumi.RunError.isInstance(error) &&
        /^MachineSync "machines" cannot use its triggers/.test(error.message),
    );
  });

  it("shows the machines that CWP lists, and none for a state of 0.1.0, which has no list", async () => {
    assert.deepEqual(await resolved(new MachineSync("machines").machines), []);
    const machines = [{ instanceId: "ins-a" }];
    await pulumi.runtime.setMocks({
      newResource: ({ inputs }) => ({ id: "the-id", state: { ...inputs, ...outputs, machines } }),
      call: () => ({}),
    });
    assert.deepEqual(await resolved(new MachineSync("machines").machines), machines);
  });

  it("has the outputs that its documentation names", async () => {
    const assumeRole = { roleArn: "arn" };
    const args = { triggers: ["ins-1"], region: "ap-guangzhou", profile: "deploy", assumeRole };
    const sync = new MachineSync("machines", args);
    const { state, latestStartTime, latestEndTime, durationSeconds, requestId, triggers, region } = sync;
    const shown = pulumi.output({ state, latestStartTime, latestEndTime, durationSeconds, requestId });
    assert.deepEqual(await resolved(shown), outputs);
    assert.deepEqual(await resolved(triggers), ["ins-1"]);
    assert.equal(await resolved(region), "ap-guangzhou");
    assert.equal(await resolved(sync.profile), "deploy");
    assert.deepEqual(await resolved(sync.assumeRole), assumeRole);
    assert.equal(await resolved(sync.skipAwait), undefined);
    assert.equal(await resolved(sync.endpoint), undefined);
  });
});
