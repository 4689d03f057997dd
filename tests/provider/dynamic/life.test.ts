import { check, configure, create, diff, read, update } from "../../../provider/dynamic/provider";
import { inHurriedTime } from "../../hurriedTime";
import { ownHome } from "../account/credentials/home";
import { type EntryPoint, testLife } from "../life";

const limited = (seconds: number | undefined) =>
  seconds === undefined ? {} : { timeouts: { create: `${seconds}s`, update: `${seconds}s` } };

const point: EntryPoint = {
  configure: async (endpoint, { secretId, secretKey }) =>
    configure({
      config: new Map([
        ["tencentcloud:secretId", secretId],
        ["tencentcloud:secretKey", secretKey],
        ["tencentcloud-cwp:endpoint", endpoint],
      ]),
    }),
  check: async (news) => check(undefined, news).failures.map(({ reason }) => reason),
  diff: async (olds, news) => diff("id", olds, news),
  create: async (inputs, seconds) => {
    const { id, outs } = await create({ ...inputs, ...limited(seconds) });
    return { id, outputs: outs };
  },
  update: async (olds, news, seconds) => (await update("id", olds, { ...news, ...limited(seconds) })).outs,
  read: async (outputs) => (await read("id", outputs)).props,
  kept: (error) => {
    const { reasons, properties } = Object(error);
    return properties && { reasons, outputs: properties };
  },
};

describe("The life of a MachineSync by the dynamic resource, without the engine", () => {
  ownHome();
  inHurriedTime();
  testLife(() => point);
});
