import assert from "node:assert/strict";
import fc from "fast-check";
import type { Machine } from "../../../provider/cwp/describeMachines";
import type { Inputs } from "../../../provider/machineSync/inputs";
import { diff, knownUpdate } from "../../../provider/machineSync/operations";
import type { Outputs } from "../../../provider/machineSync/outputs";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("diff", () => {
  const same = { changes: false, changed: [], replaces: [] };
  const changed = { changes: true, changed: ["triggers"], replaces: [] };

  const triggers: readonly [
    title: string,
    olds: unknown[] | undefined,
    news: unknown[] | undefined,
    boolean,
  ][] = [
    ["equal deep inside", ["a", { b: [1, { c: null }] }], ["a", { b: [1, { c: null }] }], false],
    ["with their keys in another order", [{ a: 1, b: 2 }], [{ b: 2, a: 1 }], false],
    ["absent, then empty", undefined, [], false],
    ["empty, then absent", [], undefined, false],
    ["absent twice", undefined, undefined, false],
    ["changed deep inside", ["a", { b: [1, { c: null }] }], ["a", { b: [1, { c: 0 }] }], true],
    ["in another order", ["a", "b"], ["b", "a"], true],
    ["one more", ["a"], ["a", "b"], true],
    ["one less", ["a", "b"], ["a"], true],
    ["none any more", ["a"], undefined, true],
    ["a first one", undefined, ["a"], true],
    ["a number in place of its text", ["1"], [1], true],
    ["false in place of null", [null], [false], true],
    ["not known yet", ["a"], [UNKNOWN], true],
  ];
  for (const [title, olds, news, changes] of triggers) {
    it(`sees ${changes ? "a change" : "no change"} in triggers that are ${title}`, () => {
      const inputs = (list: unknown[] | undefined): Inputs => (list ? { triggers: list } : {});
      assert.deepEqual(diff(inputs(olds), inputs(news)), changes ? changed : same);
    });
  }

  for (const property of ["endpoint", "profile"] as const) {
    it(`asks for a new resource when the ${property} changes, appears, disappears or is not known yet`, () => {
      const replaced = { changes: true, changed: [property], replaces: [property] };
      assert.deepEqual(diff({ [property]: "a" }, { [property]: "b" }), replaced);
      assert.deepEqual(diff({}, { [property]: "b" }), replaced);
      assert.deepEqual(diff({ [property]: "a" }, {}), replaced);
      assert.deepEqual(diff({ [property]: "a" }, { [property]: UNKNOWN }), replaced);
    });
  }

  const role = { roleArn: "arn", sessionName: "ci", sessionDuration: 3600, externalId: "id" };

  it("asks for a new resource when the role's ARN changes, or a role appears, disappears or is not known yet", () => {
    const replaced = { changes: true, changed: ["assumeRole"], replaces: ["assumeRole"] };
    const olds = { assumeRole: role };
    for (const roleArn of ["another", UNKNOWN]) {
      assert.deepEqual(diff(olds, { assumeRole: { ...role, roleArn } }), replaced);
    }
    assert.deepEqual(diff({}, olds), replaced);
    assert.deepEqual(diff(olds, {}), replaced);
  });

  it("asks for an update when anything else of the role changes, which sends nothing", () => {
    const kept = { ...role, machines: [], latestEndTime: "2020-11-11 12:02:00", __account: "account" };
    const parts = {
      sessionName: "b",
      sessionDuration: 60,
      externalId: undefined,
      tokenCode: "123456",
      policy: UNKNOWN,
    };
    for (const [part, value] of Object.entries(parts)) {
      const [olds, news] = [{ ...kept, assumeRole: role }, { assumeRole: { ...role, [part]: value } }];
      assert.deepEqual(diff(olds, news), { changes: true, changed: ["assumeRole"], replaces: [] }, part);
      assert.deepEqual(knownUpdate(olds, news), {
        ...news,
        latestEndTime: kept.latestEndTime,
        machines: [],
        __account: "account",
      });
    }
    assert.deepEqual(diff({ assumeRole: role }, { assumeRole: structuredClone(role) }), same);
  });

  it("names both when profile and endpoint change", () => {
    const { replaces } = diff({ profile: "a", endpoint: "b" }, { profile: "c", endpoint: "d" });
    assert.deepEqual([...replaces].sort(), ["endpoint", "profile"]);
  });

  it("sees no change in the region, which identifies no account", () => {
    for (const news of [{ region: "b" }, {}]) {
      assert.deepEqual(diff({ region: "a" }, news), { ...same, changed: ["region"] });
    }
  });

  it("ignores time-outs, skipAwait or the serialized provider", () => {
    const olds = { triggers: ["a"], timeouts: { create: "5m" }, skipAwait: false, __provider: "old text" };
    const news = { triggers: ["a"], timeouts: { update: "1h" }, skipAwait: true, __provider: "new text" };
    assert.deepEqual(diff(olds, news), { ...same, changed: ["skipAwait"] });
    assert.equal(diff(olds, { triggers: ["a"] }).changes, false);
  });

  const anyInputs: fc.Arbitrary<Inputs> = fc.record(
    {
      triggers: fc.array(fc.jsonValue()),
      skipAwait: fc.boolean(),
      region: fc.string(),
      endpoint: fc.string(),
      profile: fc.string(),
      assumeRole: fc.record(
        { roleArn: fc.string(), externalId: fc.string() },
        { requiredKeys: ["roleArn"], noNullPrototype: true },
      ),
      timeouts: fc.record({ create: fc.string(), update: fc.string() }),
    },
    { requiredKeys: [] },
  );

  it("never sees a change between inputs and their copy", () => {
    fc.assert(
      fc.property(anyInputs, (inputs) => {
        assert.deepEqual(diff(inputs, structuredClone(inputs)), same);
      }),
    );
  });

  it("always sees one more item in triggers, whatever it is", () => {
    fc.assert(
      fc.property(anyInputs, fc.jsonValue(), (inputs, added) => {
        const triggers = [...(inputs.triggers ?? []), added];
        assert.deepEqual(diff(inputs, { ...inputs, triggers }), changed);
      }),
    );
  });

  const machine = (instanceId: string) => ({ instanceId, quuid: `quuid of ${instanceId}` }) as Machine;
  const listed = { hosts: ["ins-a", "ins-b"], machines: [machine("ins-a"), machine("ins-b")] };
  const hosts: readonly [title: string, olds: Outputs, news: string[] | undefined, changes: boolean][] = [
    ["in another order", listed, ["ins-b", "ins-a"], false],
    ["named twice", listed, ["ins-a", "ins-b", "ins-a"], false],
    ["one less", listed, ["ins-a"], true],
    ["none any more", listed, undefined, true],
    ["one more", listed, ["ins-a", "ins-b", "ins-c"], true],
    ["not known yet", listed, ["ins-a", UNKNOWN], true],
    ["one that was not listed", { ...listed, machines: [machine("ins-a")] }, ["ins-a", "ins-b"], true],
    ["none, in a state of an older version", {}, undefined, false],
  ];
  for (const [title, olds, news, changes] of hosts) {
    it(`sees ${changes ? "a change" : "no change"} in hosts that are ${title}`, () => {
      assert.equal(diff(olds, news ? { hosts: news } : {}).changes, changes);
    });
  }

  it("sees an unfinished run, whatever has changed", () => {
    const unfinishedRun = { state: "NOTASK", latestStartTime: "", latestEndTime: "", shown: true } as const;
    assert.deepEqual(diff({ unfinishedRun }, {}), { changes: true, changed: [], replaces: [] });
    assert.equal(knownUpdate({ unfinishedRun }, {}), undefined);
  });
});
