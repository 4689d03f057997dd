import assert from "node:assert/strict";
import fc from "fast-check";
import { BadAnswer, UnknownState } from "../../../provider/api/errors";
import {
  durationSeconds,
  isIdle,
  outputState,
  parseStatus,
  type SyncStatus,
} from "../../../provider/cwp/status";
import { refusal } from "../../refusal";

const documented = {
  LatestStartTime: "2020-11-11 12:01:00",
  LatestEndTime: "2020-11-11 12:02:00",
  State: "NOTASK",
  RequestId: "49082d4a-71b4-4e32-9ca1-b33872a4a63c",
};

const status = (given: Partial<SyncStatus>): SyncStatus => ({
  state: "FINISHED",
  latestStartTime: "2020-11-11 12:01:00",
  latestEndTime: "2020-11-11 12:02:00",
  requestId: "",
  ...given,
});

describe("An answer of SyncMachines", () => {
  it("is read as documented", () => {
    assert.deepEqual(parseStatus(documented), {
      state: "NOTASK",
      latestStartTime: "2020-11-11 12:01:00",
      latestEndTime: "2020-11-11 12:02:00",
      requestId: "49082d4a-71b4-4e32-9ca1-b33872a4a63c",
    });
  });

  it("may have any of the three states", () => {
    for (const State of ["NOTASK", "SYNCING", "FINISHED"]) {
      assert.equal(parseStatus({ ...documented, State }).state, State);
    }
  });

  it("may leave out its times, or give null", () => {
    for (const time of [undefined, null, ""]) {
      const read = parseStatus({ State: "NOTASK", LatestStartTime: time, LatestEndTime: time });
      assert.deepEqual(read, { state: "NOTASK", latestStartTime: "", latestEndTime: "", requestId: "" });
    }
  });

  for (const never of [
    "0000-00-00 00:00:00",
    "0001-01-01 00:00:00",
    "-0001-11-30 00:00:00",
    "1970-01-01 00:00:00",
    "1970-01-01 08:00:00",
    "1969-12-31 16:00:00",
  ]) {
    it(`may write ${never} for an absent time`, () => {
      const read = parseStatus({ State: "NOTASK", LatestStartTime: never, LatestEndTime: never });
      assert.deepEqual(read, { state: "NOTASK", latestStartTime: "", latestEndTime: "", requestId: "" });
    });
  }

  it("may say more than is documented", () => {
    assert.equal(parseStatus({ ...documented, Progress: 7 }).state, "NOTASK");
  });

  const misshapen: readonly [response: unknown, says: RegExp][] = [
    [{ ...documented, State: undefined }, /State is missing/],
    [{ ...documented, State: null }, /State is missing/],
    [{ ...documented, State: "" }, /State is missing/],
    [{ ...documented, State: 1 }, /State is not a string/],
    [{ ...documented, LatestStartTime: 1605067260 }, /LatestStartTime is not a string/],
    [{ ...documented, LatestEndTime: {} }, /LatestEndTime is not a string/],
    [{ ...documented, RequestId: 7 }, /RequestId is not a string/],
    [{}, /State is missing/],
    [null, /State is missing/],
    ["FINISHED", /State is missing/],
    [[documented], /State is missing/],
    [undefined, /State is missing/],
  ];
  for (const [response, says] of misshapen) {
    it(`is refused in another shape: ${JSON.stringify(response)}`, async () => {
      const error = await refusal(() => parseStatus(response));
      assert.ok(error instanceof BadAnswer);
      assert.equal(error.code, "BadAnswer");
      assert.equal(error.retry, "yes");
      assert.match(error.message, says);
      assert.match(error.message, /check tencentcloud-cwp:endpoint and the proxy settings/);
    });
  }

  it("keeps its RequestId in the error when the rest is misshapen", async () => {
    const error = await refusal(() => parseStatus({ RequestId: documented.RequestId }));
    assert.ok(error instanceof BadAnswer);
    assert.equal(error.requestId, documented.RequestId);
  });

  it("with an unknown state is a final error, which names the state and the request", async () => {
    for (const State of ["PAUSED", "finished", "SYNCING "]) {
      const error = await refusal(() => parseStatus({ ...documented, State }));
      assert.ok(error instanceof UnknownState);
      assert.equal(error.retry, "never");
      assert.equal(error.requestId, documented.RequestId);
      assert.ok(error.message.includes(`"${State}"`) && error.message.includes(documented.RequestId));
      assert.match(error.message, /A newer version of pulumi-tencentcloud-cwp/);
    }
  });
});

describe("A status", () => {
  it("is idle unless a sync is in progress", () => {
    assert.ok(isIdle(status({ state: "NOTASK" })) && isIdle(status({ state: "FINISHED" })));
    assert.ok(!isIdle(status({ state: "SYNCING" })));
  });

  const shown: readonly [state: SyncStatus["state"], end: string, output: SyncStatus["state"]][] = [
    ["NOTASK", "", "NOTASK"],
    ["NOTASK", "2020-11-11 12:02:00", "FINISHED"],
    ["SYNCING", "", "SYNCING"],
    ["SYNCING", "2020-11-11 12:02:00", "SYNCING"],
    ["FINISHED", "", "FINISHED"],
    ["FINISHED", "2020-11-11 12:02:00", "FINISHED"],
  ];
  for (const [state, latestEndTime, output] of shown) {
    it(`${state} ${latestEndTime ? "beside an end" : "with no end"} shows as ${output}`, () =>
      assert.equal(outputState(status({ state, latestEndTime })), output));
  }

  const durations: readonly [start: string, end: string, seconds: number | undefined][] = [
    ["2020-11-11 12:01:00", "2020-11-11 12:02:00", 60],
    ["2020-11-11 23:59:58", "2020-11-12 00:00:03", 5],
    ["2020-02-28 23:59:59", "2020-03-01 00:00:00", 86_401],
    ["2020-11-11 12:01:00", "2020-11-11 12:01:00", 0],
    ["2020-11-11 12:02:00", "2020-11-11 12:01:00", undefined],
    ["", "2020-11-11 12:02:00", undefined],
    ["2020-11-11 12:01:00", "", undefined],
    ["", "", undefined],
    ["yesterday", "2020-11-11 12:02:00", undefined],
    ["0000-00-00 00:00:00", "2020-11-11 12:02:00", undefined],
  ];
  for (const [latestStartTime, latestEndTime, seconds] of durations) {
    it(`from "${latestStartTime}" to "${latestEndTime}" lasted ${seconds ?? "an unknown number of"} seconds`, () => {
      assert.equal(durationSeconds(status({ latestStartTime, latestEndTime })), seconds);
      assert.equal(durationSeconds(status({ state: "NOTASK", latestStartTime, latestEndTime })), seconds);
      assert.equal(durationSeconds(status({ state: "SYNCING", latestStartTime, latestEndTime })), undefined);
    });
  }

  it("lasted as long whatever the zone of this machine, even while it changes its clocks", () => {
    const zone = process.env.TZ;
    process.env.TZ = "Europe/Berlin";
    try {
      const times = { latestStartTime: "2020-03-29 01:59:00", latestEndTime: "2020-03-29 03:01:00" };
      assert.equal(durationSeconds(status(times)), 3720);
    } finally {
      if (zone === undefined) {
        delete process.env.TZ;
      } else {
        process.env.TZ = zone;
      }
    }
  });

  it("gives a duration of whole seconds that is never negative", () => {
    const second = fc.date({
      min: new Date("2000-01-01T00:00:00Z"),
      max: new Date("2099-01-01T00:00:00Z"),
      noInvalidDate: true,
    });
    const written = (time: Date) => time.toISOString().slice(0, 19).replace("T", " ");
    fc.assert(
      fc.property(second, second, (start, end) => {
        const seconds = durationSeconds(
          status({ latestStartTime: written(start), latestEndTime: written(end) }),
        );
        const apart = Math.floor(end.getTime() / 1000) - Math.floor(start.getTime() / 1000);
        assert.equal(seconds, apart < 0 ? undefined : apart);
      }),
    );
  });
});
