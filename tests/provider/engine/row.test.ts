import assert from "node:assert/strict";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { recordEngineAddress } from "../../../provider/engine/engineWatch";
import { EngineLog } from "../../../provider/engine/row";
import { cleanEnvironment } from "../../environment";
import { LogEngine } from "./logEngine";

describe("A resource's log", () => {
  cleanEnvironment();

  let engine: LogEngine;

  beforeEach(async () => {
    engine = await LogEngine.start();
    recordEngineAddress(engine.address);
  });
  afterEach(() => {
    recordEngineAddress("");
    engine.stop();
  });

  /** Sends three messages. Resolves with the milliseconds until all are delivered. */
  async function send(): Promise<number> {
    const start = performance.now();
    const log = new EngineLog("urn:of:the::resource");
    log.status("starting");
    log.warning("It lasts.");
    log.info("Machines synced.");
    await log.flush();
    return performance.now() - start;
  }
  const all = ["starting", "It lasts.", "Machines synced."];

  it("hands its messages to the engine in their order, a status as one that leaves no trace", async () => {
    const log = new EngineLog("urn:of:the::resource");
    log.status("starting");
    log.debug("CWP poll");
    log.warning("It lasts.");
    log.info("Machines synced.");
    await log.flush();
    const { DEBUG, INFO, WARNING } = LogSeverity;
    assert.deepEqual(
      engine.taken.map((one) => [one.getUrn(), one.getSeverity(), one.getMessage(), one.getEphemeral()]),
      [
        ["urn:of:the::resource", INFO, "starting", true],
        ["urn:of:the::resource", DEBUG, "CWP poll", false],
        ["urn:of:the::resource", WARNING, "It lasts.", false],
        ["urn:of:the::resource", INFO, "Machines synced.", false],
      ],
    );
  });

  it("hands its messages to the engine past every proxy", async () => {
    for (const variable of ["https_proxy", "http_proxy", "grpc_proxy"]) {
      process.env[variable] = "http://127.0.0.1:1";
    }
    process.env.no_proxy = "example.com, 127.0.0.1";
    await send();
    assert.deepEqual(engine.messages, all);
  });

  it("hands its messages to the engine that is there now", async () => {
    await send();
    engine.stop();
    engine = await LogEngine.start();
    recordEngineAddress(engine.address);
    await send();
    assert.deepEqual(engine.messages, all);
  });

  it("connects before it has a message, once for all resources", async () => {
    const connected = engine.connected();
    new EngineLog("urn:of:the::resource");
    await connected;
    await send();
    await send();
    assert.equal(engine.connections, 1);
  });

  it("delays no call for an engine that does not answer, and asks it no more", async () => {
    engine.answers = false;
    const ms = await send();
    assert.ok(ms < 5_000, `it took ${ms} ms`);
    assert.equal(engine.taken.length, 1);
  });

  it("is silent if no engine listens, and if there is no engine at all", async () => {
    engine.stop();
    assert.ok((await send()) < 3_000);
    recordEngineAddress("");
    assert.ok((await send()) < 1_000);
  });
});
