import assert from "node:assert/strict";
import { CwpError } from "../../../../provider/api/errors";
import { type LookedUp, type LookUpLimits, MachineList } from "../../../../provider/wait/stream/machineList";
import { Turns } from "../../../../provider/wait/stream/turns";
import { VirtualClock } from "../../../virtualClock";
import { Account } from "../account";
import { HostList, type ListedHost, type ListTrouble } from "../hostList";

/** How a look-up ended, and when. */
interface Outcome {
  at: number;
  found?: string[];
  result?: LookedUp;
  error?: unknown;
}

/** CWP's list of an account, each host on it from its moment on, and look-ups in it, in virtual time. */
class Stage {
  readonly clock = new VirtualClock();
  readonly service: HostList;
  readonly list: MachineList;
  private account = new Account({ clock: this.clock, syncSeconds: 1, name: "first" });

  constructor(hosts: readonly Partial<ListedHost>[], troubles: readonly (ListTrouble | undefined)[] = []) {
    const { clock } = this;
    const all = hosts.map((host, i) => ({ id: `ins-${i}`, syncsNeeded: 0, ...host }));
    this.service = new HostList({ clock, account: () => this.account, hosts: all, troubles });
    this.list = new MachineList(this.service, { turns: new Turns(clock), clock, random: () => 0.5 });
  }

  /** Looks up hosts at a moment. */
  lookUp(at: number, ids: readonly string[], limits: Partial<LookUpLimits> = {}): Outcome {
    const outcome: Outcome = { at: Number.NaN };
    void this.after(at)
      .then(() => this.list.lookUp(ids, { deadline: at + 60_000, ...limits }))
      .then(
        (result) =>
          void Object.assign(outcome, { at: this.clock.now(), result, found: [...result.found.keys()] }),
        (error: unknown) => void Object.assign(outcome, { at: this.clock.now(), error }),
      );
    return outcome;
  }

  /** From that moment on, the keys belong to another account. */
  changeAccount(at: number, name: string): void {
    void this.after(at).then(() => {
      this.account = new Account({ clock: this.clock, syncSeconds: 1, name });
    });
  }

  private after(at: number): Promise<void> {
    return at > 0 ? this.clock.sleep(at) : Promise.resolve();
  }
}

const codeOf = ({ error }: Outcome) => (error instanceof CwpError ? error.code : error);

describe("The machine list", () => {
  it("is asked by one search for all look-ups that begin together, each id once", async () => {
    const stage = new Stage([{}, {}, {}]);
    const outcomes = [["ins-0", "ins-1"], ["ins-1", "ins-2"], ["ins-2"]].map((ids) => stage.lookUp(0, ids));
    await stage.clock.run();
    assert.deepEqual(
      outcomes.map(({ found }) => found?.sort()),
      [["ins-0", "ins-1"], ["ins-1", "ins-2"], ["ins-2"]],
    );
    const asked = stage.service.queries.map(({ id }) => id);
    assert.equal(new Set(asked).size, asked.length);
  });

  it("shows a look-up nothing that was asked for before it began", async () => {
    // A request takes 40 ms, and the host is listed while it is under way.
    const stage = new Stage([{ at: 10 }]);
    const [early, late] = [stage.lookUp(0, ["ins-0"]), stage.lookUp(20, ["ins-0"])];
    await stage.clock.run();
    assert.deepEqual(late.found, ["ins-0"]);
    const { result } = late;
    assert.ok(result && result.askedAt >= 20, `asked at ${result?.askedAt}`);
    assert.ok(early.result && early.result.askedAt >= 0);
  });

  it("ends a look-up without the hosts of which no kind of machine has one", async () => {
    const stage = new Stage([{}]);
    const outcome = stage.lookUp(0, ["ins-0", "ins-x"]);
    await stage.clock.run();
    assert.deepEqual(outcome.found, ["ins-0"]);
    const types = stage.service.queries.filter(({ id }) => id !== "ins-0").map(({ type }) => type);
    assert.deepEqual([...new Set(types)].sort(), ["BM", "CVM", "ECM", "LH", "Other"]);
  });

  it("takes no host from another account's list, if the account changes in the middle of a search", async () => {
    const stage = new Stage([{ on: "first" }, { type: "Other", on: "second" }]);
    const outcome = stage.lookUp(0, ["ins-0", "ins-1"]);
    stage.changeAccount(60, "second");
    await stage.clock.run();
    assert.deepEqual([outcome.result?.account, outcome.found], ["second", ["ins-1"]]);
  });

  it("lets one look-up be cancelled, and answers the others", async () => {
    const stage = new Stage([{}]);
    const cancel = new AbortController();
    const [one, two] = [stage.lookUp(0, ["ins-0"], { signal: cancel.signal }), stage.lookUp(0, ["ins-0"])];
    void stage.clock.sleep(10).then(() => cancel.abort("cancelled"));
    await stage.clock.run();
    assert.deepEqual([one.error, one.at, two.found], ["cancelled", 10, ["ins-0"]]);
  });

  it("ends the request in flight if the last look-up is cancelled", async () => {
    const stage = new Stage([{}], ["hang"]);
    const cancel = new AbortController();
    const one = stage.lookUp(0, ["ins-0"], { signal: cancel.signal });
    void stage.clock.sleep(10).then(() => cancel.abort("cancelled"));
    await stage.clock.run();
    assert.deepEqual([one.error, stage.clock.now(), stage.service.queries.length], ["cancelled", 10, 1]);
  });

  it("sends a last request at the deadline, though a pause after refusals would last longer", async () => {
    const refused = Array.from({ length: 50 }, () => ({ code: "RequestLimitExceeded" }));
    const stage = new Stage([{}], refused);
    const outcome = stage.lookUp(0, ["ins-0"], { deadline: 10_000 });
    await stage.clock.run();
    assert.equal(codeOf(outcome), "RequestLimitExceeded");
    assert.equal(stage.service.queries.at(-1)?.at, 10_000);
  });

  it("says that the time was over, if the list was too long to be read in it", async () => {
    const stage = new Stage([...Array.from({ length: 300 }, () => ({ type: "Other" as const }))]);
    const outcome = stage.lookUp(
      0,
      [...Array(300).keys()].map((i) => `ins-${i}`),
      { deadline: 50 },
    );
    await stage.clock.run();
    assert.equal(codeOf(outcome), "LookUpTimeout");
  });
});
