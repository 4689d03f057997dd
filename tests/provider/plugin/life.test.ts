import type { Inputs } from "../../../provider/machineSync/inputs";
import type { Outputs } from "../../../provider/machineSync/outputs";
import { inHurriedTime } from "../../hurriedTime";
import { ownHome } from "../account/credentials/home";
import { type EntryPoint, testLife } from "../life";
import { type Plugin, PluginHere, partialFailure, secret } from "./plugin";

const limited = (timeout: number | undefined) => (timeout === undefined ? {} : { timeout });

function entryPoint(plugin: Plugin): EntryPoint {
  return {
    configure: (endpoint, { secretId, secretKey }) =>
      plugin.configure({ endpoint, secretId, secretKey: secret(secretKey) }),
    check: async (news) => (await plugin.check(news)).reasons,
    diff: (olds: Outputs, news: Inputs) => plugin.diff({ ...olds }, { ...news }),
    create: async (inputs, seconds) => {
      const { id, properties } = await plugin.create({ ...inputs }, limited(seconds));
      return { id, outputs: properties };
    },
    update: (olds, news, seconds) => plugin.update({ ...olds }, { ...news }, limited(seconds)),
    read: async (outputs) => (await plugin.read("id-1", { ...outputs })).properties,
    kept: (error) => {
      const failure = partialFailure(error);
      return failure && { reasons: failure.reasons, outputs: failure.properties };
    },
  };
}

describe("The life of a MachineSync by the plugin, over gRPC", () => {
  ownHome();
  inHurriedTime();
  let plugin: PluginHere;

  before(async () => {
    plugin = await PluginHere.start();
    await plugin.handshake();
  });
  after(() => plugin.stop());
  testLife(() => entryPoint(plugin));
});
