import assert from "node:assert/strict";
import dns from "node:dns";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { type Emulator, type GatewayFault, startEmulator } from "../../../emulator";
import type { Connection } from "../../../provider/api/connection";
import { givenKeys } from "../../../provider/api/credentials";
import { ApiError, BadAnswer, CwpError, NoAnswer, type Retry } from "../../../provider/api/errors";
import { connect } from "../../../provider/cwp/client";
import { cleanEnvironment } from "../../environment";
import { refusal } from "../../refusal";

const account = {
  secretId: "AKIDtest",
  secretKey: "the-secret-key-of-the-test",
  token: "the-session-token-of-the-test",
};
const { secretId, secretKey, token } = account;

/** The time limit of a request without obstacles. */
const LONG_MS = 5_000;
/** The time limit of a request that never gets an answer. */
const SHORT_MS = 100;
/** The state in an answer, whether a test before has synced or not. */
const answered = /^(NOTASK|FINISHED)$/;

const connection = (url: string, more: Partial<Connection> = {}): Connection => ({
  protocol: "http:",
  host: new URL(url).host,
  credentials: givenKeys(account),
  ...more,
});

/** The error of a request, which must be an error of the package and show no secret. */
async function failure(request: Promise<unknown>): Promise<CwpError> {
  const error = await refusal(request, secretKey, token);
  assert.ok(error instanceof CwpError, `${error} is not of the package`);
  return error;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return `http://127.0.0.1:${address.port}`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

describe("The CWP client", () => {
  cleanEnvironment();

  let emulator: Emulator;
  let onLine: (line: string) => void = () => {};
  /** Resolves when the emulator has got a request. */
  const arrival = () => new Promise<string>((resolve) => (onLine = resolve));

  before(async () => {
    emulator = await startEmulator({ syncSeconds: 60, accounts: [account], log: (line) => onLine(line) });
    // The first request of all loads the Tencent SDK, which no time limit counts.
    await connect(connection(emulator.url)).syncMachines(false, LONG_MS);
  });
  beforeEach(() => emulator.clearRequests());
  after(() => emulator.stop());

  const client = (more?: Partial<Connection>) => connect(connection(emulator.url, more));

  it("names the account of the same keys alike, whatever the region, and that of others or elsewhere otherwise", async () => {
    const server = createServer((_request, response) => response.end('{"Response":{"State":"NOTASK"}}'));
    const url = await listen(server);
    try {
      const accountOf = async (more: Partial<Connection>) => {
        const answer = await connect(connection(url, more)).syncMachines(false, LONG_MS);
        return answer.account;
      };
      const own = await accountOf({});
      assert.match(own, /^[0-9a-f]{32}$/);
      assert.equal(await accountOf({ region: "ap-shanghai" }), own);
      const again = givenKeys({ ...account, secretKey: "a-new-key", token: "a-new-token" });
      assert.equal(await accountOf({ credentials: again }), own, "no secret is part of it");
      const other = givenKeys({ ...account, secretId: "AKIDother" });
      assert.notEqual(await accountOf({ credentials: other }), own);
      const elsewhere = url.replace("http://127.0.0.1", "localhost");
      assert.notEqual(await accountOf({ host: elsewhere }), own);
    } finally {
      await close(server);
    }
  });

  it("names no region in its requests, and asks for English", async () => {
    let sent: IncomingHttpHeaders = {};
    const server = createServer((request, response) => {
      sent = request.headers;
      response.end('{"Response":{"State":"NOTASK"}}');
    });
    const url = await listen(server);
    try {
      await connect(connection(url, { region: "ap-guangzhou" })).syncMachines(false, LONG_MS);
      assert.equal(sent["x-tc-region"], undefined);
      assert.equal(sent["x-tc-language"], "en-US");
    } finally {
      await close(server);
    }
  });

  it("sends the token of temporary credentials, and says what to do without one", async () => {
    const error = await failure(
      client({ credentials: givenKeys({ secretId, secretKey }) }).syncMachines(false, LONG_MS),
    );
    assert.equal(error.code, "AuthFailure.TokenFailure");
    assert.match(error.message, /get new ones/);
    assert.match((await client().syncMachines(false, LONG_MS)).status.state, answered);
  });

  it("says what to do about a wrong key, and an unknown id", async () => {
    const wrong = { ...account, secretKey: "another-secret-key" };
    const signature = await refusal(
      client({ credentials: givenKeys(wrong) }).syncMachines(true, LONG_MS),
      wrong.secretKey,
    );
    assert.match(signature.message, /^AuthFailure\.SignatureFailure: .*Check the SecretId and SecretKey/);
    const unknown = await failure(
      client({ credentials: givenKeys({ ...account, secretId: "AKIDunknown" }) }).syncMachines(true, LONG_MS),
    );
    assert.match(unknown.message, /^AuthFailure\.SecretIdNotFound: .*unknown or disabled/);
    assert.equal(unknown.requestId, emulator.requests.at(-1)?.requestId);
  });

  it("shows no token in its error even if no request can carry it", async () => {
    for (const broken of ["line\nbreak-in-a-secret", "dash–in-a-secret"]) {
      await refusal(
        client({ credentials: givenKeys({ secretId, secretKey, token: broken }) }).syncMachines(
          false,
          LONG_MS,
        ),
        broken,
        "in-a-secret",
        secretKey,
      );
    }
  });

  const apiErrors: readonly [code: string, retry: Retry][] = [
    ["RequestLimitExceeded", "yes"],
    ["InternalError", "few"],
    ["UnauthorizedOperation", "never"],
  ];
  for (const [code, retry] of apiErrors) {
    it(`passes on the error code ${code} with the service's message and the RequestId`, async () => {
      emulator.inject({ error: code, message: "So it said." });
      const error = await failure(client().syncMachines(true, LONG_MS));
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.code, error.retry], [code, retry]);
      assert.match(error.requestId, /^[0-9a-f-]{36}$/);
      assert.ok(error.message.startsWith(`${code}: So it said (RequestId ${error.requestId}).`));
    });
  }

  it("keeps the RequestIds of two errors apart", async () => {
    emulator.inject({ error: "InternalError" }, { times: 2 });
    const [one, two] = [
      await failure(client().syncMachines(false, LONG_MS)),
      await failure(client().syncMachines(false, LONG_MS)),
    ];
    assert.notEqual(one.requestId, two.requestId);
  });

  const statuses: readonly [status: number, retry: Retry][] = [
    [502, "yes"],
    [500, "yes"],
    [429, "yes"],
    [408, "yes"],
    [302, "never"],
    [403, "never"],
    [407, "never"],
  ];
  for (const [status, retry] of statuses) {
    it(`calls HTTP status ${status} ${retry === "yes" ? "a failure that may pass" : "final, and names the place to check"}`, async () => {
      emulator.inject({ http: status, body: "not well" });
      const error = await failure(client().syncMachines(false, LONG_MS));
      assert.ok(error instanceof NoAnswer);
      assert.deepEqual([error.code, error.retry], ["HttpStatus", retry]);
      assert.ok(
        error.message.startsWith(`${new URL(emulator.url).host} answered with HTTP status ${status}.`),
      );
      if (retry === "never") {
        assert.match(
          error.message,
          / (Check the network, tencentcloud-cwp:endpoint and the proxy|The proxy wants a password: put it into HTTPS_PROXY)/,
        );
      }
    });
  }

  const noAnswers: readonly [title: string, fault: GatewayFault, carriedOut: boolean][] = [
    ["a reset before the answer", { reset: true }, false],
    ["an answer that was lost", { loseAnswer: true }, true],
  ];
  for (const [title, fault, carriedOut] of noAnswers) {
    it(`calls ${title} a network failure that may pass`, async () => {
      const runs = emulator.world().runs.length;
      emulator.inject(fault);
      const error = await failure(client().syncMachines(true, LONG_MS));
      assert.ok(error instanceof NoAnswer);
      assert.deepEqual([error.code, error.retry], ["NetworkFailure", "yes"]);
      assert.match(error.message, /^No connection to 127\.0\.0\.1:\d+: .*ECONNRESET.*Check the network/);
      assert.equal(emulator.world().runs.length - runs, carriedOut ? 1 : 0);
      emulator.advance(60);
    });
  }

  it("does not accept half an answer", async () => {
    emulator.inject({ truncate: true });
    const error = await failure(client().syncMachines(false, LONG_MS));
    assert.ok(error instanceof NoAnswer);
    assert.deepEqual([error.code, error.retry], ["NetworkFailure", "yes"]);
  });

  it("says that the connection broke in the middle of a chunked answer", async () => {
    const server = createServer((_request, response) => {
      response.write('{"Response":', () => response.destroy());
    });
    const url = await listen(server);
    try {
      const error = await failure(connect(connection(url)).syncMachines(false, LONG_MS));
      assert.ok(error instanceof NoAnswer);
      assert.deepEqual([error.code, error.retry], ["NetworkFailure", "yes"]);
      assert.match(error.message, /it broke in the middle of an answer/);
    } finally {
      await close(server);
    }
  });

  it("says that no service listens at the endpoint", async () => {
    const error = await failure(client({ host: "127.0.0.1:1" }).syncMachines(false, LONG_MS));
    assert.ok(error instanceof NoAnswer);
    assert.deepEqual([error.code, error.retry], ["NetworkFailure", "yes"]);
    assert.match(error.message, /^No connection to 127\.0\.0\.1:1: connect ECONNREFUSED.*Check the network/);
  });

  it("says that an https endpoint does not speak TLS", async () => {
    const error = await failure(client({ protocol: "https:" }).syncMachines(false, LONG_MS));
    assert.ok(error instanceof NoAnswer);
    assert.equal(error.code, "NetworkFailure");
    const { host } = new URL(emulator.url);
    assert.ok(
      error.message.startsWith(
        `No connection to ${host}: the server does not speak TLS at this port: the endpoint of an emulator begins with http://, as in http://${host}. Check`,
      ),
      error.message,
    );
  });

  const bodies: readonly [title: string, fault: GatewayFault][] = [
    ["a web page", { html: true }],
    ["an empty body", { empty: true }],
    ["half of a JSON text", { body: '{"Response":' }],
    ["null", { body: "null" }],
    ["a list", { body: "[]" }],
    ["JSON without a Response", { body: "{}" }],
    ["a Response that is null", { body: '{"Response":null}' }],
    ["a Response that is text", { body: '{"Response":"FINISHED"}' }],
    ["a Response without a State", { body: '{"Response":{"RequestId":"id"}}' }],
    ["a State that is no text", { body: '{"Response":{"State":1}}' }],
    ["a time that is no text", { body: '{"Response":{"State":"FINISHED","LatestEndTime":1}}' }],
    ["an Error without a Code", { body: '{"Response":{"Error":{},"RequestId":"id"}}' }],
    ["an Error that is text", { body: '{"Response":{"Error":"no"}}' }],
    ["a Code that is no text", { body: '{"Response":{"Error":{"Code":7,"Message":"no"}}}' }],
  ];
  for (const [title, fault] of bodies) {
    it(`calls ${title} a bad answer that may pass, and names the place to check`, async () => {
      emulator.inject(fault);
      const error = await failure(client().syncMachines(false, LONG_MS));
      assert.ok(error instanceof BadAnswer, error.message);
      assert.deepEqual([error.code, error.retry], ["BadAnswer", "yes"]);
      assert.match(error.message, /check tencentcloud-cwp:endpoint and the proxy settings/);
    });
  }

  it("waits for a late answer within its time limit", async () => {
    emulator.inject({ delaySeconds: 0.05 });
    assert.match((await client().syncMachines(false, LONG_MS)).status.state, answered);
  });

  for (const fault of [{ hang: true }, { delaySeconds: 60 }] as const) {
    it(`ends at its time limit under ${JSON.stringify(fault)}, and says so`, async () => {
      emulator.inject(fault);
      const started = performance.now();
      const error = await failure(client().syncMachines(false, SHORT_MS));
      const took = performance.now() - started;
      assert.ok(took >= SHORT_MS - 5 && took < SHORT_MS + 1_000, `it took ${took} ms`);
      assert.ok(error instanceof NoAnswer);
      assert.deepEqual([error.code, error.retry], ["RequestTimeout", "yes"]);
      assert.match(error.message, /^127\.0\.0\.1:\d+ did not answer within 100 ms/);
    });
  }

  it("still works after a time-out", async () => {
    const one = client();
    emulator.inject({ hang: true });
    await failure(one.syncMachines(false, SHORT_MS));
    assert.match((await one.syncMachines(false, LONG_MS)).status.state, answered);
  });

  it("ends a request at once when its signal aborts", async () => {
    emulator.inject({ hang: true });
    const leave = new AbortController();
    const arrived = arrival();
    const request = failure(client().syncMachines(false, 60_000, leave.signal));
    await arrived;
    leave.abort();
    const started = performance.now();
    const error = await request;
    assert.ok(performance.now() - started < 1_000);
    assert.match(error.message, /given up/);
  });

  it("sends nothing when its signal has aborted before", async () => {
    await failure(client().syncMachines(true, LONG_MS, AbortSignal.abort()));
    assert.deepEqual(emulator.requests, []);
  });

  it("leaves no listener on a signal that it is done with", async () => {
    const { signal } = new AbortController();
    const one = client();
    let listeners = 0;
    const counted = new Proxy(signal, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") {
          return value;
        }
        return (...given: unknown[]) => {
          listeners += name === "addEventListener" ? 1 : name === "removeEventListener" ? -1 : 0;
          return Reflect.apply(value, target, given);
        };
      },
    });
    await one.syncMachines(false, LONG_MS, counted);
    emulator.inject({ error: "InternalError" });
    await failure(one.syncMachines(false, LONG_MS, counted));
    assert.equal(listeners, 0);
  });

  it("sends its requests over one connection", async () => {
    let connections = 0;
    const server = createServer((_request, response) => response.end('{"Response":{"State":"NOTASK"}}'));
    server.on("connection", () => {
      connections += 1;
    });
    const url = await listen(server);
    try {
      const one = connect(connection(url));
      for (let request = 0; request < 3; request++) {
        await one.syncMachines(false, LONG_MS);
      }
      assert.equal(connections, 1);
    } finally {
      await close(server);
    }
  });
});

describe("The CWP client and proxies", () => {
  cleanEnvironment();

  let proxy: Server;
  let proxyUrl: string;
  let refusesWith: string;
  let targets: { target: string | undefined; authorization: string | undefined }[];

  beforeEach(async () => {
    targets = [];
    refusesWith = "403 Forbidden";
    proxy = createServer((_request, response) => response.writeHead(500).end());
    proxy.on("connect", ({ url, headers }, socket) => {
      targets.push({ target: url, authorization: headers["proxy-authorization"] });
      socket.end(`HTTP/1.1 ${refusesWith}\r\nContent-Length: 0\r\n\r\n`);
    });
    proxyUrl = await listen(proxy);
  });
  afterEach(() => close(proxy));

  const real: Connection = {
    protocol: "https:",
    host: "cwp.tencentcloudapi.com",
    credentials: givenKeys(account),
  };
  const absent: Connection = { ...real, host: "cwp.example.com:1" };
  const passed = (target: string) => [{ target, authorization: undefined }];

  for (const name of ["HTTPS_PROXY", "https_proxy"]) {
    it(`ask the proxy of ${name} for a connection to an https endpoint, and say so if it refuses`, async () => {
      process.env[name] = proxyUrl;
      const error = await failure(connect(real).syncMachines(false, LONG_MS));
      assert.deepEqual(targets, passed("cwp.tencentcloudapi.com:443"));
      assert.equal(error.retry, "never");
      assert.match(error.message, /HTTP status 403.*the proxy settings/);
    });
  }

  it("take a proxy without a scheme for an http one, as others do", async () => {
    process.env.HTTPS_PROXY = new URL(proxyUrl).host;
    await failure(connect(real).syncMachines(false, LONG_MS));
    assert.deepEqual(targets, passed("cwp.tencentcloudapi.com:443"));
  });

  it("name an endpoint's own port to the proxy", async () => {
    process.env.HTTPS_PROXY = proxyUrl;
    await failure(connect({ ...real, host: "cwp.example.com:8443" }).syncMachines(false, LONG_MS));
    assert.deepEqual(targets, passed("cwp.example.com:8443"));
  });

  it("log in to the proxy, and never show its password", async () => {
    const url = new URL(proxyUrl);
    url.username = "alice";
    url.password = "opensesame";
    process.env.HTTPS_PROXY = url.href;
    refusesWith = "407 Proxy Authentication Required";
    const error = await refusal(connect(real).syncMachines(false, LONG_MS), "opensesame", secretKey, token);
    assert.match(error.message, /HTTP status 407\. The proxy wants a password: put it into HTTPS_PROXY/);
    const [{ authorization = "" } = {}] = targets;
    assert.equal(Buffer.from(authorization.replace("Basic ", ""), "base64").toString(), "alice:opensesame");
  });

  it("say that the proxy cannot be reached, if so", async () => {
    process.env.HTTPS_PROXY = "http://127.0.0.1:1";
    const error = await failure(connect(real).syncMachines(false, LONG_MS));
    assert.ok(error instanceof NoAnswer);
    assert.equal(error.retry, "yes");
    assert.match(error.message, /ECONNREFUSED 127\.0\.0\.1:1\..*HTTPS_PROXY/);
  });

  it("say that the proxy's address is invalid, without its password", async () => {
    process.env.HTTPS_PROXY = "http://alice:opensesame@no host:80";
    const error = await refusal(connect(real).syncMachines(false, LONG_MS), "opensesame", secretKey, token);
    assert.ok(error instanceof CwpError, `${error} is not of the package`);
    assert.match(error.message, /proxy/i);
  });

  for (const name of ["NO_PROXY", "no_proxy"]) {
    it(`use no proxy to a host in ${name}`, async () => {
      process.env.HTTPS_PROXY = proxyUrl;
      await failure(connect(absent).syncMachines(false, LONG_MS));
      assert.deepEqual(targets, passed("cwp.example.com:1"));

      process.env[name] = "example.org,example.com";
      // Without a name server.
      const { lookup } = dns;
      Reflect.set(dns, "lookup", (_name: string, _options: unknown, found: (...given: unknown[]) => void) =>
        found(null, [{ address: "127.0.0.1", family: 4 }]),
      );
      try {
        const error = await failure(connect(absent).syncMachines(false, LONG_MS));
        assert.equal(targets.length, 1, "the proxy was asked again");
        assert.match(error.message, /^No connection to cwp\.example\.com:1: connect ECONNREFUSED/);
      } finally {
        Reflect.set(dns, "lookup", lookup);
      }
    });
  }

  it("use no proxy to a loopback endpoint with http", async () => {
    const emulator = await startEmulator({ accounts: [account] });
    try {
      for (const name of [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
      ]) {
        process.env[name] = "http://127.0.0.1:1";
      }
      const { status } = await connect(connection(emulator.url)).syncMachines(false, LONG_MS);
      assert.equal(status.state, "NOTASK");
    } finally {
      await emulator.stop();
    }
  });
});
