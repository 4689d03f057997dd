import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { emulatorAccount, startEmulator } from "../../../emulator";
import { readCommandLine } from "../../../emulator/cli/commandLine";
import { help } from "../../../emulator/cli/flags";
import { greeting } from "../../../emulator/cli/greeting";
import { readFaults, readInjected } from "../../../emulator/http/faultInput";
import { pluginSettings, pulumiSettings } from "../../../provider/account/config";
import { resolveConnection } from "../../../provider/account/settings";
import { call, sendSigned } from "../api/signedRequest";

const root = path.join(__dirname, "../../..");

/** The known names that the refusal of an unknown name lists. */
function namesIn(refuse: () => unknown): string[] {
  try {
    refuse();
  } catch (error) {
    return /Known: (.*)\.$/.exec(String(error))?.[1]?.split(", ") ?? [];
  }
  return [];
}

describe("the command cwp-emulator", () => {
  let running: ChildProcess | undefined;
  afterEach(() => running?.kill("SIGKILL"));

  function start(...flags: string[]) {
    const child = spawn(process.execPath, ["dist/emulator/cli/command.js", ...flags], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    running = child;
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    return {
      child,
      nextLine: async (): Promise<string> => (await lines.next()).value,
      exitCode: async (): Promise<unknown> => (await once(child, "exit"))[0],
      all: async () => {
        const output = { stdout: "", stderr: "" };
        child.stdout.on("data", (chunk) => {
          output.stdout += chunk;
        });
        child.stderr.on("data", (chunk) => {
          output.stderr += chunk;
        });
        const [code] = await once(child, "close");
        return { code, ...output };
      },
    };
  }

  it("prints its URL, then one line for each request, and ends with 0 on SIGTERM", async () => {
    const account = { secretId: "AKIDmine", secretKey: "mine" };
    const { child, nextLine, exitCode } = start(
      ...["--sync-seconds", "0.5", "--secret-id", account.secretId, "--secret-key", account.secretKey],
      ...["--token", "session"],
    );
    const url = await nextLine();
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    await call({ url, ...account, token: "session", parameters: { Sync: true } });
    assert.match(
      await nextLine(),
      /^\d\d:\d\d:\d\d {2}SyncMachines +trigger {2}AKIDmine +SYNCING +started .* \(/,
    );
    child.kill("SIGTERM");
    assert.equal(await exitCode(), 0);
  });

  it("prints nothing but its URL with --quiet, and ends with 0 on SIGINT", async () => {
    const { child, nextLine, exitCode } = start("--quiet");
    await call({ url: await nextLine() });
    child.kill("SIGINT");
    assert.equal(await exitCode(), 0);
    assert.equal(await nextLine(), undefined);
  });

  it("prints no greeting if its output is no terminal", async () => {
    const { child, nextLine } = start();
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    await call({ url: await nextLine() });
    await nextLine();
    child.kill("SIGTERM");
    await once(child, "close");
    assert.equal(stderr, "");
  });

  it("misbehaves from the start as --faults says", async () => {
    const { nextLine } = start(
      ...["--faults", '{"forgets": true}', "--faults", '{"unknownState": "PAUSED"}'],
      ...["--faults", '{"inject": {"http": 502}, "on": "start"}'],
    );
    const url = await nextLine();
    assert.equal((await sendSigned({ url, parameters: { Sync: true } })).status, 502);
    assert.equal((await call({ url })).State, "PAUSED");
  });

  it("explains itself with --help, and ends with 0", async () => {
    assert.deepEqual(await start("--help").all(), { code: 0, stdout: help, stderr: "" });
  });

  it("ends with 2 and one line on stderr for a flag that it does not know", async () => {
    const { code, stdout, stderr } = await start("--prot", "1").all();
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^cwp-emulator: Unknown option '--prot'.*\n$/);
  });

  it("ends with 1 and one line on stderr when its port is in use", async () => {
    const first = await startEmulator();
    const { port } = new URL(first.url);
    const { code, stderr } = await start("--port", port).all();
    await first.stop();
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^cwp-emulator: Port ${port} on 127\\.0\\.0\\.1 is in use.*\\n$`));
  });
});

describe("the greeting of cwp-emulator", () => {
  const url = "http://127.0.0.1:8080";

  it("gives the environment that leads to it, by both entry points", async () => {
    const lines = [...greeting(url, emulatorAccount).matchAll(/^ {2}export (\w+)=(.*)$/gm)];
    assert.equal(lines.length, 3);
    const env = Object.fromEntries(lines.map(([, name, value]) => [name, value]));
    for (const settings of [pulumiSettings, pluginSettings]) {
      const { protocol, host, credentials } = resolveConnection(
        {},
        settings(() => undefined),
        env,
      );
      assert.equal(`${protocol}//${host}`, url);
      const { secretId, secretKey } = await credentials.find();
      assert.deepEqual({ secretId, secretKey }, emulatorAccount);
    }
  });

  it("gives the command that adds a host", () => {
    assert.match(
      greeting(url, emulatorAccount),
      /^ {2}curl -d '\{"id": "ins-web"\}' http:\/\/127\.0\.0\.1:8080\/_emulator\/hosts$/m,
    );
  });

  it("shows neither a key nor a token that the user chose", () => {
    const text = greeting(url, { secretId: "AKIDmine", secretKey: "chosen-key", token: "chosen-token" });
    assert.doesNotMatch(text, /chosen/);
    assert.match(text, /^ {2}export TENCENTCLOUD_SECRET_KEY='the --secret-key'$/m);
    assert.match(text, /^ {2}export TENCENTCLOUD_SECURITY_TOKEN='the --token'$/m);
  });
});

describe("the flags of cwp-emulator", () => {
  const noFile = (file: string) => assert.fail(`${file} was read`);
  const read = (...args: string[]) => readCommandLine(args, noFile, 0);

  it("serve the emulator's own account for 2 s a sync by default", () => {
    assert.deepEqual(read(), {
      help: false,
      quiet: false,
      account: emulatorAccount,
      options: { port: 0, syncSeconds: 2, accounts: [emulatorAccount], roles: [] },
      injected: [],
      hosts: [],
    });
  });

  it("set port, hosts, sync time, key pair, token, role and quiet", () => {
    const arn = "qcs::cam::uin/100000000001:roleName/sync";
    const flags =
      "--port 8080 --hosts ins-web,ins-db --sync-seconds 0.5 --secret-id AKIDmine --secret-key mine --token t --quiet";
    assert.deepEqual(read(...flags.split(" "), "--role-arn", arn), {
      help: false,
      quiet: true,
      account: { secretId: "AKIDmine", secretKey: "mine", token: "t" },
      options: {
        port: 8080,
        syncSeconds: 0.5,
        accounts: [{ secretId: "AKIDmine", secretKey: "mine", token: "t" }],
        roles: [{ arn }],
      },
      injected: [],
      hosts: [{ id: "ins-web" }, { id: "ins-db" }],
    });
  });

  it("are all explained by --help", () => {
    assert.deepEqual(read("--help"), { help: true });
    const account = ["secret-id", "secret-key", "token", "role-arn"];
    for (const flag of ["port", "hosts", "sync-seconds", "scenario", "faults", ...account, "quiet", "help"]) {
      assert.match(help, new RegExp(`^  --${flag} `, "m"));
    }
  });

  it("are explained with every fault there is, in lines that fit a terminal", () => {
    const lasting = namesIn(() => readFaults({ moon: true }, 0));
    const ofRequests = namesIn(() => readInjected({ inject: {} }));
    assert.ok(lasting.includes("neverEnds") && ofRequests.includes("hang"));
    for (const fault of [...lasting, ...ofRequests]) {
      assert.match(help, new RegExp(`\\b${fault}: `), fault);
    }
    assert.deepEqual(
      help.split("\n").filter(({ length }) => length > 100),
      [],
    );
  });

  const wrong: [string, RegExp][] = [
    ["--port 70000", /^--port 70000 is not a port: expected a whole number from 0 to 65535\.$/],
    ["--port http", /^--port http is not a port/],
    ["--sync-seconds soon", /^--sync-seconds soon is not a duration/],
    ["--sync-seconds -1", /^Option '--sync-seconds' argument is ambiguous\. See cwp-emulator --help\.$/],
    ["--secret-id AKIDmine", /give both or neither/],
    ["--secret-key mine", /give both or neither/],
    ["--hosts ins-web,,ins-db", /^--hosts ins-web,,ins-db is not a list of hosts: .* ins-web,ins-db\.$/],
    ["serve", /^Unexpected argument 'serve'/],
  ];
  for (const [flags, message] of wrong) {
    it(`refuse ${flags}`, () => {
      assert.throws(() => read(...flags.split(" ")), { message });
    });
  }

  const wrongFaults: [string, string][] = [
    ['{"staleSeconds": "3"}', "In --faults, `staleSeconds` is not valid: expected a number."],
    ['{"inject": {"http": 700}}', "In --faults, `inject.http` is not valid: expected at most 599."],
    ["staleSeconds=3", "--faults is not valid JSON: expected one JSON object."],
    ["[]", "--faults is not valid: expected one JSON object."],
  ];
  for (const [json, message] of wrongFaults) {
    it(`refuse --faults ${json}`, () => {
      assert.throws(() => read("--faults", json), { message });
    });
  }
});
