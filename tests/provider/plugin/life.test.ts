import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Inputs } from "../../../provider/machineSync/inputs";
import type { Outputs } from "../../../provider/machineSync/outputs";
import { NOWHERE } from "../account/credentials/home";
import { type EntryPoint, testLife } from "../life";
import { PluginProcess, partialFailure, secret } from "./pluginProcess";

const limited = (timeout: number | undefined) => (timeout === undefined ? {} : { timeout });

function entryPoint(plugin: PluginProcess): EntryPoint {
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

describe("The life of a MachineSync by the plugin, over gRPC", function () {
  this.timeout(20_000);
  let home: string;
  let plugin: PluginProcess;

  // One process serves all tests: each configures it for an endpoint of its own.
  before(async () => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "cwp-home-"));
    const { PATH } = process.env;
    const env = { PATH, HOME: home, USERPROFILE: home, TENCENTCLOUD_METADATA_URL: NOWHERE };
    plugin = await PluginProcess.start([], env);
    await plugin.handshake();
  });
  after(async () => {
    await plugin.stop();
    fs.rmSync(home, { recursive: true });
  });
  testLife(() => entryPoint(plugin));
});
