import assert from "node:assert/strict";
import { emulatorAccount, startEmulator } from "../../../emulator";
import { givenKeys } from "../../../provider/api/credentials";
import { ApiError, BadAnswer } from "../../../provider/api/errors";
import { connect } from "../../../provider/cwp/client";
import { ALL_REGIONS, type MachineQuery } from "../../../provider/cwp/describeMachines";
import { cleanEnvironment } from "../../environment";
import { refusal } from "../../refusal";
import { StandIn } from "../account/credentials/standIn";

const LONG_MS = 5_000;
const all: MachineQuery = { type: "CVM", region: ALL_REGIONS, offset: 0 };

describe("DescribeMachines", () => {
  cleanEnvironment();

  let cwp: StandIn;
  let response: object;
  before(async () => {
    cwp = await StandIn.start(() => ({ Response: response }));
  });
  after(() => cwp.stop());
  beforeEach(() => {
    cwp.asked.length = 0;
    response = { Machines: [], TotalCount: 0, RequestId: "the-id" };
  });

  const ask = (query: Partial<MachineQuery> = {}) =>
    connect({
      protocol: "http:",
      host: new URL(cwp.url).host,
      credentials: givenKeys(emulatorAccount),
    }).describeMachines({ ...all, ...query }, LONG_MS);

  it("asks for one page of a kind of machine in a region, or for the machine with an id", async () => {
    await ask();
    await ask({ type: "LH", region: "ap-shanghai", offset: 200, id: "lhins-1" });
    assert.deepEqual(
      cwp.asked.map(({ body, headers }) => [
        headers["x-tc-action"],
        headers["x-tc-version"],
        JSON.parse(body),
      ]),
      [
        [
          "DescribeMachines",
          "2018-02-28",
          { MachineType: "CVM", MachineRegion: "all-regions", Limit: 100, Offset: 0 },
        ],
        [
          "DescribeMachines",
          "2018-02-28",
          {
            MachineType: "LH",
            MachineRegion: "ap-shanghai",
            Limit: 100,
            Offset: 200,
            Filters: [{ Name: "InstanceIds", Values: ["lhins-1"] }],
          },
        ],
      ],
    );
  });

  it("reads each field of a machine, and the number of all", async () => {
    response = {
      TotalCount: 7,
      Machines: [
        {
          InstanceId: "ins-1",
          Quuid: "quuid-1",
          Uuid: "uuid-1",
          MachineName: "web",
          MachineIp: "10.0.0.1",
          MachineWanIp: "1.2.3.4",
          AgentStatus: "ONLINE",
          MachineStatus: "OFFLINE",
          ProtectType: "Flagship",
          MachineExtraInfo: { InstanceID: "ins-of-the-extra-info" },
        },
      ],
    };
    const { machines, total, account } = await ask();
    assert.deepEqual(machines, [
      {
        instanceId: "ins-1",
        quuid: "quuid-1",
        uuid: "uuid-1",
        name: "web",
        privateIp: "10.0.0.1",
        publicIp: "1.2.3.4",
        agentStatus: "ONLINE",
        machineStatus: "OFFLINE",
        protectType: "Flagship",
      },
    ]);
    assert.equal(total, 7);
    assert.match(account, /^[0-9a-f]{32}$/);
  });

  it("finds a machine's id in MachineExtraInfo if CWP gives it only there", async () => {
    response = {
      TotalCount: 2,
      Machines: [
        { MachineExtraInfo: { InstanceID: "ins-1" } },
        { InstanceId: "", MachineExtraInfo: { InstanceID: "ins-2" } },
        { InstanceId: null, MachineExtraInfo: null },
        { MachineExtraInfo: { InstanceID: 7 } },
      ],
    };
    const { machines } = await ask();
    assert.deepEqual(
      machines.map(({ instanceId }) => instanceId),
      ["ins-1", "ins-2", "", ""],
    );
  });

  it('shows "" for what CWP leaves out or writes otherwise, and passes over what is no machine', async () => {
    response = { TotalCount: 1, Machines: ["ins-1", null, { Quuid: 7 }] };
    const nothing = {
      instanceId: "",
      quuid: "",
      uuid: "",
      name: "",
      privateIp: "",
      publicIp: "",
      agentStatus: "",
      machineStatus: "",
      protectType: "",
    };
    assert.deepEqual((await ask()).machines, [nothing]);
  });

  it("takes a missing list beside a number for an empty one, and a list without a number as it is", async () => {
    response = { Machines: null, TotalCount: 0 };
    assert.deepEqual((await ask()).machines, []);
    response = { TotalCount: 0 };
    assert.deepEqual((await ask()).machines, []);
    response = { Machines: [{ InstanceId: "ins-1" }], TotalCount: "1" };
    const { machines, total } = await ask();
    assert.equal(machines.length, 1);
    assert.equal(total, undefined);
  });

  for (const [title, answer] of [
    ["a text", { Machines: "none", TotalCount: 0, RequestId: "the-id" }],
    ["nothing, and there is no number", { RequestId: "the-id" }],
    ["null, and there is no number", { Machines: null, RequestId: "the-id" }],
  ] as const) {
    it(`calls an answer bad whose list is ${title}`, async () => {
      response = answer;
      const error = await refusal(ask());
      assert.ok(error instanceof BadAnswer);
      assert.match(error.message, /Machines is not a list/);
      assert.equal(error.requestId, "the-id");
    });
  }

  it("passes over a RequestId that is no text", async () => {
    response = { Machines: 1, RequestId: 7 };
    assert.equal(Reflect.get(await refusal(ask()), "requestId"), "");
  });

  it("says that the argument hosts needs it if it is denied, and nothing of that otherwise", async () => {
    const emulator = await startEmulator();
    try {
      const { host } = new URL(emulator.url);
      const client = connect({ protocol: "http:", host, credentials: givenKeys(emulatorAccount) });
      for (const [code, isDenied] of [
        ["AuthFailure.UnauthorizedOperation", true],
        ["UnauthorizedOperation", true],
        ["UnauthorizedOperation.CamNoAuth", true],
        ["AuthFailure.SecretIdNotFound", false],
        ["InvalidParameter", false],
      ] as const) {
        emulator.inject({ error: code }, { times: 1 });
        const error = await refusal(client.describeMachines(all, LONG_MS));
        const says = / The argument hosts needs it; without hosts, cwp:SyncMachines is enough\.$/;
        assert.equal(says.test(error.message), isDenied, error.message);
        assert.equal(Reflect.get(error, "code"), code);
        assert.ok(isDenied ? error.message.includes("cwp:DescribeMachines") : error instanceof ApiError);
      }
    } finally {
      await emulator.stop();
    }
  });
});
