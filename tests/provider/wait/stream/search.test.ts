import assert from "node:assert/strict";
import fc from "fast-check";
import type { Machine, MachinePage, MachineType } from "../../../../provider/cwp/describeMachines";
import {
  beginSearch,
  learnPage,
  narrow,
  nextPart,
  type Part,
  type Search,
} from "../../../../provider/wait/stream/search";

type List = Partial<Record<MachineType, readonly string[]>>;

const blank = {
  quuid: "",
  uuid: "",
  name: "",
  privateIp: "",
  publicIp: "",
  agentStatus: "",
  machineStatus: "",
  protectType: "",
};

/**
 * CWP's answer. `loose`: the filter also lets texts pass that only contain the id. `uncounted`: without the
 * total number.
 */
function answer(list: List, { type, id, offset }: Part, { loose = false, uncounted = false } = {}) {
  const passes = (one: string) => id === undefined || (loose ? one.includes(id) : one === id);
  const all = (list[type] ?? []).filter(passes);
  const machines: Machine[] = all.slice(offset, offset + 100).map((instanceId) => ({ ...blank, instanceId }));
  return { machines, total: uncounted ? undefined : all.length, account: "the account" };
}

/** Searches to the end. Returns the requests, and the missing hosts. */
function search(
  list: List,
  ids: readonly string[],
  { totals, ...how }: { loose?: boolean; uncounted?: boolean; totals?: Search["totals"] } = {},
) {
  const asked: string[] = [];
  let at = beginSearch(ids, totals);
  for (let part = nextPart(at); part; part = nextPart(at)) {
    asked.push([part.type, part.id ?? part.offset].join(" "));
    assert.ok(asked.length < 500, "the search never ends");
    at = learnPage(at, part, answer(list, part, how));
  }
  return { asked, missing: [...at.left.keys()], totals: at.totals };
}

const ids = (count: number, prefix = "ins-") => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

describe("A search for hosts in CWP's list", () => {
  const cases: readonly [title: string, list: List, wanted: string[], asked: string[], missing?: string[]][] =
    [
      [
        "asks by the filter for one host among ten thousand",
        { CVM: ids(10_000) },
        ["ins-7000"],
        ["CVM ins-7000"],
      ],
      ["reads one page for a few hosts among few", { CVM: ids(90) }, ids(10), ["CVM 0"]],
      [
        "asks by the filter for two among many, once a page has shown the total number",
        { CVM: ids(10_000) },
        ["ins-7000", "ins-8000"],
        ["CVM 0", "CVM ins-7000", "CVM ins-8000"],
      ],
      ["reads on no further than to the last host", { CVM: ids(900) }, ids(150), ["CVM 0", "CVM 100"]],
      ["takes the type of the prefix first: LH", { LH: ["lhins-1"] }, ["lhins-1"], ["LH lhins-1"]],
      ["takes the type of the prefix first: ECM", { ECM: ["ein-1"] }, ["ein-1"], ["ECM ein-1"]],
      ["takes the type of the prefix first: BM", { BM: ["cpm-1"] }, ["cpm-1"], ["BM cpm-1"]],
      [
        "tries all other types, whatever the prefix says",
        { Other: ["ins-1"] },
        ["ins-1"],
        ["CVM ins-1", "LH ins-1", "BM ins-1", "ECM ins-1", "Other ins-1"],
      ],
      [
        "calls a host missing once every type was tried",
        { CVM: ["ins-10"] },
        ["ins-1"],
        ["CVM ins-1", "LH ins-1", "BM ins-1", "ECM ins-1", "Other ins-1"],
        ["ins-1"],
      ],
      [
        "finds a host of another type on a page that it reads anyway",
        { CVM: ["ins-1", "ein-1", "ins-2"] },
        ["ins-1", "ins-2", "ein-1"],
        ["CVM 0"],
      ],
      ["asks nothing for nothing", { CVM: ids(10) }, [], []],
    ];
  for (const [title, list, wanted, asked, missing = []] of cases) {
    it(title, () => {
      const { asked: really, missing: left } = search(list, wanted);
      assert.deepEqual(really, asked);
      assert.deepEqual(left, missing);
    });
  }

  it("takes at most 15 requests for a thousand hosts, even if one is missing or all are of the last type", () => {
    const thousand = ids(1000);
    assert.equal(search({ CVM: thousand }, thousand).asked.length, 10);
    assert.equal(search({ CVM: ids(1500).reverse() }, thousand).asked.length, 15);
    assert.ok(search({ CVM: ids(999) }, thousand).asked.length <= 15);
    assert.ok(search({ Other: thousand }, thousand).asked.length <= 15);
  });

  it("knows the number of machines from an earlier search", () => {
    const list = { CVM: ids(10_000) };
    const { totals } = search(list, ["ins-1", "ins-9000"]);
    assert.deepEqual(search(list, ["ins-7000", "ins-8000"], { totals }).asked, [
      "CVM ins-7000",
      "CVM ins-8000",
    ]);
  });

  it("compares whole ids, and reads on behind ids that a loose filter lets pass", () => {
    const list = { CVM: [...ids(300, "ins-10"), "ins-1"] };
    assert.deepEqual(search(list, ["ins-1"], { loose: true }), {
      asked: ["CVM ins-1", "CVM ins-1", "CVM ins-1", "CVM ins-1"],
      missing: [],
      totals: new Map(),
    });
  });

  it("reads on to an empty page if no total number is given", () => {
    const { asked, missing } = search({ CVM: ids(250) }, [...ids(250), "ins-x"], { uncounted: true });
    assert.deepEqual(missing, ["ins-x"]);
    assert.deepEqual(asked.slice(0, 4), ["CVM 0", "CVM 100", "CVM 200", "CVM 250"]);
  });

  describe("in a list that moves between two pages", () => {
    /** Reads a list from which a machine of the first page disappears after that page, so many times. */
    function movingSearch(moves: number) {
      let list = ids(250);
      const asked: number[] = [];
      let at = beginSearch([...ids(250).slice(150), "ins-x"]);
      for (let part = nextPart(at); part?.type === "CVM"; part = nextPart(at)) {
        asked.push(part.offset);
        const page = answer({ CVM: list }, part);
        if (part.offset === 0 && moves > 0) {
          list = list.slice(1);
          moves -= 1;
        }
        at = learnPage(at, part, page);
      }
      return { asked, left: [...at.left.keys()] };
    }

    it("reads it again, so that it misses no machine that has moved to an earlier page", () => {
      const { asked, left } = movingSearch(1);
      assert.deepEqual(left, ["ins-x"]);
      assert.deepEqual(asked, [0, 100, 0, 100, 200]);
    });

    it("reads it four times at most", () => {
      const { asked } = movingSearch(99);
      assert.equal(asked.filter((offset) => offset === 0).length, 4);
    });
  });

  describe("of a service that shows the same machines at every offset", () => {
    const same = (total: number | undefined) => () => {
      const { machines } = answer({ CVM: ids(100) }, { type: "CVM", offset: 0 });
      return { machines, total, account: "the account" };
    };
    function readAll(page: () => MachinePage): number {
      let requests = 0;
      let at = beginSearch([...ids(90), "ins-x"]);
      for (let part = nextPart(at); part?.type === "CVM"; part = nextPart(at)) {
        requests += 1;
        assert.ok(requests < 9, "the search never ends");
        at = learnPage(at, part, page());
      }
      return requests;
    }

    it("fails, if there ought to be more", () => {
      assert.throws(
        () => readAll(same(250)),
        /no answer of the API: DescribeMachines gives the same machines at every Offset/,
      );
    });

    it("ends with the second page, if no total number is given", () => {
      assert.equal(readAll(same(undefined)), 2);
    });

    it("does not take machines without an instance id for the same", () => {
      const machines = Array.from({ length: 100 }, (_, i) => ({ ...blank, instanceId: "", quuid: `${i}` }));
      let offset = 0;
      const requests = readAll(() => {
        offset += 100;
        const page = machines.map((machine) => ({ ...machine, quuid: machine.quuid + offset }));
        return { machines: page, total: 250, account: "the account" };
      });
      assert.equal(requests, 3);
    });
  });

  it("forgets an id that no look-up wants any more, and the list that it reads for it", () => {
    const list = { CVM: [...ids(300, "ins-10"), "ins-1"] };
    let at = beginSearch(["ins-1"]);
    const part = nextPart(at);
    assert.ok(part);
    at = learnPage(at, part, answer(list, part, { loose: true }));
    assert.ok(nextPart(at));
    assert.equal(nextPart(narrow(at, () => false)), undefined);
  });

  it("finds all listed hosts and no others, whatever it is asked", () => {
    const machine = fc.record({
      type: fc.constantFrom<MachineType>("CVM", "LH", "BM", "ECM", "Other"),
      id: fc
        .tuple(fc.constantFrom("ins-", "lhins-", "ein-", "cpm-", "x-"), fc.nat(600))
        .map((two) => two.join("")),
      isListed: fc.boolean(),
      isWanted: fc.boolean(),
    });
    const machines = fc.uniqueArray(machine, { selector: ({ id }) => id, maxLength: 400, size: "max" });
    fc.assert(
      fc.property(machines, fc.boolean(), fc.boolean(), (all, loose, uncounted) => {
        const list: Partial<Record<MachineType, string[]>> = {};
        for (const { type, id } of all.filter(({ isListed }) => isListed)) {
          list[type] = [...(list[type] ?? []), id];
        }
        const wanted = all.filter(({ isWanted }) => isWanted);
        const { missing } = search(
          list,
          wanted.map(({ id }) => id),
          { loose, uncounted },
        );
        assert.deepEqual(
          new Set(missing),
          new Set(wanted.filter(({ isListed }) => !isListed).map(({ id }) => id)),
        );
      }),
      { numRuns: 100 },
    );
  });
});
