import assert from "node:assert/strict";
import * as path from "node:path";
import { guides } from "../docs/documents";
import { fences } from "../docs/markdown";
import { history } from "../history";
import { run } from "../installed/commands";
import { packBuilt } from "../installed/pack";
import { Example, smallestProgram } from "./example";
import { addSdk, missingGenerator, sdkPath } from "./sdks";

describe("In TypeScript, by the plugin, the programs", function () {
  this.timeout(600_000);

  let example: Example;

  before(async function () {
    const missing = await missingGenerator();
    if (missing !== undefined) {
      console.log(`      TypeScript is left out: ${missing}.`);
      return this.skip();
    }
    example = new Example("typescript-plugin");
    const npm = (...args: string[]) => run("npm", args, example.folder);
    const install = ["install", "--no-audit", "--no-fund", "--loglevel=error"];
    await npm(...install, `./${path.basename(await packBuilt(example.folder))}`);
    await addSdk(example.folder, "nodejs");
    // As Pulumi's host for Node.js does then: the first two are Link, the last is InstallDependencies.
    await npm("pkg", "set", `dependencies[@pulumi/tencentcloud-cwp]=file:${sdkPath}`);
    await npm("pkg", "set", "--json", `allowScripts=${JSON.stringify({ [`file:${sdkPath}`]: true })}`);
    await npm(...install);
  });
  after(() => example?.remove());

  it("compile", async () => {
    example.write("smallest.ts", smallestProgram("ts"));
    const tsconfig = JSON.parse(example.read("tsconfig.json"));
    example.write("all.json", JSON.stringify({ ...tsconfig, files: ["index.ts", "smallest.ts"] }));
    const compiler = path.join(example.folder, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [compiler, "-p", "all.json", "--noEmit"], example.folder);
  });

  it("run, with two accounts", async () => {
    const accounts = JSON.parse(example.read("emulator.json")).accounts;
    const [account, other] = accounts;
    const { stack, emulator } = await example.start(
      { syncSeconds: 0, accounts, faults: history() },
      {
        config: {
          "typescript-plugin:prodSecretId": other.secretId,
          "typescript-plugin:prodSecretKey": { value: other.secretKey, secret: true },
        },
      },
    );
    emulator.addHost({ id: "ins-web" });
    emulator.addHost({ id: "ins-db" });
    const { outputs } = await stack.up();
    assert.deepEqual(Object.keys(outputs).sort(), ["LatestEndTime", "LatestEndTimeOfProd", "quuids"]);
    const syncs = emulator.requests.filter(({ sync }) => sync).map(({ secretId }) => secretId);
    assert.deepEqual(syncs.sort(), [account.secretId, other.secretId]);
    const state = JSON.stringify(stack.exportState());
    assert.ok(!accounts.some(({ secretKey }: typeof account) => state.includes(`"${secretKey}"`)));
  });

  it("run with the keys of other variables, which `envVarMappings` names", async () => {
    const page = guides().find((one) => one.path === "docs/languages.md") ?? assert.fail();
    const snippet = fences(page).find(
      ({ language, code }) => language === "ts" && code.includes("envVarMappings"),
    );
    example.write("index.ts", snippet?.code ?? "");
    const accounts = JSON.parse(example.read("emulator.json")).accounts;
    const [, other] = accounts;
    const { stack, emulator } = await example.start({ syncSeconds: 0, accounts, faults: history() }, {});
    for (const id of ["ins-web", "ins-db"]) {
      emulator.addHost({ id }, other.secretId);
    }
    Object.assign(stack.envVars, {
      TENCENTCLOUD_CWP_ENDPOINT: emulator.url,
      PROD_SECRET_ID: other.secretId,
      PROD_SECRET_KEY: other.secretKey,
    });
    await stack.up();
    assert.deepEqual([...new Set(emulator.requests.map(({ secretId }) => secretId))], [other.secretId]);
  });
});
