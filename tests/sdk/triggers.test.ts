import assert from "node:assert/strict";
import * as vm from "node:vm";
import * as pulumi from "@pulumi/pulumi";
import { keepTriggers } from "../../sdk/triggers";
import { refusal } from "../refusal";

class Host {
  constructor(readonly id: string) {}
}

const holdsItself: { again?: unknown } = {};
holdsItself.again = [holdsItself];

const lost: readonly [value: unknown, says: string][] = [
  [new Date(0), "is a Date: give its text, as by toISOString()"],
  [new Map([["a", 1]]), "is a Map: give a list, as by Array.from()"],
  [new Set(["a"]), "is a Set: give a list, as by Array.from()"],
  [10n, "is a BigInt: give its text, as by String()"],
  [/a/, "is a RegExp: give its text, as by String()"],
  [new URL("https://example.com"), "is a URL: give its text, as by String()"],
  [new TypeError("no"), "is an Error: give its message"],
  [new Host("ins-1"), "is an instance of Host: give a plain object, a list or a text"],
  [new (class {})(), "is an instance of a class: give a plain object, a list or a text"],
  [new URLSearchParams("a=1"), "is an instance of URLSearchParams: give a plain object, a list or a text"],
  [new WeakMap(), "is an instance of WeakMap: give a plain object, a list or a text"],
  [() => "ins-1", "is a function: give what it returns"],
  [Host, "is a function: give what it returns"],
  [Symbol("ins-1"), "is a symbol: give its text, as by String()"],
  [Buffer.from("a"), "is binary: give a hash of it"],
  [new ArrayBuffer(1), "is binary: give a hash of it"],
  [Number.NaN, "is NaN: give a number that JSON knows, or a text"],
  [Number.NEGATIVE_INFINITY, "is -Infinity: give a number that JSON knows, or a text"],
  [new pulumi.asset.FileAsset("file"), "is an asset: give a hash of its content"],
  [new pulumi.asset.FileArchive("folder"), "is an asset: give a hash of its content"],
];

/** The value that Pulumi would send, once it is known. */
async function known(value: unknown): Promise<unknown> {
  const kept: object = pulumi.output(keepTriggers("machines", value));
  // An internal method of Pulumi: it rejects when apply() would never call back.
  return Reflect.get(kept, "promise").call(kept);
}

const see = 'See "Arguments" in node_modules/pulumi-tencentcloud-cwp/docs/troubleshooting.md.';

describe("The argument triggers", () => {
  const shown = (value: unknown) => (value instanceof Object ? value.constructor.name : String(value));

  for (const [value, says] of lost) {
    it(`refuses a ${shown(value) || "nameless value"} at once, however deep, and says what to give`, async () => {
      const places: readonly [triggers: unknown, path: string][] = [
        [[value], "triggers[0]"],
        [value, "triggers"],
        [["a", { since: value }], "triggers[1].since"],
        [[{ "created-at": [value] }], 'triggers[0]["created-at"][0]'],
      ];
      for (const [triggers, path] of places) {
        const error = await refusal(() => keepTriggers("machines", triggers));
        assert.ok(pulumi.RunError.isInstance(error));
        assert.equal(
          error.message,
          `MachineSync "machines" cannot use its triggers: ${path} ${says}. ${see}`,
        );
      }
    });

    it(`refuses a ${shown(value) || "nameless value"} that is known later`, async () => {
      const later: readonly [triggers: unknown, path: string][] = [
        [[pulumi.output("a").apply(() => value)], "triggers[0]"],
        [[{ since: pulumi.secret("a").apply(() => [value]) }], "triggers[0].since[0]"],
        [pulumi.output("a").apply(() => [value]), "triggers[0]"],
        [[Promise.resolve(value)], "triggers[0]"],
        [Promise.resolve([{ since: Promise.resolve(value) }]), "triggers[0].since"],
      ];
      for (const [triggers, path] of later) {
        const error = await refusal(known(triggers));
        assert.ok(pulumi.RunError.isInstance(error));
        assert.equal(
          error.message,
          `MachineSync "machines" cannot use its triggers: ${path} ${says}. ${see}`,
        );
      }
    });
  }

  it("refuses what pulumi.output() has made empty, and names the possible causes", async () => {
    for (const value of [new Date(), new Map(), new Set(), /a/, new URL("https://example.com")]) {
      for (const triggers of [
        [pulumi.output(value)],
        [pulumi.secret(value)],
        pulumi.output([value]),
        pulumi.all([value]),
        [pulumi.output(Promise.resolve(value))],
      ]) {
        const { message } = await refusal(known(triggers));
        assert.match(
          message,
          /: triggers\[0\] is an empty object, .* of a Date, a Map, .*: give its text\. See "Arguments" in /,
        );
      }
    }
  });

  it("refuses an object that holds itself", async () => {
    const { message } = await refusal(() => keepTriggers("machines", [holdsItself]));
    assert.match(
      message,
      /: triggers\[0\]\.again\[0\] holds itself: leave that part out\. See "Arguments" in /,
    );
  });

  it("leaves all other values as they are", async () => {
    const same = { name: "same" };
    const triggers = [
      "ins-1",
      "",
      0,
      -1.5,
      true,
      null,
      undefined,
      [],
      {},
      { deep: [{ er: ["a"] }], "": 1 },
      [same, same],
      Object.assign(Object.create(null), { a: 1 }),
      vm.runInNewContext("({ of: ['another realm'] })"),
    ];
    assert.deepEqual(
      keepTriggers("machines", triggers),
      triggers.map((one) => (one && typeof one === "object" && !Array.isArray(one) ? { ...one } : one)),
    );
    assert.equal(keepTriggers("machines", "no list"), "no list");
    assert.equal(keepTriggers("machines", null), null);
    const later = [pulumi.output("ins-1"), Promise.resolve({ a: [1] }), pulumi.output({ tags: ["a"] })];
    assert.deepEqual(await known(later), ["ins-1", { a: [1] }, { tags: ["a"] }]);
  });

  it("leaves an empty object from a resource's output", async () => {
    const resource = new pulumi.ComponentResource("examples:index:Group", "group");
    const resources = new Set([resource]);
    const [isKnown, isSecret] = [Promise.resolve(true), Promise.resolve(false)];
    const tags: pulumi.Output<object> = Reflect.construct(Object(pulumi.Output), [
      resources,
      Promise.resolve({}),
      isKnown,
      isSecret,
      Promise.resolve(resources),
    ]);
    assert.deepEqual(await known([tags, pulumi.output(Promise.resolve("a")).apply(() => tags)]), [{}, {}]);
  });

  it("keeps a secret secret, and no other value", async () => {
    const kept = keepTriggers("machines", [
      pulumi.secret("the secret"),
      pulumi.output("open"),
      { in: pulumi.secret(1) },
    ]);
    assert.ok(Array.isArray(kept));
    assert.equal(await pulumi.isSecret(kept[0]), true);
    assert.equal(await pulumi.isSecret(kept[1]), false);
    assert.equal(await pulumi.isSecret(kept[2].in), true);
  });
});
