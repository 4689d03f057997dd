import assert from "node:assert/strict";
import { Socket } from "node:net";
import { startEmulator } from "../../../emulator";
import type { Connection } from "../../../provider/api/connection";
import { givenKeys } from "../../../provider/api/credentials";
import { connect } from "../../../provider/cwp/client";
import { cleanEnvironment } from "../../environment";
import { standIns, startConnectProxy, startSocksProxy, startTls } from "./standIns";

const LONG_MS = 5_000;
const credentials = givenKeys({ secretId: "AKIDtest", secretKey: "the-secret-key-of-the-test" });
const cwp: Connection = { protocol: "https:", host: "cwp.tencentcloudapi.com", credentials };

describe("An attempt to connect", () => {
  cleanEnvironment();
  const started = standIns();

  /** The options of each socket: the port, and the time limit of an attempt at one of several addresses. */
  let sockets: { port: number; attemptMs: unknown }[];
  const { connect: original } = Socket.prototype;
  beforeEach(() => {
    sockets = [];
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
      // Node.js itself passes a list, whose first item is the options.
      const [options] = [given[0]].flat();
      const { port, autoSelectFamilyAttemptTimeout } = Object(options);
      sockets.push({ port: Number(port), attemptMs: autoSelectFamilyAttemptTimeout });
      return Reflect.apply(original, this, given);
    };
  });
  afterEach(() => {
    Socket.prototype.connect = original;
  });

  const attemptsAt = (at: number) =>
    sockets.filter(({ port }) => port === at).map(({ attemptMs }) => attemptMs);
  const api = () =>
    started(startTls((_request, response) => response.end('{"Response":{"State":"NOTASK"}}')));

  it("has three seconds, at an endpoint with TLS", async () => {
    const { port } = await api();
    await connect({ ...cwp, host: `127.0.0.1:${port}` }).syncMachines(false, LONG_MS);
    assert.deepEqual(attemptsAt(port), [3_000]);
  });

  it("has three seconds, at an endpoint without TLS", async () => {
    const emulator = await startEmulator();
    try {
      const { host, port } = new URL(emulator.url);
      await connect({ protocol: "http:", host, credentials })
        .syncMachines(false, LONG_MS)
        .catch(() => {}); // It does not know these keys.
      assert.deepEqual(attemptsAt(Number(port)), [3_000]);
    } finally {
      await emulator.stop();
    }
  });

  for (const scheme of ["http", "https", "socks5", "socks4a"]) {
    it(`has three seconds, at a proxy with ${scheme}://`, async () => {
      const { port: apiPort } = await api();
      const { port } = await started(
        scheme.startsWith("socks")
          ? startSocksProxy(apiPort, [])
          : startConnectProxy(apiPort, [], { tls: scheme === "https" }),
      );
      process.env.HTTPS_PROXY = `${scheme}://127.0.0.1:${port}`;
      await connect(cwp).syncMachines(false, LONG_MS);
      assert.deepEqual(attemptsAt(port), [3_000]);
    });
  }
});
