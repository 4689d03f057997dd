import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { PluginProcess } from "./pluginProcess";

/** What an engine is to the plugin's life: somebody who listens at its address. */
class Engine {
  private readonly connections = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  static async start(): Promise<Engine> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const engine = new Engine(server, `127.0.0.1:${address.port}`);
    server.on("connection", (socket) => {
      engine.connections.add(socket);
      socket.on("error", () => {}).on("close", () => engine.connections.delete(socket));
    });
    return engine;
  }

  /** Closes all that is open, as the engine's gRPC server does after a time of silence. */
  hangUp(): void {
    for (const socket of this.connections) {
      socket.destroy();
    }
  }

  async connected(): Promise<void> {
    while (this.connections.size === 0) {
      await once(this.server, "connection");
    }
  }

  /** Dies as by a kill. */
  die(): void {
    this.server.close();
    this.hangUp();
  }
}

describe("The plugin's process", function () {
  this.timeout(20_000);

  let engine: Engine;
  let plugin: PluginProcess;

  beforeEach(async () => {
    engine = await Engine.start();
  });
  afterEach(async () => {
    engine.die();
    await plugin.stop();
  });

  /** How long the process lives on, in seconds. */
  async function livesOn(): Promise<number> {
    const start = performance.now();
    if (plugin.child.exitCode === null) {
      await once(plugin.child, "exit");
    }
    return (performance.now() - start) / 1000;
  }

  it("ends with the engine that is its last argument, though nothing was ever asked of it", async () => {
    plugin = await PluginProcess.start(["--logtostderr", engine.address]);
    await engine.connected();
    engine.die();
    assert.ok((await livesOn()) < 3);
  });

  it("ends with the engine that a handshake names", async () => {
    plugin = await PluginProcess.start();
    await plugin.handshake(engine.address);
    await engine.connected();
    engine.die();
    assert.ok((await livesOn()) < 3);
  });

  it("ends where the engine was gone before it had begun", async () => {
    engine.die();
    plugin = await PluginProcess.start([engine.address]);
    assert.ok((await livesOn()) < 3);
  });

  it("lives on, and connects again, when the engine only closes a connection that says nothing", async () => {
    plugin = await PluginProcess.start([engine.address]);
    await engine.connected();
    engine.hangUp();
    await engine.connected();
    assert.equal((await plugin.handshake(engine.address)).getAcceptSecrets(), true);
  });

  it("lives on after an engine that was attached to it, for the next", async () => {
    plugin = await PluginProcess.start();
    await plugin.handshake(engine.address);
    await plugin.attach(engine.address);
    engine.die();
    const next = await Engine.start();
    await plugin.attach(next.address);
    next.die();
    assert.equal((await plugin.handshake()).getAcceptSecrets(), true);
    assert.equal(plugin.child.exitCode, null);
  });
});
