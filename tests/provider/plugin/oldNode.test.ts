import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import type { Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { mock } from "node:test";
import { isTooOld, nodeNeeded, refuseCalls } from "../../../provider/plugin/oldNode";
import { packageVersion } from "../../../provider/plugin/schema";
import { Plugin } from "./plugin";

/** Its answers to Pulumi are tested with real versions, in tests/languages. */
describe("A Node.js that is too old for the plugin", () => {
  it("is excluded by package.json", () => {
    const manifest = fs.readFileSync(path.resolve(__dirname, "../../../package.json"), "utf8");
    const [, oldest = ""] = /^>=(\d+)$/.exec(JSON.parse(manifest).engines.node) ?? [];
    assert.deepEqual([`v${oldest}.0.0`, `v${Number(oldest) - 1}.99.9`, "v6.0.0", "v100.0.0"].map(isTooOld), [
      false,
      true,
      true,
      false,
    ]);
    assert.match(nodeNeeded("there is none"), new RegExp(`^Node\\.js ${oldest} or later `));
  });
});

describe("The plugin on a Node.js that is too old", () => {
  let server: Http2Server;
  let plugin: Plugin;
  let printed: unknown[];
  let exit: ReturnType<typeof mock.fn>;

  beforeEach(async () => {
    printed = [];
    exit = mock.fn();
    mock.method(process, "exit", exit);
    mock.method(console, "log", (text: unknown) => printed.push(text));
    server = refuseCalls("v12.22.0");
    await once(server, "listening");
    mock.method(console, "log", console.log);
    plugin = new Plugin((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    plugin.close();
    server.close();
    // The end of a connection would end this process.
    await ended();
    mock.restoreAll();
  });

  async function ended(): Promise<void> {
    while (exit.mock.callCount() === 0) {
      await once(AbortSignal.timeout(20), "abort");
    }
  }

  const refused = (call: Promise<unknown>) =>
    call.then(
      () => assert.fail("the call did not fail"),
      // As the engine, which is in Go, reads it.
      ({ code, details }) => [code, decodeURIComponent(details)],
    );

  it("prints its port, and tells its version", async () => {
    assert.deepEqual(printed, [String(plugin.port)]);
    assert.equal(await plugin.version(), packageVersion());
  });

  it("knows neither handshake nor Cancel, which an engine takes for an older plugin's", async () => {
    assert.deepEqual(await refused(plugin.handshake()), [12, ""]);
    assert.deepEqual(await refused(plugin.cancel()), [12, ""]);
  });

  it("says to all else which Node.js it needs, and which there is", async () => {
    const says = [9, nodeNeeded("there is only v12.22.0")];
    for (const call of [plugin.configure({}), plugin.schema(), plugin.checkConfig({}), plugin.create({})]) {
      assert.deepEqual(await refused(call), says);
    }
  });

  it("ends with the engine's connection", async () => {
    await plugin.version();
    assert.equal(exit.mock.callCount(), 0);
    plugin.close();
    await ended();
    assert.deepEqual(exit.mock.calls[0]?.arguments, [1]);
  });
});
