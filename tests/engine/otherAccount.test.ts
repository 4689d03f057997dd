import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../emulator";
import { history } from "../history";
import { inConfig } from "./account";
import { withHosts } from "./program";
import { type EntryPoint, TestStack } from "./stack";

const one = { secretId: "AKIDone", secretKey: "first-key" };
const another = { secretId: "AKIDanother", secretKey: "second-key" };

/** The keys of the stack change between two operations, and with them the account. */
for (const entryPoint of ["dynamic", "plugin"] as const satisfies readonly EntryPoint[]) {
  describe(`A MachineSync whose keys become another account's, by the ${entryPoint}`, function () {
    this.timeout(180_000);

    let emulator: Emulator;
    let stack: TestStack;

    const namespace = entryPoint === "plugin" ? "tencentcloud-cwp" : "tencentcloud";
    const requestsOf = ({ secretId }: { secretId: string }) =>
      emulator.requests.filter((request) => request.secretId === secretId);
    const syncsOf = (account: { secretId: string }) => requestsOf(account).filter(({ sync }) => sync).length;
    const quuids = (outputs: Record<string, unknown>) =>
      Array.isArray(outputs.machines) ? outputs.machines.map(({ quuid }) => quuid) : [];
    const quuidsOf = ({ secretId }: { secretId: string }, ...ids: string[]) =>
      ids.map((id) => emulator.hosts(secretId).find(({ host }) => host.id === id)?.host.quuid);

    async function useKeysOf({ secretId, secretKey }: { secretId: string; secretKey: string }) {
      await stack.setConfig(`${namespace}:secretId`, secretId);
      await stack.setConfig(`${namespace}:secretKey`, secretKey);
      emulator.clearRequests();
    }

    async function addHost(): Promise<void> {
      emulator.clearRequests();
      const { outputs } = await stack.up(withHosts(["ins-a", "ins-b"]));
      assert.equal(syncsOf(another), 1);
      assert.deepEqual(quuids(outputs), quuidsOf(another, "ins-a", "ins-b"));
      assert.deepEqual(requestsOf(one), []);

      emulator.clearRequests();
      await stack.up(withHosts(["ins-b"]));
      await stack.up(withHosts(["ins-b", "ins-a"]));
      assert.equal(syncsOf(another), 0, "the same account needs no sync for a host that it lists");
    }

    beforeEach(async () => {
      emulator = await startEmulator({ syncSeconds: 0, faults: history(), accounts: [one, another] });
      for (const [account, uuid] of [
        [one, "1"],
        [another, "2"],
      ] as const) {
        for (const id of ["ins-a", "ins-b"]) {
          emulator.addHost({ id, quuid: `${id} of ${uuid}`, syncsNeeded: 0 }, account.secretId);
        }
      }
      stack = await TestStack.create({ entryPoint, config: inConfig(entryPoint, emulator, one) });
    });
    afterEach(async () => {
      await stack.remove();
      await emulator.stop();
    });

    it("is synced there after a create that failed over a missing host", async () => {
      const hosts = ["ins-a", "ins-c"];
      await stack.up(withHosts(hosts, {}, { customTimeouts: { create: "9s" } }), { expectFailure: true });
      assert.ok(stack.resource("machines"));
      emulator.addHost({ id: "ins-c", quuid: "ins-c of 2", syncsNeeded: 0 }, another.secretId);
      await useKeysOf(another);
      const { outputs } = await stack.up(withHosts(hosts));
      assert.equal(syncsOf(another), 1);
      assert.deepEqual(quuids(outputs), quuidsOf(another, ...hosts));
    });

    it("is synced there for an added host, though a refresh has read that account", async () => {
      await stack.up(withHosts(["ins-a"]));
      await useKeysOf(another);
      // As with --run-program, so that the new keys are read.
      await stack.refresh({ args: ["--run-program"] });
      assert.equal(stack.resource("machines")?.outputs?.__account, undefined);
      await addHost();
    });

    if (entryPoint === "plugin") {
      it("is synced there for an added host", async () => {
        await stack.up(withHosts(["ins-a"]));
        await useKeysOf(another);
        await addHost();
      });
    }
  });
}
