import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type Emulator, startEmulator } from "../../../../emulator";
import { pulumiSettings } from "../../../../provider/account/config";
import { resolveConnection } from "../../../../provider/account/settings";
import { CwpError } from "../../../../provider/api/errors";
import { type CwpClient, connect } from "../../../../provider/cwp/client";
import { HurriedTime } from "../../../hurriedTime";
import { refusal } from "../../../refusal";
import { ownHome } from "./home";
import { ROLE_PATH, roleCredentials, StandIn } from "./standIn";

const LONG_MS = 5_000;
const MINUTE = 60_000;
const podArn = "qcs::cam::uin/100000000002:roleName/pod";
const owner = { secretId: "AKIDowner", secretKey: "the-secret-key-of-the-owner" };
const podOwner = { secretId: "AKIDpod", secretKey: "the-secret-key-of-the-pod" };

describe("The CVM role", () => {
  const home = ownHome();
  let time: HurriedTime;
  let cvm: Emulator;
  let config: Record<string, string>;

  beforeEach(async () => {
    time = new HurriedTime();
    cvm = await startEmulator({
      accounts: [
        { ...owner, accountId: "100000000001" },
        { ...podOwner, accountId: "100000000002" },
      ],
      camRole: { name: "sync+machines=all,@.-_", seconds: 600 },
      roles: [{ arn: podArn, webIdentityToken: "the-web-identity-token" }],
    });
    config = { "tencentcloud-cwp:endpoint": cvm.url };
    process.env.TENCENTCLOUD_METADATA_URL = cvm.url;
  });
  afterEach(async () => {
    time.restore();
    await cvm.stop();
  });

  const inPod = () =>
    Object.assign(process.env, {
      TKE_REGION: "ap-guangzhou",
      TKE_PROVIDER_ID: "cls-1",
      TKE_ROLE_ARN: podArn,
      TKE_WEB_IDENTITY_TOKEN_FILE: home.write("token", "the-web-identity-token"),
    });
  const connection = () =>
    resolveConnection(
      {},
      pulumiSettings((name) => config[name]),
      process.env,
    );
  const world = () => cvm.world(cvm.requests.at(-1)?.secretId);
  const signsForOwner = async (client: CwpClient = connect(connection())) => {
    await client.syncMachines(false, LONG_MS);
    assert.equal(world(), cvm.world(owner.secretId));
  };
  const failure = async (client: CwpClient = connect(connection())) => {
    const error = await refusal(client.syncMachines(true, LONG_MS), owner.secretKey);
    assert.ok(error instanceof CwpError, error.message);
    return error;
  };

  it("signs if nothing else is set", () => signsForOwner());

  it("signs by its name, whatever the name", async () => {
    config["tencentcloud:camRoleName"] = "sync+machines=all,@.-_";
    await signsForOwner();
  });

  it("reports the end of its credentials", async () => {
    const { expiresAt = 0 } = await connection().credentials.find();
    assert.ok(Math.abs(expiresAt - Date.now() - 600_000) < 5_000, `${expiresAt}`);
  });

  const faults: readonly [title: string, fault: Parameters<Emulator["inject"]>[0], says: RegExp][] = [
    ["answers with a 500", { http: 500 }, /^The metadata service answered with HTTP status 500\.$/],
    ["answers with a 503", { http: 503 }, /^The metadata service answered with HTTP status 503\.$/],
    ["is asked too often", { http: 429 }, /^The metadata service answered with HTTP status 429\.$/],
    ["breaks off", { reset: true }, /^No connection to the metadata service: \w+\. It was asked for the CVM/],
    ["breaks off in the middle", { truncate: true }, /^No connection to the metadata service: \w+\. It was/],
    [
      "has no end of answering",
      { body: "x".repeat(10_000_001) },
      /^The metadata service sent more than 10 MB\. It was asked for the CVM role/,
    ],
  ];
  for (const role of [undefined, "sync+machines=all,@.-_"]) {
    for (const [title, fault, says] of faults) {
      it(`${role ? "with" : "without"} a name is looked up again if the metadata service ${title}, and no other source signs`, async () => {
        inPod();
        config["tencentcloud:camRoleName"] = role ?? "";
        const client = connect(connection());
        cvm.inject(fault, { on: "metadata" });
        const error = await failure(client);
        assert.match(error.message, says);
        const code = "http" in fault ? "HttpStatus" : "NetworkFailure";
        assert.deepEqual([error.code, error.retry, error.sent], [code, "yes", false]);
        assert.equal(error.topic, "credentials");
        assert.deepEqual(cvm.requests, [], "nothing was sent to CWP or STS");
        await signsForOwner(client);
      });
    }
  }

  it("continues to sign if the metadata service fails once at a renewal, whatever other sources there are", async () => {
    inPod();
    for (const fault of [{ http: 500 }, { http: 404 }, { reset: true }, { html: true }] as const) {
      const client = connect(connection());
      await signsForOwner(client);
      time.pass(6 * MINUTE);
      cvm.inject(fault, { on: "metadata" });
      await signsForOwner(client);
      await signsForOwner(client);
    }
    assert.ok(!cvm.requests.some(({ action }) => action.startsWith("AssumeRole")));
  });

  it("is replaced by no other source once its credentials have ended, though the metadata service is gone", async () => {
    inPod();
    const client = connect(connection());
    await signsForOwner(client);
    time.pass(11 * MINUTE);
    cvm.clearRequests();
    cvm.inject({ http: 404 }, { on: "metadata", times: 9 });
    const error = await failure(client);
    assert.equal(error.message, "There are no credentials any more in the CVM role of this machine.");
    assert.deepEqual([error.code, error.retry, error.sent], ["NetworkFailure", "yes", false]);
    assert.equal(error.topic, "credentials");
    assert.deepEqual(cvm.requests, []);
  });

  const pages: readonly [title: string, answer: string][] = [
    ["a login page of the network", "<!DOCTYPE html><html><body>secret-of-the-page</body></html>"],
    ["words", "please log in: secret-of-the-page"],
    ["several lines", "one-role\nsecret-of-the-page"],
    ["nothing", ""],
    ["a long text", `secret-of-the-page${"x".repeat(200)}`],
  ];
  for (const [title, answer] of pages) {
    it(`is absent if the metadata service answers with ${title}, which is not quoted`, async () => {
      const portal = await StandIn.start(() => answer);
      try {
        process.env.TENCENTCLOUD_METADATA_URL = portal.url;
        const error = await refusal(connect(connection()).syncMachines(false, LONG_MS), "secret-of-the-page");
        assert.match(error.message, /^No Tencent Cloud credentials were found/);
        inPod();
        await connect(connection()).syncMachines(false, LONG_MS);
        assert.equal(world(), cvm.world(podOwner.secretId));
      } finally {
        await portal.stop();
      }
    });
  }

  for (const status of [302, 401, 403, 404]) {
    it(`is absent if the metadata service answers with a ${status}`, async () => {
      const portal = createServer((_request, response) =>
        response.writeHead(status, { location: cvm.url }).end("secret-of-the-page"),
      ).listen(0, "127.0.0.1");
      await new Promise((resolve) => portal.once("listening", resolve));
      const address = portal.address();
      assert.ok(typeof address === "object" && address !== null);
      try {
        process.env.TENCENTCLOUD_METADATA_URL = `http://127.0.0.1:${address.port}`;
        const error = await refusal(connect(connection()).syncMachines(false, LONG_MS), "secret-of-the-page");
        assert.match(error.message, /^No Tencent Cloud credentials were found/);
      } finally {
        portal.closeAllConnections();
        portal.close();
      }
    });
  }

  it("is absent if no name server knows the metadata service", async () => {
    process.env.TENCENTCLOUD_METADATA_URL = "http://no-such-host.invalid";
    assert.match((await failure()).message, /^No Tencent Cloud credentials were found/);
  });

  it("is not asked for if nothing waits for it any more", async () => {
    const error = await refusal(connection().credentials.find(AbortSignal.abort()));
    assert.ok(error instanceof CwpError);
    assert.equal(error.code, "Aborted");
    assert.deepEqual(cvm.metadataRequests, []);
  });

  it("is given up with the request that needed it", async () => {
    const silent = await StandIn.start(() => new Promise<never>(() => {}));
    try {
      process.env.TENCENTCLOUD_METADATA_URL = silent.url;
      const leave = new AbortController();
      const request = refusal(connect(connection()).syncMachines(false, LONG_MS, leave.signal));
      setImmediate(() => leave.abort());
      const started = performance.now();
      assert.match((await request).message, /given up/);
      assert.ok(performance.now() - started < 1_000);
    } finally {
      await silent.stop();
    }
  });

  /** A metadata service with one role, whose number of the account is what `appId` gives. */
  const withAppId = (appId: () => string | undefined | Promise<never>) =>
    StandIn.start(({ path: asked }) =>
      asked === ROLE_PATH
        ? "deploy"
        : asked === `${ROLE_PATH}deploy`
          ? roleCredentials({ ...owner, token: "" })
          : appId(),
    );

  for (const [first, then] of [
    ["1250000001", undefined],
    [undefined, "1250000001"],
    ["a page of the network", "1250000001"],
  ]) {
    it(`stays the same at a renewal whose account number is ${then}, after ${first}`, async () => {
      let answer = first;
      const metadata = await withAppId(() => answer);
      try {
        process.env.TENCENTCLOUD_METADATA_URL = metadata.url;
        const { credentials } = connection();
        const { who } = await credentials.find();
        assert.equal(who.includes("1250000001"), first === "1250000001");
        assert.ok(!who.includes("page"));
        answer = then;
        assert.equal((await credentials.find()).who, who);
      } finally {
        await metadata.stop();
      }
    });
  }

  it("is asked for its account again if the question was given up", async () => {
    const leave = new AbortController();
    let asked = 0;
    const metadata = await withAppId(() => {
      asked += 1;
      if (asked > 1) {
        return "1250000001";
      }
      leave.abort();
      return new Promise<never>(() => {});
    });
    try {
      process.env.TENCENTCLOUD_METADATA_URL = metadata.url;
      const { credentials } = connection();
      assert.match((await refusal(credentials.find(leave.signal))).message, /given up/);
      assert.match((await credentials.find()).who, /1250000001/);
    } finally {
      await metadata.stop();
    }
  });

  it("is distinct from a role of the same name in another account", async () => {
    const accounts: string[] = [];
    for (const [id, path] of [
      ["1250000001", "app-id"],
      ["1250000002", "app-id"],
      ["", "nothing"],
    ]) {
      const metadata = await StandIn.start(({ path: asked }) =>
        asked === ROLE_PATH
          ? "deploy"
          : asked === `${ROLE_PATH}deploy`
            ? roleCredentials({ ...owner, token: "" })
            : asked.endsWith(`/${path}`)
              ? id
              : undefined,
      );
      process.env.TENCENTCLOUD_METADATA_URL = metadata.url;
      accounts.push((await connection().credentials.find()).who);
      await metadata.stop();
    }
    assert.equal(new Set(accounts).size, 3);
  });
});
