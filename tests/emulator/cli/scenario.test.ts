import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { actionNames } from "../../../emulator/api/apis";
import { readCommandLine } from "../../../emulator/cli/commandLine";
import { help } from "../../../emulator/cli/flags";
import { call, sendSigned } from "../api/signedRequest";

const root = path.join(__dirname, "../../..");

describe("a scenario file", () => {
  /** Reads a command line whose scenario, lost.json, holds this. */
  function read(content: unknown, ...flags: string[]) {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    const nowMs = 1_700_000_000_000;
    const commandLine = readCommandLine(["--scenario", "lost.json", ...flags], () => text, nowMs);
    return commandLine.help ? assert.fail("the help was asked for") : commandLine;
  }

  describe("is served from the start", () => {
    let folder: string;
    let running: ChildProcess | undefined;
    before(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), "scenario-"));
    });
    after(() => fs.rmSync(folder, { recursive: true }));
    afterEach(() => running?.kill("SIGKILL"));

    function start(content: string, ...flags: string[]) {
      const file = path.join(folder, "lost.json");
      fs.writeFileSync(file, content);
      const child = spawn(process.execPath, ["dist/emulator/cli/command.js", "--scenario", file, ...flags], {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
      });
      running = child;
      return child;
    }

    async function own(url: string, name: string, body?: object) {
      const request = body && { method: "POST", body: JSON.stringify(body) };
      return JSON.parse(await (await fetch(`${url}/_emulator/${name}`, request)).text());
    }

    it("with its sync time, faults, injected faults and hosts", async () => {
      const child = start(`{
        "syncSeconds": 60,
        "faults": { "forgets": true },
        "inject": [
          { "inject": { "loseAnswer": true }, "on": "trigger" },
          { "inject": { "http": 502 }, "on": "read", "times": 1, "after": 1 }
        ],
        "hosts": [{ "id": "ins-web" }, { "id": "ins-db" }]
      }`);
      const [url] = await once(createInterface(child.stdout), "line");
      await assert.rejects(sendSigned({ url, parameters: { Sync: true } }), { code: "ECONNRESET" });
      await own(url, "advance", { seconds: 59 });
      assert.equal((await call({ url })).State, "SYNCING");
      assert.equal((await sendSigned({ url })).status, 502);
      await own(url, "advance", { seconds: 1 });
      assert.equal((await call({ url })).State, "NOTASK");
      const hosts = await own(url, "hosts");
      assert.deepEqual(
        hosts.map(({ id, visible }: { id: string; visible: boolean }) => [id, visible]),
        [
          ["ins-web", true],
          ["ins-db", true],
        ],
      );
    });

    it("or ends the command with 2 and one sentence", async () => {
      const child = start('{ "faults": { "neverEnd": 1 } }');
      let stderr = "";
      child.stderr.on("data", (chunk) => {
        stderr += chunk;
      });
      const [code] = await once(child, "close");
      assert.equal(code, 2);
      assert.match(
        stderr,
        /^cwp-emulator: In .*lost\.json, `faults\.neverEnd` is not known: expected one of .*\.\n$/,
      );
    });
  });

  it("gives way to the flags beside it", () => {
    const content = {
      syncSeconds: 60,
      faults: { forgets: true },
      inject: [{ inject: { http: 502 } }],
    };
    const { options, injected } = read(
      content,
      ...[
        "--sync-seconds",
        "5",
        "--faults",
        '{"emptyTimes": true}',
        "--faults",
        '{"inject": {"reset": true}}',
      ],
    );
    assert.equal(options.syncSeconds, 5);
    assert.deepEqual(options.faults, { emptyTimes: true });
    assert.deepEqual(
      injected.map(({ fault }) => fault),
      [{ http: 502 }, { reset: true }],
    );
  });

  it("can have several accounts, and roles in them", () => {
    const one = {
      secretId: "AKIDone",
      secretKey: "one",
      token: "t",
      account: "shared",
      accountId: "100000000007",
      tokenCode: "123456",
    };
    const other = { secretId: "AKIDother", secretKey: "other" };
    const role = {
      arn: "arn",
      account: "AKIDother",
      externalId: "x",
      webIdentityToken: "w",
      samlAssertion: "s",
      seconds: 60,
    };
    const camRole = { name: "sync", account: "shared", seconds: 60 };
    const content = { accounts: [one, other], roles: [role], camRole };
    const { options, account } = read(content);
    assert.deepEqual([options.accounts, options.roles, account], [[one, other], [role], one]);
    assert.deepEqual(options.camRole, camRole);

    const flags = ["--secret-id", "AKIDmine", "--secret-key", "mine", "--role-arn", "mine"];
    const mine = { secretId: "AKIDmine", secretKey: "mine" };
    const both = read(content, ...flags);
    assert.deepEqual(both.options.accounts, [mine, one, other]);
    assert.deepEqual(both.options.roles, [{ arn: "mine" }, role]);
    assert.deepEqual(both.account, mine);
  });

  it("is shown by --help and in the documentation as it can be used", () => {
    const page = fs.readFileSync(path.join(root, "docs/emulator.md"), "utf8");
    for (const text of [help, page]) {
      const [example = ""] = /^ *\{\n *"syncSeconds".*?^ *\}/ms.exec(text) ?? [];
      const { options, injected, hosts } = read(example);
      assert.deepEqual(options.faults, { staleSeconds: 3 });
      assert.deepEqual(injected, [{ fault: { loseAnswer: true }, injection: { on: "start" } }]);
      assert.equal(hosts[0]?.id, "ins-web");
    }
  });

  it("may be empty, or hold one host", () => {
    const { options, injected, hosts } = read({});
    assert.deepEqual([options.syncSeconds, options.faults, injected, hosts], [2, undefined, [], []]);
    assert.deepEqual(read({ hosts: { id: "ins-web" } }).hosts, [{ id: "ins-web" }]);
  });

  it("can begin syncs of other pipelines some time after the start", () => {
    const { options } = read({
      faults: {
        foreignSyncs: [
          { inSeconds: 0, seconds: 5 },
          { inSeconds: 30, seconds: 5 },
        ],
      },
    });
    const starts = options.faults?.foreignSyncs?.map(({ atMs }) =>
      Math.round((atMs - 1_700_000_000_000) / 1000),
    );
    assert.deepEqual(starts, [0, 30]);
  });

  const wrong: [unknown, string][] = [
    [
      '{ "syncSeconds": 5,\n  "faults": {}\n  "hosts": [] }',
      "lost.json is not valid JSON near line 3: expected one JSON object.",
    ],
    ["secretKey=abc", "lost.json is not valid JSON: expected one JSON object."],
    ["", "lost.json is not valid JSON: expected one JSON object."],
    [[], "lost.json is not valid: expected one JSON object."],
    [
      { syncSecond: 5 },
      "In lost.json, `syncSecond` is not known: expected one of accounts, roles, camRole, syncSeconds, faults, inject, hosts.",
    ],
    [
      { accounts: [{ secretId: "AKIDone" }] },
      "In lost.json, `accounts[0].secretKey` is missing: expected a string.",
    ],
    [
      { accounts: [{ secretId: "AKIDone", secretKey: "one", accountId: "mine" }] },
      "In lost.json, `accounts[0].accountId` is not valid: expected a string of digits.",
    ],
    [{ camRole: "sync" }, "In lost.json, `camRole` is not valid: expected one JSON object."],
    [
      { inject: [{ inject: { error: "InternalError" }, on: "metadata" }] },
      "In lost.json, `inject[0].on` is not valid: expected another than metadata, which has no error codes.",
    ],
    [{ roles: [{ account: "AKIDone" }] }, "In lost.json, `roles[0].arn` is missing: expected a string."],
    [{ syncSeconds: "5" }, "In lost.json, `syncSeconds` is not valid: expected a number."],
    [{ syncSeconds: -5 }, "In lost.json, `syncSeconds` is not valid: expected 0 or more."],
    [{ faults: [] }, "In lost.json, `faults` is not valid: expected one JSON object."],
    [
      { faults: { staleSeconds: true } },
      "In lost.json, `faults.staleSeconds` is not valid: expected a number.",
    ],
    [
      { faults: { busyTrigger: "wait" } },
      "In lost.json, `faults.busyTrigger` is not valid: expected one of join, FailedOperation, ResourceInUse.",
    ],
    [
      { faults: { foreignSyncs: [{ inSeconds: 1, seconds: 1 }, { inSeconds: 5 }] } },
      "In lost.json, `faults.foreignSyncs[1].seconds` is not valid: expected a number.",
    ],
    [
      { faults: { foreignSyncs: [{ seconds: 5 }] } },
      "In lost.json, `faults.foreignSyncs[0].inSeconds` is not valid: expected a number, or atMs in its place.",
    ],
    [{ inject: { http: 502 } }, "In lost.json, `inject` is not valid: expected a list."],
    [{ inject: [{ times: 2 }] }, "In lost.json, `inject[0].inject` is not valid: expected one JSON object."],
    [
      { inject: [{ inject: {} }] },
      "In lost.json, `inject[0].inject` names no fault: expected one of error, http, body, delaySeconds, html, truncate, empty, reset, hang, loseAnswer.",
    ],
    [
      { inject: [{ inject: { reset: true }, on: "write" }] },
      `In lost.json, \`inject[0].on\` is not valid: expected one of start, trigger, read, sts, any, metadata, ${actionNames.join(", ")}.`,
    ],
    [
      { hosts: [{ id: "ins-web" }, { name: "db" }] },
      "In lost.json, `hosts[1].id` is missing: expected a string.",
    ],
    [{ hosts: "ins-web" }, "In lost.json, `hosts` is not valid: expected one JSON object."],
  ];
  for (const [content, message] of wrong) {
    it(`is refused when it is ${JSON.stringify(content)}`, () => {
      assert.throws(() => read(content), { message });
    });
  }

  it("is refused when it cannot be read", () => {
    const message =
      "missing.json cannot be read (ENOENT: no such file or directory): expected a scenario in JSON.";
    const flags = ["--scenario", "missing.json"];
    assert.throws(() => readCommandLine(flags, (file) => fs.readFileSync(file, "utf8"), 0), { message });
  });
});
