import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { watchListener, whileEngineLives } from "../../../provider/engine/engineWatch";

describe("The watch on the engine", () => {
  let engine: Server;
  let port: number;
  let connections: Socket[];
  let unwatch = () => {};

  beforeEach(async () => {
    connections = [];
    engine = createServer((socket) => connections.push(socket));
    engine.listen(0, "127.0.0.1");
    await once(engine, "listening");
    const address = engine.address();
    assert.ok(typeof address === "object" && address !== null);
    port = address.port;
  });

  afterEach(() => {
    unwatch();
    engine.close();
    for (const connection of connections) {
      connection.destroy();
    }
  });

  const connected = (count: number) =>
    connections.length >= count ? Promise.resolve([]) : once(engine, "connection");

  it("tells when the engine has died", async () => {
    const gone = new Promise<void>((resolve) => {
      unwatch = watchListener(port, "127.0.0.1", resolve);
    });
    await connected(1);
    engine.close();
    connections[0]?.destroy();
    await gone;
  });

  it("tells when there was no engine to begin with", async () => {
    engine.close();
    await once(engine, "close");
    await new Promise<void>((resolve) => {
      unwatch = watchListener(port, "127.0.0.1", resolve);
    });
  });

  it("connects again, and tells nothing, when the engine only closes a connection that says nothing", async () => {
    let hasEnded = false;
    unwatch = watchListener(port, "127.0.0.1", () => {
      hasEnded = true;
    });
    await connected(1);
    connections[0]?.destroy();
    await connected(2);
    assert.equal(hasEnded, false);
  });

  it("ends with the work, and leaves no connection", async () => {
    unwatch = watchListener(port, "127.0.0.1", () =>
      assert.fail("it told of the end of a watch that had ended"),
    );
    await connected(1);
    const [connection] = connections;
    assert.ok(connection);
    unwatch();
    connection.resume();
    await once(connection, "close");
    engine.close();
  });

  it("stands in no work's way where there is no engine", async () => {
    assert.equal(await whileEngineLives(async () => 7), 7);
    await assert.rejects(
      whileEngineLives(async () => {
        throw new Error("the work failed");
      }),
      /the work failed/,
    );
  });
});
