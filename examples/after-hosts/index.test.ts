import * as assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

/** The times of a sync, in place of CWP's. */
const times = { latestStartTime: "2020-11-11 12:01:00", latestEndTime: "2020-11-11 12:02:00" };

describe("The program after-hosts", () => {
  /** The resources in the order of their creation. */
  const created: pulumi.runtime.MockResourceArgs[] = [];
  let program: typeof import("./index");

  // Mocks first: the program registers its resources as soon as it is imported.
  before(async () => {
    await pulumi.runtime.setMocks({
      async newResource(resource) {
        const { type, name, inputs } = resource;
        if (type === "pulumi-nodejs:dynamic/tencentcloud-cwp:MachineSync") {
          created.push(resource);
          const machines = inputs.hosts.map((id: string) => ({ instanceId: id, quuid: `quuid-of-${id}` }));
          return { id: name, state: { ...inputs, ...times, machines, state: "FINISHED" } };
        }
        // A host takes a moment, so that the test would notice a sync that does not wait for it.
        await setImmediate();
        created.push(resource);
        return { id: `ins-${name}`, state: inputs };
      },
      call: () => ({}),
    });
    program = await import("./index");
    await resolved(program.LatestEndTime);
  });

  it("syncs once, after all of its hosts", () =>
    assert.deepEqual(
      created.map(({ name }) => name),
      ["web", "db", "machines"],
    ));

  it("is done when CWP lists each host", () =>
    assert.deepEqual(created.at(-1)?.inputs.hosts, ["ins-web", "ins-db"]));

  it("bounds the wait", () =>
    assert.deepEqual(created.at(-1)?.inputs.timeouts, { create: "20m", update: "20m" }));

  it("has the times of the sync as its outputs", async () => {
    assert.equal(await resolved(program.LatestStartTime), times.latestStartTime);
    assert.equal(await resolved(program.LatestEndTime), times.latestEndTime);
  });

  it("exports the quuid of each host", async () =>
    assert.deepEqual(await resolved(program.quuids), ["quuid-of-ins-web", "quuid-of-ins-db"]));
});

function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply((value) => resolve(value)));
}
