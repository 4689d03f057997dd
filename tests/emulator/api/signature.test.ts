import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../../emulator";
import { verifySignature } from "../../../emulator/api/signature";
import { call, errorCode, sendSigned, signedHeaders } from "./signedRequest";

describe("the emulator's signature check", () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator.stop());

  it("accepts the worked example of Tencent's documentation", () => {
    const headers = {
      "content-type": "application/json; charset=utf-8",
      host: "cvm.tencentcloudapi.com",
      "x-tc-timestamp": "1551113065",
      authorization:
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
    };
    const example =
      '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}';
    const verify = (body: string) =>
      verifySignature(
        { method: "POST", path: "/", headers, body: Buffer.from(body) },
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        1_551_113_065_000,
      );
    verify(example);
    assert.throws(() => verify(`${example} `), { code: "AuthFailure.SignatureFailure" });
  });

  describe("accepts a request as it is written by", () => {
    it("the Node SDK: host signed without the port, service 127", async () => {
      const request = {
        url: emulator.url,
        signedHost: "127.0.0.1",
        service: "127",
        parameters: { Sync: false },
      };
      assert.equal((await call(request)).State, "NOTASK");
    });

    it("the Python SDK: host signed with the port, a space in the body, no region", async () => {
      assert.equal((await call({ url: emulator.url, body: '{"Sync": false}' })).State, "NOTASK");
    });

    it("the Go SDK: host signed with the port, a region", async () => {
      const request = { url: emulator.url, body: '{"Sync":false}', region: "ap-guangzhou" };
      assert.equal((await call(request)).State, "NOTASK");
    });

    it("tccli: its endpoint with the scheme sent and signed as host", async () => {
      const request = {
        url: emulator.url,
        host: emulator.url,
        body: '{"Sync": false}',
        region: "ap-guangzhou",
      };
      assert.equal((await call(request)).State, "NOTASK");
    });

    it("the Java SDK: a charset in the content type, service 127", async () => {
      const contentType = "application/json; charset=utf-8";
      assert.equal((await call({ url: emulator.url, contentType, service: "127" })).State, "NOTASK");
    });

    it("a hand-written sample: the action signed in lower case", async () => {
      const contentType = "application/json; charset=utf-8";
      assert.equal((await call({ url: emulator.url, contentType, signsAction: true })).State, "NOTASK");
    });
  });

  describe("refuses with AuthFailure.SignatureFailure", () => {
    it("a wrong secret key", async () => {
      assert.equal(
        await errorCode({ url: emulator.url, secretKey: "wrong" }),
        "AuthFailure.SignatureFailure",
      );
    });

    it("a body that is not the one signed", async () => {
      const headers = signedHeaders({ url: emulator.url, body: '{"Sync": true}' });
      assert.equal(
        await errorCode({ url: emulator.url, body: '{"Sync":true}', headers }),
        "AuthFailure.SignatureFailure",
      );
    });

    it("another host than the one sent", async () => {
      assert.equal(
        await errorCode({ url: emulator.url, signedHost: "cwp.tencentcloudapi.com" }),
        "AuthFailure.SignatureFailure",
      );
    });

    it("an action that is not the one signed", async () => {
      const { Authorization } = signedHeaders({ url: emulator.url, signsAction: true });
      assert.equal(
        await errorCode({ url: emulator.url, action: "DescribeMachines", headers: { Authorization } }),
        "AuthFailure.SignatureFailure",
      );
    });

    it("a scope of another day than the timestamp's", async () => {
      const { Authorization = "" } = signedHeaders({ url: emulator.url });
      const headers = { Authorization: Authorization.replace(/\/\d{4}-\d\d-\d\d\//, "/2019-02-25/") };
      assert.equal(await errorCode({ url: emulator.url, headers }), "AuthFailure.SignatureFailure");
    });

    it("a signed header that was not sent", async () => {
      const { Authorization } = signedHeaders({ url: emulator.url, signsAction: true });
      const headers = { Authorization: Authorization?.replace("x-tc-action", "x-tc-nothing") };
      assert.equal(await errorCode({ url: emulator.url, headers }), "AuthFailure.SignatureFailure");
    });

    it("a signature that leaves out the host", async () => {
      assert.equal(await errorCode({ url: emulator.url, signsHost: false }), "AuthFailure.SignatureFailure");
    });
  });

  it("takes a clock that is less than 5 minutes off, and no other", async () => {
    const now = Math.floor(Date.now() / 1000);
    for (const secondsOff of [-290, 290]) {
      assert.equal(await errorCode({ url: emulator.url, timestamp: now + secondsOff }), undefined);
    }
    for (const secondsOff of [-310, 310]) {
      assert.equal(
        await errorCode({ url: emulator.url, timestamp: now + secondsOff }),
        "AuthFailure.SignatureExpire",
      );
    }
  });

  it("names an Authorization header that is not of the documented form", async () => {
    assert.equal(
      await errorCode({ url: emulator.url, headers: { Authorization: "Bearer abc" } }),
      "AuthFailure.InvalidAuthorization",
    );
  });

  it("never repeats a secret key in an answer", async () => {
    const { text } = await sendSigned({ url: emulator.url, secretKey: "wrong" });
    assert.doesNotMatch(text, /emulatorsecretkey/);
  });
});
