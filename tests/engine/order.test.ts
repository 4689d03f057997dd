import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../emulator";
import { serviceTime } from "../../emulator/world/status";
import { history } from "../history";
import { inEnvironment } from "./account";
import { TestStack } from "./stack";

/** How long the host takes to make, after the end of the first sync. */
const HOST_MS = 500;

/** Every way in which a resource can wait for another: its arguments, and its options. */
const ways: Readonly<Record<string, string>> = {
  "the id in triggers": "{ triggers: [host.id] }",
  "the resource in triggers": "{ triggers: [host] }",
  "an output within triggers": "{ triggers: [{ disks: [host.madeAt] }] }",
  "an output for all triggers": "{ triggers: pulumi.all([host.id, 1]) }",
  "a promise in triggers": "{ triggers: [new Promise((resolve) => host.id.apply(resolve))] }",
  "a secret in triggers": "{ triggers: [pulumi.secret(host.id)] }",
  "a component in triggers": "{ triggers: [component] }",
  "a component's URN in triggers": "{ triggers: [component.urn] }",
  "the id in hosts": "{ hosts: [host.id] }",
  "the argument region": '{ region: host.madeAt.apply(() => "ap-guangzhou") }',
  "the argument endpoint": "{ endpoint: host.madeAt.apply(() => process.env.TENCENTCLOUD_CWP_ENDPOINT) }",
  "dependsOn a resource": "{}, { dependsOn: host }",
  "dependsOn an output": "{}, { dependsOn: pulumi.output([host]) }",
  "dependsOn a component": "{}, { dependsOn: [component] }",
  "dependsOn its own component": "{}, { parent: component, dependsOn: [component] }",
  parent: "{}, { parent: host }",
  deletedWith: "{}, { deletedWith: host }",
  replaceWith: "{}, { replaceWith: [host] }",
  replacementTrigger: "{}, { replacementTrigger: host.id }",
  aliases: "{}, { aliases: [{ parent: host.urn }] }",
  "a transformation of its own": "{}, { transformations: [after] }",
  "a transformation of its parent": '{}, { parent: new Group("before", { transformations: [after] }) }',
  "a transform of its own": "{}, { transforms: [late] }",
  "a transform of its parent": '{}, { parent: new Group("later", { transforms: [late] }) }',
  "a hook before it is created": "{}, { hooks: { beforeCreate: [hook] } }",
};

const program = (type: string) => `
const { setTimeout: sleep } = require("node:timers/promises");
class PluginSync extends pulumi.CustomResource {
  constructor(name, args, options) {
    super("tencentcloud-cwp:index:MachineSync", name, { latestStartTime: undefined, ...args }, options);
  }
}
class Host extends pulumi.dynamic.Resource {
  constructor(name, options) {
    const create = async () => {
      await new Promise((resolve) => setTimeout(resolve, ${HOST_MS}));
      return { id: "ins-host", outs: { madeAt: Date.now() } };
    };
    super({ create }, name, { madeAt: undefined }, options);
  }
}
class Group extends pulumi.ComponentResource {
  constructor(name, options) {
    super("test:index:Group", name, {}, options);
  }
}
const MachineSync = ${type};
const first = new MachineSync("first", {});
const component = new Group("component");
const host = new Host("host", { parent: component, dependsOn: [first] });
const after = ({ props, opts }) => ({ props, opts: pulumi.mergeOptions(opts, { dependsOn: [host] }) });
const late = async (args) => {
  await sleep(500);
  return after(args);
};
const hook = () => new Promise((resolve) => host.madeAt.apply(() => resolve()));
const syncs = {
  ${Object.entries(ways)
    .map(([way, args], i) => `${JSON.stringify(way)}: new MachineSync("sync${i}", ${args}),`)
    .join("\n  ")}
};
exports.madeAt = host.madeAt;
exports.starts = pulumi.output(Object.fromEntries(
  Object.entries(syncs).map(([way, sync]) => [way, sync.latestStartTime]),
));
`;

describe("A MachineSync that waits for a host", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 1, faults: history() });
    emulator.addHost({ id: "ins-host", syncsNeeded: 0 });
    stack = await TestStack.create({ env: inEnvironment(emulator) });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  for (const [entryPoint, type] of [
    ["dynamic resource", "cwp.MachineSync"],
    ["plugin", "PluginSync"],
  ] as const) {
    it(`has a sync that began after the host was made, in whichever way it waits, by the ${entryPoint}`, async () => {
      const { outputs } = await stack.up(program(type), { parallel: 40 });
      const { madeAt, starts } = outputs;
      assert.ok(typeof madeAt === "number" && typeof starts === "object" && starts !== null);
      const [, first] = emulator.world().runs;
      assert.ok(first && first.endMs < madeAt, "the first sync had not ended when the host was made");
      const made = serviceTime(madeAt);
      const tooEarly = Object.entries(starts).filter(([, start]) => start < made);
      assert.deepEqual(tooEarly, []);
      assert.equal(Object.keys(starts).length, Object.keys(ways).length);
    });
  }
});
