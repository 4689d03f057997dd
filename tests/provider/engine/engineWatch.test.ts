import assert from "node:assert/strict";
import { once } from "node:events";
import { mock } from "node:test";
import {
  engineAddress,
  recordEngineAddress,
  watchListener,
  whileEngineLives,
} from "../../../provider/engine/engineWatch";
import { closed, Listener } from "./listener";

describe("The engine's address", () => {
  const argv = [...process.argv];
  afterEach(() => {
    process.argv = argv;
    recordEngineAddress("");
  });

  it("is what the engine has said of itself, else the last argument", () => {
    process.argv = [...argv, "127.0.0.1:1234"];
    assert.deepEqual(engineAddress(), { text: "127.0.0.1:1234", host: "127.0.0.1", port: 1234 });
    recordEngineAddress("[::1]:5678");
    assert.deepEqual(engineAddress(), { text: "[::1]:5678", host: "::1", port: 5678 });
  });

  it("is none in a process that no engine has started", () => {
    for (const last of ["", "update", "127.0.0.1", ":1234", "http://127.0.0.1:1234"]) {
      process.argv = [...argv, last];
      assert.equal(engineAddress(), undefined, last);
    }
  });
});

describe("The watch on the engine", () => {
  let engine: Listener;
  let unwatch: () => void;

  beforeEach(async () => {
    // It greets as gRPC does: what is not read would hide that the connection ends.
    engine = await Listener.start("settings");
    unwatch = () => {};
  });
  afterEach(() => {
    unwatch();
    engine.die();
  });

  it("reports that the engine has ended", async () => {
    const gone = new Promise<void>((resolve) => {
      unwatch = watchListener(engine.port, "127.0.0.1", resolve);
    });
    await engine.connected();
    engine.die();
    await gone;
  });

  it("tells when there was no engine to begin with", async () => {
    engine.die();
    await new Promise<void>((resolve) => {
      unwatch = watchListener(engine.port, "127.0.0.1", resolve);
    });
  });

  for (const how of ["closes", "resets"] as const) {
    it(`connects again, and tells nothing, when the engine only ${how} its connection`, async () => {
      let told = 0;
      unwatch = watchListener(engine.port, "127.0.0.1", () => {
        told += 1;
      });
      const connection = await engine.connected();
      if (how === "closes") {
        connection.end();
      } else {
        connection.resetAndDestroy();
      }
      const again = await engine.connected();
      assert.equal(told, 0);
      assert.deepEqual([...engine.connections], [again]);
    });
  }

  it("ends with the work, and leaves no connection", async () => {
    unwatch = watchListener(engine.port, "127.0.0.1", () =>
      assert.fail("it told of the end of a watch that had ended"),
    );
    const connection = await engine.connected();
    unwatch();
    await closed(connection);
    // It does not connect again either.
    await once(AbortSignal.timeout(700), "abort");
    assert.equal(engine.connections.size, 0);
  });

  it("ends with the work also while it is about to connect again", async () => {
    unwatch = watchListener(engine.port, "127.0.0.1", () =>
      assert.fail("it told of the end of a watch that had ended"),
    );
    const connection = await engine.connected();
    connection.end();
    await closed(connection);
    // The watch has seen that too once its own end is closed.
    await once(AbortSignal.timeout(50), "abort");
    unwatch();
    engine.die();
    await once(AbortSignal.timeout(700), "abort");
  });
});

describe("The work of a provider process", () => {
  let engine: Listener;
  let exit: ReturnType<typeof mock.fn>;

  beforeEach(async () => {
    engine = await Listener.start("settings");
    exit = mock.fn();
    mock.method(process, "exit", exit);
  });
  afterEach(() => {
    mock.restoreAll();
    recordEngineAddress("");
    engine.die();
  });

  it("shares one watch, which lasts as long as any of it", async () => {
    recordEngineAddress(engine.address);
    const ends: (() => void)[] = [];
    const work = () => new Promise<void>((resolve) => ends.push(resolve));
    const first = whileEngineLives(work);
    const connection = await engine.connected();
    const second = whileEngineLives(work);
    ends[0]?.();
    await first;
    await once(AbortSignal.timeout(50), "abort");
    assert.deepEqual([...engine.connections], [connection]);
    ends[1]?.();
    await Promise.all([second, closed(connection)]);
    assert.equal(exit.mock.callCount(), 0);
  });

  it("is watched again if it begins after the last one has ended", async () => {
    recordEngineAddress(engine.address);
    for (const round of [1, 2]) {
      let connection: unknown;
      assert.equal(
        await whileEngineLives(async () => {
          connection = await engine.connected();
          return round;
        }),
        round,
      );
      assert.ok(connection);
    }
  });

  it("ends the process if the engine dies meanwhile: nothing is left to take the result", async () => {
    recordEngineAddress(engine.address);
    await whileEngineLives(async () => {
      await engine.connected();
      engine.die();
      while (exit.mock.callCount() === 0) {
        await once(AbortSignal.timeout(20), "abort");
      }
    });
    assert.deepEqual(exit.mock.calls[0]?.arguments, [1]);
  });

  it("is done without an engine too, and fails as it fails", async () => {
    assert.equal(await whileEngineLives(async () => 7), 7);
    await assert.rejects(
      whileEngineLives(async () => {
        throw new Error("the work failed");
      }),
      /the work failed/,
    );
  });
});
