import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connection } from "../../../provider/api/connection";
import { givenKeys } from "../../../provider/api/credentials";
import { CwpError, mayHaveWorked } from "../../../provider/api/errors";
import { askForKeys } from "../../../provider/api/sts";
import { connect } from "../../../provider/cwp/client";
import { cleanEnvironment } from "../../environment";
import { refusal } from "../../refusal";
import {
  type Asked,
  type StandIn,
  standIns,
  startConnectProxy,
  startPlain,
  startSocksProxy,
  startTls,
  untilClosed,
} from "./standIns";

const account = {
  secretId: "AKIDtest",
  secretKey: "the-secret-key-of-the-test",
  token: "the-session-token-of-the-test",
};
const webIdentityToken = "the-web-identity-token-of-the-test";

const LONG_MS = 5_000;

async function failure(request: Promise<unknown>): Promise<CwpError> {
  const error = await refusal(request, account.secretKey, account.token, webIdentityToken, "opensesame");
  assert.ok(error instanceof CwpError, `${error} is not of the package`);
  return error;
}

type Send = (to: Pick<Connection, "protocol" | "host">) => Promise<unknown>;

const askCwp: Send = (to) => connect({ ...to, credentials: givenKeys(account) }).syncMachines(true, LONG_MS);

/** The requests to both services. Each holds a text that must not be sent elsewhere. */
const requests: Readonly<Record<string, Send>> = {
  CWP: askCwp,
  STS: (to) =>
    askForKeys(
      { ...to, region: "ap-guangzhou" },
      "AssumeRoleWithWebIdentity",
      { WebIdentityToken: webIdentityToken },
      undefined,
    ),
};

describe("A redirect", () => {
  cleanEnvironment();
  const started = standIns();

  /** The number of requests to the endpoint, and the texts that arrived at the redirect's target. */
  let received: number;
  let elsewhere: string[];
  let other: StandIn;

  /** A good answer: it would be believed. */
  const listener = ({ url = "", method }: IncomingMessage, response: ServerResponse) => {
    elsewhere.push(`${method} ${url}`);
    response.end('{"Response":{"State":"FINISHED","RequestId":"id"}}');
  };
  const redirect =
    (status: number, location: string) => (request: IncomingMessage, response: ServerResponse) => {
      received += 1;
      request.resume();
      response.writeHead(status, { Location: location }).end("Moved");
    };

  beforeEach(async () => {
    received = 0;
    elsewhere = [];
    // The stand-ins' certificate is self-signed.
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    other = await started(startPlain(listener));
  });

  for (const [status, isRedirect] of [
    [300, true],
    [399, true],
    [400, false],
    [503, false],
  ] as const) {
    it(`${isRedirect ? "is" : "is not"} an answer with ${status} and a location`, async () => {
      const api = await started(startPlain(redirect(status, `http://127.0.0.1:${other.port}/`)));
      const { message } = await failure(askCwp({ protocol: "http:", host: `127.0.0.1:${api.port}` }));
      assert.ok(message.startsWith(`127.0.0.1:${api.port} answered with HTTP status ${status}`), message);
      assert.equal(message.includes("a redirect to"), isRedirect);
      assert.deepEqual(elsewhere, []);
    });
  }

  for (const [service, send] of Object.entries(requests)) {
    for (const status of [301, 302, 303, 307, 308]) {
      it(`with ${status} sends nothing of a request to ${service} to another port`, async () => {
        const location = `http://user:opensesame@127.0.0.1:${other.port}/login?ticket=opensesame`;
        const endpoint = await started(startPlain(redirect(status, location)));
        const host = `127.0.0.1:${endpoint.port}`;
        const error = await failure(send({ protocol: "http:", host }));
        assert.deepEqual([received, elsewhere], [1, []]);
        assert.equal(
          error.message,
          `${host} answered with HTTP status ${status}, a redirect to http://127.0.0.1:${other.port}. The request was not sent there. Check the network, tencentcloud-cwp:endpoint and the proxy settings (HTTPS_PROXY, NO_PROXY).`,
        );
        assert.deepEqual([error.code, error.retry], ["HttpStatus", "never"]);
        assert.ok(mayHaveWorked(error), "the endpoint has got the request");
      });
    }

    it(`sends nothing of a request to ${service} to another host at the same port`, async () => {
      const endpoint: StandIn = await started(
        startPlain((request, response) =>
          request.headers.host?.startsWith("localhost")
            ? listener(request, response)
            : redirect(307, `http://localhost:${endpoint.port}/`)(request, response),
        ),
      );
      const error = await failure(send({ protocol: "http:", host: `127.0.0.1:${endpoint.port}` }));
      assert.deepEqual([received, elsewhere], [1, []]);
      assert.match(error.message, new RegExp(` a redirect to http://localhost:${endpoint.port}\\. `));
    });

    it(`sends no request to ${service} a second time to the same address`, async () => {
      const endpoint = await started(startPlain(redirect(308, "/")));
      const host = `127.0.0.1:${endpoint.port}`;
      const error = await failure(send({ protocol: "http:", host }));
      assert.equal(received, 1);
      assert.match(error.message, new RegExp(` a redirect to http://${host}\\. `));
    });

    it(`sends nothing of a request to ${service} to another protocol`, async () => {
      const secure = await started(startTls(listener));
      const plain = await started(startPlain(redirect(307, `https://127.0.0.1:${secure.port}/`)));
      const up = await failure(send({ protocol: "http:", host: `127.0.0.1:${plain.port}` }));
      assert.match(up.message, new RegExp(` a redirect to https://127\\.0\\.0\\.1:${secure.port}\\. `));

      const tls = await started(startTls(redirect(307, `http://127.0.0.1:${other.port}/`)));
      const down = await failure(send({ protocol: "https:", host: `127.0.0.1:${tls.port}` }));
      assert.match(down.message, new RegExp(` a redirect to http://127\\.0\\.0\\.1:${other.port}\\. `));
      assert.deepEqual([received, elsewhere], [2, []]);
    });

    for (const scheme of ["http", "socks5"]) {
      it(`sends nothing of a request to ${service} elsewhere through a proxy with ${scheme}://`, async () => {
        for (const location of ["http://elsewhere.example.com/", "https://elsewhere.example.com:8443/"]) {
          const asked: Asked[] = [];
          const endpoint = await started(startTls(redirect(307, location)));
          const proxy = await started(
            scheme === "http"
              ? startConnectProxy(endpoint.port, asked)
              : startSocksProxy(endpoint.port, asked),
          );
          process.env.HTTPS_PROXY = `${scheme}://127.0.0.1:${proxy.port}`;
          const error = await failure(send({ protocol: "https:", host: "cwp.tencentcloudapi.com" }));
          assert.match(error.message, new RegExp(` a redirect to ${location.slice(0, -1)}\\. `));
          assert.equal(asked.length, 1);
        }
        assert.equal(received, 2);
      });
    }
  }

  const odd: readonly [location: string, where: string][] = [
    ["//elsewhere.example.com/", "http://elsewhere.example.com"],
    ["ftp://elsewhere.example.com/", "ftp://elsewhere.example.com"],
    ["file:///etc/passwd", "an address that cannot be read"],
    ["http://[", "an address that cannot be read"],
    ["javascript:alert(1)", "an address that cannot be read"],
  ];
  for (const [location, where] of odd) {
    it(`to ${location} is refused as a redirect to ${where}`, async () => {
      const endpoint = await started(startPlain(redirect(302, location)));
      const error = await failure(
        requests.CWP?.({ protocol: "http:", host: `127.0.0.1:${endpoint.port}` }) ?? Promise.resolve(),
      );
      assert.ok(
        error.message.includes(`a redirect to ${where}. The request was not sent there.`),
        error.message,
      );
      assert.deepEqual([error.code, error.retry, received], ["HttpStatus", "never", 1]);
    });
  }

  it("leaves no connection behind, and the next request works", async () => {
    let answers = redirect(307, `http://127.0.0.1:${other.port}/`);
    const endpoint = await started(startPlain((request, response) => answers(request, response)));
    const client = connect({
      protocol: "http:",
      host: `127.0.0.1:${endpoint.port}`,
      credentials: givenKeys(account),
    });
    const connection = endpoint.connection();
    await failure(client.syncMachines(true, LONG_MS));
    await untilClosed(await connection);
    answers = listener;
    assert.equal((await client.syncMachines(false, LONG_MS)).status.state, "FINISHED");
  });
});
