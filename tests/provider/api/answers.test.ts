import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { givenKeys } from "../../../provider/api/credentials";
import { BadAnswer, CwpError, NoAnswer } from "../../../provider/api/errors";
import { makeAllPrintable } from "../../../provider/api/printable";
import { askForKeys } from "../../../provider/api/sts";
import { connect } from "../../../provider/cwp/client";
import { cleanEnvironment } from "../../environment";
import { refusal } from "../../refusal";
import {
  type StandIn,
  standIns,
  startConnectProxy,
  startPlain,
  startSocksProxy,
  startTls,
  untilClosed,
} from "./standIns";

const keys = { secretId: "AKIDtest", secretKey: "the-secret-key-of-the-test" };

/** The time limit of a request, far beyond every test. */
const LONG_MS = 60_000;

const MB = 1_000_000;
/** A good answer of the service. */
const good = '{"Response":{"State":"FINISHED","RequestId":"id"}}';

async function failure(request: Promise<unknown>): Promise<CwpError> {
  const error = await refusal(request, keys.secretKey);
  assert.ok(error instanceof CwpError, `${error} is not of the package`);
  return error;
}

describe("An answer", () => {
  cleanEnvironment();
  const started = standIns();

  let endpoint: StandIn;
  let answers: RequestListener;
  const client = () =>
    connect({ protocol: "http:", host: `127.0.0.1:${endpoint.port}`, credentials: givenKeys(keys) });
  const ask = () => client().syncMachines(false, LONG_MS);

  beforeEach(async () => {
    endpoint = await started(startPlain((request, response) => answers(request.resume(), response)));
  });

  /**
   * Sends the body again and again until `megabytes` are sent or the client has left. Counts the sent bytes.
   */
  function endless(megabytes: number, headers: Record<string, string>, status = 200) {
    const sent = { bytes: 0 };
    const piece = Buffer.alloc(MB / 10, " ");
    answers = (_request, response) => {
      response.writeHead(status, headers);
      const more = () => {
        while (sent.bytes < megabytes * MB && !response.destroyed) {
          sent.bytes += piece.length;
          if (!response.write(piece)) {
            response.once("drain", more);
            return;
          }
        }
        response.end();
      };
      more();
    };
    return sent;
  }

  for (const [title, headers] of [
    ["with its length", { "Content-Length": String(100 * MB) }],
    ["in chunks", {}],
  ] as const) {
    it(`of 100 MB ${title} is not read to its end, and its connection is closed`, async () => {
      const sent = endless(100, headers);
      const connection = endpoint.connection();
      const error = await failure(ask());
      await untilClosed(await connection);
      assert.ok(error instanceof BadAnswer);
      assert.ok(
        error.message.startsWith(
          `This is no answer of the API: 127.0.0.1:${endpoint.port} sent more than 10 MB.`,
        ),
        error.message,
      );
      assert.equal(error.retry, "few");
      // Beside the read bytes, the buffers of both ends are full.
      assert.ok(sent.bytes < 50 * MB, `${sent.bytes} bytes were sent`);
    });
  }

  it("of STS has the same limit", async () => {
    endless(100, {});
    const sts = { protocol: "http:", host: `127.0.0.1:${endpoint.port}`, region: "ap-guangzhou" } as const;
    const error = await failure(askForKeys(sts, "AssumeRoleWithSAML", {}, undefined));
    assert.match(error.message, / sent more than 10 MB\./);
  });

  it("of just under 10 MB is read", async () => {
    answers = (_request, response) => response.end(good.padEnd(10 * MB, " "));
    assert.equal((await ask()).status.state, "FINISHED");
  });

  it("is limited by itself, not together with earlier answers on the same connection", async () => {
    answers = (_request, response) => response.end(good.padEnd(6 * MB, " "));
    const kept = client();
    const connections: unknown[] = [];
    for (let request = 0; request < 3; request += 1) {
      assert.equal((await kept.syncMachines(false, LONG_MS)).status.state, "FINISHED");
      connections.push(...endpoint.open);
    }
    assert.equal(new Set(connections).size, 1);
  });

  it("with an error status leaves no connection, however long it is", async () => {
    endless(100, {}, 503);
    const connection = endpoint.connection();
    const error = await failure(ask());
    assert.match(error.message, / answered with HTTP status 503\.$/);
    assert.equal(error.retry, "yes");
    await untilClosed(await connection);
  });

  it("with an error status and a short text keeps the connection", async () => {
    answers = (_request, response) => response.writeHead(503).end("The gateway is not well.");
    const kept = client();
    const connections: unknown[] = [];
    for (let request = 0; request < 3; request += 1) {
      await failure(kept.syncMachines(false, LONG_MS));
      connections.push(...endpoint.open);
    }
    assert.equal(new Set(connections).size, 1);
  });

  for (const encoding of ["gzip", "deflate", "br", "x-unknown"]) {
    it(`with the encoding ${encoding} is refused: few bytes of it can be a gigabyte`, async () => {
      let accepted: unknown;
      answers = (request, response) => {
        accepted = request.headers["accept-encoding"];
        response.writeHead(200, { "Content-Encoding": encoding }).end(gzipSync(good));
      };
      const error = await failure(ask());
      assert.ok(error instanceof BadAnswer);
      assert.match(error.message, / sent is compressed, though it was asked not to\./);
      assert.equal(accepted, "identity");
    });
  }

  it("that is declared uncompressed is read", async () => {
    answers = (_request, response) => response.writeHead(200, { "Content-Encoding": "identity" }).end(good);
    assert.equal((await ask()).status.state, "FINISHED");
  });

  it("that is a stream of events is refused, and leaves no connection", async () => {
    answers = (_request, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: {}\n\n");
    };
    const connection = endpoint.connection();
    const error = await failure(ask());
    assert.ok(error instanceof BadAnswer);
    assert.match(error.message, / is not the JSON of a Tencent Cloud API\./);
    await untilClosed(await connection);
  });

  const cuts: readonly [title: string, cut: RequestListener][] = [
    [
      "shorter than its length",
      (_request, response) => {
        response.writeHead(200, { "Content-Length": "1000" });
        response.write(good, () => response.destroy());
      },
    ],
    [
      "without its last chunk",
      (_request, response) => {
        response.write(good, () => response.destroy());
      },
    ],
    [
      "whose connection is reset",
      (_request, response) => {
        response.writeHead(200, { "Content-Length": "1000" });
        response.write(good, () => response.socket?.resetAndDestroy());
      },
    ],
    [
      "without a byte of its body",
      (_request, response) => {
        response.writeHead(200, { "Content-Length": "1000" }).flushHeaders();
        response.destroy();
      },
    ],
    [
      "with a chunk that is none",
      (_request, response) => {
        response.socket?.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nNONE\r\n");
      },
    ],
  ];
  for (const [title, cut] of cuts) {
    it(`${title} is a network failure at once`, async () => {
      answers = cut;
      const error = await failure(ask());
      assert.ok(error instanceof NoAnswer, error.message);
      assert.deepEqual([error.code, error.retry], ["NetworkFailure", "yes"]);
      assert.match(error.message, /^No connection to 127\.0\.0\.1:\d+: .+\. Check the network/);
    });
  }

  for (const scheme of ["none", "http", "socks5"]) {
    it(`that is cut with TLS and ${scheme} as proxy is a network failure at once, on a kept connection too`, async () => {
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
      answers = (_request, response) => response.end(good);
      const secure = await started(startTls((request, response) => answers(request.resume(), response)));
      if (scheme !== "none") {
        const proxy = scheme === "http" ? startConnectProxy : startSocksProxy;
        process.env.HTTPS_PROXY = `${scheme}://127.0.0.1:${(await started(proxy(secure.port, []))).port}`;
      }
      const host = scheme === "none" ? `127.0.0.1:${secure.port}` : "cwp.tencentcloudapi.com";
      const kept = connect({ protocol: "https:", host, credentials: givenKeys(keys) });
      await kept.syncMachines(false, LONG_MS);
      answers = cuts[0]?.[1] ?? answers;
      const error = await failure(kept.syncMachines(false, LONG_MS));
      assert.equal(error.code, "NetworkFailure");
      assert.match(error.message, /: it broke in the middle of an answer\. Check/);
    });
  }

  describe("with characters that a terminal obeys", () => {
    const evil = "a\u001b[2J\u0007\u0000\r\n\u009b31m\u2028\u202eb\ud800c";
    const shown = "a [2J     31m  b c";
    const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u;
    const answer = (response: object) => {
      answers = (_request, outgoing) => outgoing.end(JSON.stringify({ Response: response }));
    };
    const assertPrintable = (error: CwpError) => {
      for (const text of [error.message, error.stack ?? "", error.code, error.requestId, inspect(error)]) {
        assert.doesNotMatch(text, unprintable);
      }
      assert.deepEqual(makeAllPrintable({ ...error }), { ...error });
    };

    it("shows none of them in an error of the API", async () => {
      answer({ Error: { Code: `Unknown${evil}`, Message: evil }, RequestId: evil });
      const error = await failure(ask());
      assert.ok(error.message.startsWith(`Unknown${shown}: ${shown} (RequestId ${shown}).`), error.message);
      assertPrintable(error);
    });

    it("shows none of them in the error of an unknown state, or of a bad answer", async () => {
      for (const response of [{ State: evil, RequestId: evil }, { RequestId: evil }]) {
        answer(response);
        assertPrintable(await failure(ask()));
      }
    });

    it("keeps none of them in a status or a machine", async () => {
      answer({ State: "FINISHED", LatestStartTime: evil, RequestId: evil });
      const { status } = await ask();
      assert.deepEqual([status.latestStartTime, status.requestId], [shown, shown]);
      answer({ Machines: [{ InstanceId: "ins-1", MachineName: evil }], TotalCount: 1, RequestId: "id" });
      const query = { type: "CVM", region: "all-regions", offset: 0 } as const;
      const { machines } = await client().describeMachines(query, LONG_MS);
      assert.equal(machines[0]?.name, shown);
    });

    it("shows no temporary keys that hold such a character, and uses none", async () => {
      for (const field of ["TmpSecretId", "TmpSecretKey", "Token"]) {
        const given = { TmpSecretId: "AKIDtemporary", TmpSecretKey: "opensesame", Token: "opensesame" };
        answer({ Credentials: { ...given, [field]: "open\nopensesame" }, ExpiredTime: 4_000_000_000 });
        const sts = {
          protocol: "http:",
          host: `127.0.0.1:${endpoint.port}`,
          region: "ap-guangzhou",
        } as const;
        const error = await refusal(askForKeys(sts, "AssumeRoleWithSAML", {}, undefined), "opensesame");
        assert.match(
          error.message,
          /^This is no answer of the API: AssumeRoleWithSAML gave no credentials\./,
        );
      }
    });
  });

  it("with an endless sentence is repeated in part", async () => {
    const dots = ".".repeat(1_000_000);
    answers = (_request, response) =>
      response.end(
        JSON.stringify({ Response: { Error: { Code: `E${dots}`, Message: `${dots}x` }, RequestId: dots } }),
      );
    const error = await failure(ask());
    assert.ok(error.message.length < 2_000, `${error.message.length} characters`);
    assert.match(error.message, /API documentation says what the code means\.$/);
  });

  it("that is nested without an end is refused", async () => {
    answers = (_request, response) =>
      response.end(`{"Response":{"State":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}}`);
    const error = await failure(ask());
    assert.ok(error instanceof BadAnswer, error.message);
  });
});
