import assert from "node:assert/strict";
import dns from "node:dns";
import type { Connection } from "../../../provider/api/connection";
import { givenKeys } from "../../../provider/api/credentials";
import { CwpError } from "../../../provider/api/errors";
import { connect } from "../../../provider/cwp/client";
import { cleanEnvironment } from "../../environment";
import { refusal } from "../../refusal";
import {
  type Asked,
  type StandIn,
  standIns,
  startConnectProxy,
  startSilent,
  startSocksProxy,
  startTls,
  untilClosed,
} from "./standIns";

const keys = { secretId: "AKIDtest", secretKey: "the-secret-key-of-the-test" };

const cwp: Connection = {
  protocol: "https:",
  host: "cwp.tencentcloudapi.com",
  credentials: givenKeys(keys),
};

/** The time limits of a request without obstacles, and of a request that never gets an answer. */
const LONG_MS = 5_000;
const SHORT_MS = 200;

async function failure(request: Promise<unknown>): Promise<CwpError> {
  const error = await refusal(request, keys.secretKey, "opensesame");
  assert.ok(error instanceof CwpError, `${error} is not of the package`);
  return error;
}

describe("A request through a proxy", () => {
  cleanEnvironment();
  const started = standIns();

  let asked: Asked[];
  let names: unknown[];
  let api: StandIn;

  beforeEach(async () => {
    asked = [];
    names = [];
    // The stand-ins' certificate is self-signed.
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    api = await started(
      startTls(
        (_request, response) => response.end('{"Response":{"State":"NOTASK"}}'),
        (name) => names.push(name),
      ),
    );
  });

  const ask = (connection = cwp) => connect(connection).syncMachines(false, LONG_MS);

  const proxies: readonly [scheme: string, target: string, login: string | undefined][] = [
    ["http", "cwp.tencentcloudapi.com:443", "some body:open#sesame"],
    ["https", "cwp.tencentcloudapi.com:443", "some body:open#sesame"],
    ["socks5", "5 cwp.tencentcloudapi.com:443", "some body:open#sesame"],
    ["socks5h", "5 cwp.tencentcloudapi.com:443", "some body:open#sesame"],
    ["socks", "5 cwp.tencentcloudapi.com:443", "some body:open#sesame"],
    // Version 4 has no passwords.
    ["socks4a", "4 cwp.tencentcloudapi.com:443", "some body"],
  ];
  for (const [scheme, target, login] of proxies) {
    it(`passes through ${scheme}://, logs in there, and speaks TLS with the endpoint`, async () => {
      const proxy = await started(
        scheme.startsWith("socks")
          ? startSocksProxy(api.port, asked, { wantsLogin: true })
          : startConnectProxy(api.port, asked, { tls: scheme === "https" }),
      );
      process.env.HTTPS_PROXY = `${scheme}://some%20body:open%23sesame@127.0.0.1:${proxy.port}`;
      assert.equal((await ask()).status.state, "NOTASK");
      assert.deepEqual(asked, [{ target, login }]);
      assert.deepEqual(names, ["cwp.tencentcloudapi.com"]);
    });
  }

  it("names an IPv6 address to the proxy in brackets, and logs in with a user's name or a password alone", async () => {
    const proxy = await started(startConnectProxy(api.port, asked));
    for (const login of ["user@", ":opensesame@"]) {
      process.env.HTTPS_PROXY = `http://${login}127.0.0.1:${proxy.port}`;
      assert.equal((await ask({ ...cwp, host: "[2001:db8::1]:8443" })).status.state, "NOTASK");
    }
    assert.deepEqual(asked, [
      { target: "[2001:db8::1]:8443", login: "user:" },
      { target: "[2001:db8::1]:8443", login: ":opensesame" },
    ]);
  });

  it("uses a SOCKS proxy without a login", async () => {
    const proxy = await started(startSocksProxy(api.port, asked));
    process.env.ALL_PROXY = `socks5://127.0.0.1:${proxy.port}`;
    assert.equal((await ask()).status.state, "NOTASK");
    assert.deepEqual(asked, [{ target: "5 cwp.tencentcloudapi.com:443", login: undefined }]);
  });

  it("looks up the name itself for socks4://, which knows addresses only", async () => {
    const proxy = await started(startSocksProxy(api.port, asked));
    process.env.HTTPS_PROXY = `socks4://127.0.0.1:${proxy.port}`;
    // Without a name server.
    const { lookup } = dns.promises;
    Reflect.set(dns.promises, "lookup", async () => ({ address: "192.0.2.7", family: 4 }));
    try {
      assert.equal((await ask({ ...cwp, host: "cwp.example.com:8443" })).status.state, "NOTASK");
    } finally {
      Reflect.set(dns.promises, "lookup", lookup);
    }
    assert.deepEqual(asked, [{ target: "4 192.0.2.7:8443", login: undefined }]);
  });

  for (const scheme of ["http", "socks5"]) {
    it(`uses one connection by ${scheme}://`, async () => {
      const proxy = await started(
        scheme === "http" ? startConnectProxy(api.port, asked) : startSocksProxy(api.port, asked),
      );
      process.env.HTTPS_PROXY = `${scheme}://127.0.0.1:${proxy.port}`;
      const client = connect(cwp);
      await client.syncMachines(false, LONG_MS);
      await client.syncMachines(false, LONG_MS);
      assert.equal(asked.length, 1);
    });
  }

  it("uses one connection without a proxy too", async () => {
    const client = connect({ ...cwp, host: `localhost:${api.port}` });
    await client.syncMachines(false, LONG_MS);
    await client.syncMachines(false, LONG_MS);
    assert.equal(names.length, 1);
  });

  it("uses no proxy to a loopback address", async () => {
    process.env.HTTPS_PROXY = "http://127.0.0.1:1";
    for (const name of ["localhost", "127.0.0.1"]) {
      assert.equal((await ask({ ...cwp, host: `${name}:${api.port}` })).status.state, "NOTASK");
    }
  });

  it("uses no proxy for a subdomain of a domain in NO_PROXY", async () => {
    process.env.ALL_PROXY = `socks5://127.0.0.1:1`;
    process.env.NO_PROXY = "example.com";
    const host = `cwp.example.com:${api.port}`;
    // Without a name server.
    const { lookup } = dns;
    Reflect.set(dns, "lookup", (_name: string, _options: unknown, found: (...given: unknown[]) => void) =>
      found(null, [{ address: "127.0.0.1", family: 4 }]),
    );
    try {
      assert.equal((await ask({ ...cwp, host })).status.state, "NOTASK");
    } finally {
      Reflect.set(dns, "lookup", lookup);
    }
  });

  const refusals: readonly [status: number, retry: string, says: RegExp][] = [
    [
      302,
      "never",
      /^The proxy on the way to cwp\.tencentcloudapi\.com answered with HTTP status 302\. Check/,
    ],
    [
      403,
      "never",
      /^The proxy on the way to cwp\.tencentcloudapi\.com answered with HTTP status 403\. Check the network, .*HTTPS_PROXY/,
    ],
    [407, "never", /HTTP status 407\. The proxy wants a password: put it into HTTPS_PROXY/],
    [502, "yes", /^The proxy on the way to cwp\.tencentcloudapi\.com answered with HTTP status 502\.$/],
  ];
  for (const [status, retry, says] of refusals) {
    it(`says that the proxy has answered with ${status}`, async () => {
      const proxy = await started(startConnectProxy(api.port, asked, { status }));
      process.env.HTTPS_PROXY = `http://alice:opensesame@127.0.0.1:${proxy.port}`;
      const error = await failure(ask());
      assert.match(error.message, says);
      assert.deepEqual([error.code, error.retry], ["HttpStatus", retry]);
    });
  }

  it("says that a SOCKS proxy refuses", async () => {
    for (const scheme of ["socks5", "socks4a"]) {
      const proxy = await started(startSocksProxy(api.port, asked, { refuses: true }));
      process.env.ALL_PROXY = `${scheme}://alice:opensesame@127.0.0.1:${proxy.port}`;
      const error = await failure(ask());
      assert.match(
        error.message,
        /^No connection to cwp\.tencentcloudapi\.com: the proxy in ALL_PROXY failed: .*[Rr]eject/,
      );
      assert.equal(error.code, "NetworkFailure");
    }
  });

  it("says that a proxy with https:// does not speak TLS", async () => {
    const proxy = await started(startConnectProxy(api.port, asked));
    process.env.HTTPS_PROXY = `https://127.0.0.1:${proxy.port}`;
    const { message } = await failure(ask());
    assert.match(
      message,
      /: the proxy in HTTPS_PROXY does not speak TLS, so it must begin with http:\/\/\. Check/,
    );
  });

  it("names the variable of a proxy that cannot be reached", async () => {
    for (const scheme of ["http", "https", "socks5", "socks4a"]) {
      process.env.ALL_PROXY = `${scheme}://alice:opensesame@127.0.0.1:1`;
      const { message } = await failure(ask());
      assert.match(message, /: the proxy in ALL_PROXY failed: connect ECONNREFUSED 127\.0\.0\.1:1\. Check/);
    }
  });

  it("is not sent if the proxy's address is invalid, and names the variable", async () => {
    process.env.all_proxy = "socks9://alice:opensesame@127.0.0.1:1";
    const error = await failure(ask());
    assert.match(error.message, /^The proxy in all_proxy cannot be used: /);
    assert.equal(error.sent, false);
  });
});

describe("A request that is given up", () => {
  cleanEnvironment();
  const started = standIns();

  /** Servers that accept a connection and stay silent, with the way to each. */
  const silences: readonly [title: string, first: string, proxy: string | undefined][] = [
    ["an endpoint that says nothing in its TLS handshake", "", undefined],
    ["an HTTP proxy that does not answer CONNECT", "", "http"],
    ["an HTTP proxy that stops in the middle of its answer", "HTTP/1.1 200 OK\r\nX-Half: ", "http"],
    ["a proxy that says nothing in its TLS handshake", "", "https"],
    ["a SOCKS 5 proxy that says nothing", "", "socks5"],
    ["a SOCKS 5 proxy that stops in the middle of its handshake", "\x05\x00", "socks5"],
    ["a SOCKS 4 proxy that says nothing", "", "socks4a"],
    ["an endpoint behind a proxy that says nothing in its TLS handshake", "HTTP/1.1 200 OK\r\n\r\n", "http"],
  ];

  for (const [index, [title, first, scheme]] of silences.entries()) {
    // What gives it up makes no difference from the agent on.
    const by = index % 2 === 0 ? "its time limit" : "a signal";
    it(`by ${by} leaves no connection to ${title}`, async () => {
      const silent = await started(startSilent(first));
      if (scheme) {
        process.env.HTTPS_PROXY = `${scheme}://127.0.0.1:${silent.port}`;
      }
      const host = scheme ? cwp.host : `127.0.0.1:${silent.port}`;
      const leave = new AbortController();
      const client = connect({ ...cwp, host });
      const connection = silent.connection();
      const request = failure(
        client.syncMachines(false, by === "a signal" ? LONG_MS : SHORT_MS, leave.signal),
      );
      const socket = await connection;
      if (by === "a signal") {
        leave.abort();
      }
      const error = await request;
      assert.equal(error.code, by === "a signal" ? "Aborted" : "RequestTimeout");
      await untilClosed(socket);
      assert.equal(silent.open.size, 0);
    });
  }
});

describe("A host with several addresses that all refuse", () => {
  cleanEnvironment();

  const { lookup } = dns;
  before(() => {
    Reflect.set(dns, "lookup", (_name: string, _options: unknown, found: (...given: unknown[]) => void) =>
      found(null, [
        { address: "127.0.0.1", family: 4 },
        { address: "127.0.0.2", family: 4 },
      ]),
    );
  });
  after(() => Reflect.set(dns, "lookup", lookup));

  const ways: readonly [title: string, connection: Connection, proxy?: string][] = [
    ["an endpoint", { ...cwp, host: "cwp.example.com:1" }],
    ["an emulator", { ...cwp, protocol: "http:", host: "localhost:1" }],
    ["a proxy", cwp, "http://proxy.example.com:1"],
    ["a SOCKS proxy", cwp, "socks5://proxy.example.com:1"],
  ];
  for (const [title, connection, proxy] of ways) {
    it(`names the cause for each, as ${title}`, async () => {
      if (proxy) {
        process.env.HTTPS_PROXY = proxy;
      }
      const { message } = await failure(connect(connection).syncMachines(false, LONG_MS));
      assert.match(
        message,
        /: connect ECONNREFUSED 127\.0\.0\.1:1, connect ECONNREFUSED 127\.0\.0\.2:1\. Check/,
      );
    });
  }
});
