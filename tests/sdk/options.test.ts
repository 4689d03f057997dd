import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MachineSync } from "../../sdk";
import { cleanEnvironment } from "../environment";
import { refusal } from "../refusal";

/** An explicit provider of any package in a program. */
class Provider extends pulumi.ProviderResource {}

class Group extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("examples:index:Group", name, {}, opts);
  }
}

describe("The options of a MachineSync", () => {
  cleanEnvironment();

  let registered: pulumi.runtime.MockResourceArgs[];
  beforeEach(async () => {
    registered = [];
    await pulumi.runtime.setMocks({
      newResource(resource) {
        registered.push(resource);
        return { id: "the-id", state: resource.inputs };
      },
      call: ({ inputs }) => inputs,
    });
  });

  const providers = ["tencentcloud", "tencentcloud-cwp", "pulumi-nodejs", "aws"];

  for (const name of providers) {
    it(`take no provider of ${name}`, async () => {
      const provider = new Provider(name, "explicit", {});
      const { message } = await refusal(() => new MachineSync("machines", {}, { provider }));
      assert.match(
        message,
        /^MachineSync "machines" takes no option provider: .* stack's config \(tencentcloud:secretId .*profile and assumeRole\. .* plugin tencentcloud-cwp takes a Provider\. See "Arguments" in /,
      );
    });
  }

  for (const name of ["tencentcloud-cwp", "pulumi-nodejs"]) {
    it(`inherit no provider of ${name}, from however far`, async () => {
      const provider = new Provider(name, "explicit", {});
      const outer = new Group("outer", { providers: [provider] });
      for (const parent of [outer, new Group("inner", { parent: outer })]) {
        const { message } = await refusal(() => new MachineSync("machines", {}, { parent }));
        assert.match(
          message,
          /^MachineSync "machines" must not inherit a provider of its own from its parent: /,
        );
      }
    });
  }

  it("leave providers of other packages to the resources around it", async () => {
    const given = ["tencentcloud", "aws"].map((name) => new Provider(name, name, {}));
    const parent = new Group("group", { providers: given });
    const sync = new MachineSync("machines", {}, { parent });
    await new Promise((resolve) => sync.id.apply(resolve));
    const own = registered.find(({ type }) => type.endsWith(":MachineSync"));
    assert.equal(own?.name, "machines");
    assert.ok(!own.provider);
  });

  const wrong: readonly [operation: string, text: unknown, shown: string][] = [
    ["create", "20 min", '"20 min"'],
    ["update", "soon", '"soon"'],
    ["delete", "5", '"5"'],
    ["create", "0s", '"0s"'],
    ["update", "-5m", '"-5m"'],
    ["create", 20, "a value of type number"],
    ["create", pulumi.output("20m"), "a value of type object"],
  ];
  for (const [operation, text, shown] of wrong) {
    it(`refuse ${shown} as customTimeouts.${operation} at once`, async () => {
      const customTimeouts = { [operation]: text };
      const error = await refusal(() => Reflect.construct(MachineSync, ["machines", {}, { customTimeouts }]));
      assert.equal(
        error.message,
        `MachineSync "machines": customTimeouts.${operation} must be a duration above zero such as "20m" or "1h30m", not ${shown}. See "Arguments" in node_modules/pulumi-tencentcloud-cwp/docs/troubleshooting.md.`,
      );
      assert.ok(pulumi.RunError.isInstance(error));
    });
  }

  it("take every duration that Pulumi takes, and unset durations", () => {
    for (const text of ["20m", "1h30m", "90s", "1.5h", ".5h", "1500ms", "1h0m0s", "", undefined]) {
      Reflect.construct(MachineSync, ["machines", {}, { customTimeouts: { create: text, delete: text } }]);
    }
  });
});
