import assert from "node:assert/strict";
import { once } from "node:events";
import { mock } from "node:test";
import { recordEngineAddress } from "../../../provider/engine/engineWatch";
import { attachTo, liveWithEngine } from "../../../provider/plugin/life";
import { closed, Listener } from "../engine/listener";
import { PluginProcess } from "./pluginProcess";

/** The functions are called in this process: if they would end it, they call `exit`. */
describe("The life of the plugin's process", () => {
  let engine: Listener;
  let exit: ReturnType<typeof mock.fn>;

  beforeEach(async () => {
    engine = await Listener.start("settings");
    exit = mock.fn();
    mock.method(process, "exit", exit);
  });
  afterEach(() => {
    attachTo(""); // Ends the watch.
    recordEngineAddress("");
    mock.restoreAll();
    engine.die();
  });

  async function ended(): Promise<void> {
    while (exit.mock.callCount() === 0) {
      await once(AbortSignal.timeout(20), "abort");
    }
    assert.deepEqual(exit.mock.calls[0]?.arguments, [1]);
  }

  /** Longer than a watch takes to see that an engine is gone. */
  const longEnough = () => once(AbortSignal.timeout(700), "abort");

  it("ends with the engine that a handshake names, though nothing was ever asked of it", async () => {
    liveWithEngine(engine.address);
    await engine.connected();
    engine.die();
    await ended();
  });

  it("watches an engine once, however often it is named", async () => {
    liveWithEngine(engine.address);
    const connection = await engine.connected();
    liveWithEngine(engine.address);
    await once(AbortSignal.timeout(50), "abort");
    assert.deepEqual([...engine.connections], [connection]);
  });

  it("follows the engine that is named last, and no longer the one before", async () => {
    liveWithEngine(engine.address);
    const connection = await engine.connected();
    const next = await Listener.start("settings");
    try {
      liveWithEngine(next.address);
      await Promise.all([next.connected(), closed(connection)]);
      engine.die();
      await longEnough();
      assert.equal(exit.mock.callCount(), 0);
      next.die();
      await ended();
    } finally {
      next.die();
    }
  });

  it("continues after an engine that was attached, for the next engine", async () => {
    liveWithEngine(engine.address);
    const connection = await engine.connected();
    attachTo(engine.address);
    await closed(connection);
    // Each engine makes a handshake too.
    liveWithEngine(engine.address);
    engine.die();
    const next = await Listener.start("settings");
    attachTo(next.address);
    liveWithEngine(next.address);
    next.die();
    await longEnough();
    assert.equal(exit.mock.callCount(), 0);
  });
});

describe("The plugin's process", () => {
  it("prints its port and nothing else, takes messages of more than 4 MB, and ends with its engine", async () => {
    const engine = await Listener.start("settings");
    const [plugin] = await Promise.all([
      PluginProcess.start(["--logtostderr", engine.address]),
      engine.connected(),
    ]);
    try {
      await plugin.delete({ triggers: ["x".repeat(5_000_000)] });
      engine.die();
      await once(plugin.child, "close");
      assert.equal(plugin.child.exitCode, 1);
      assert.equal(plugin.printed, "", "the engine would show it as the stack's");
    } finally {
      engine.die();
      await plugin.stop();
    }
  });
});
