import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { emulatorAccount, startEmulator } from "../../emulator";
import { help, readFlags } from "../../emulator/flags";
import { call } from "./signedRequest";

const root = path.join(__dirname, "../..");

describe("the command cwp-emulator", () => {
  let running: ChildProcess | undefined;
  afterEach(() => running?.kill("SIGKILL"));

  function start(...flags: string[]) {
    const child = spawn(
      process.execPath,
      ["-r", "ts-node/register/transpile-only", "emulator/command.ts", ...flags],
      { cwd: root, stdio: ["ignore", "pipe", "pipe"] },
    );
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

  it("prints its URL, then one line a request, and ends with 0 on SIGTERM", async () => {
    const account = { secretId: "AKIDmine", secretKey: "mine" };
    const { child, nextLine, exitCode } = start(
      ...["--sync-seconds", "0.5", "--secret-id", account.secretId, "--secret-key", account.secretKey],
      ...["--token", "session"],
    );
    const url = await nextLine();
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    await call({ url, ...account, token: "session", parameters: { Sync: true } });
    assert.match(await nextLine(), /^\d\d:\d\d:\d\d SyncMachines Sync=true by AKIDmine: SYNCING \(/);
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

describe("the flags of cwp-emulator", () => {
  it("serve the emulator's own account for 2 s a sync by default", () => {
    assert.deepEqual(readFlags([]), {
      help: false,
      quiet: false,
      options: { port: 0, syncSeconds: 2, accounts: [emulatorAccount] },
    });
  });

  it("set port, sync time, key pair, token, role and quiet", () => {
    const arn = "qcs::cam::uin/100000000001:roleName/sync";
    const flags = "--port 8080 --sync-seconds 0.5 --secret-id AKIDmine --secret-key mine --token t --quiet";
    assert.deepEqual(readFlags([...flags.split(" "), "--role-arn", arn]), {
      help: false,
      quiet: true,
      options: {
        port: 8080,
        syncSeconds: 0.5,
        accounts: [{ secretId: "AKIDmine", secretKey: "mine", token: "t" }],
        roles: [{ arn }],
      },
    });
  });

  it("are all explained by --help", () => {
    assert.deepEqual(readFlags(["--help"]), { help: true });
    const flags = ["port", "sync-seconds", "secret-id", "secret-key", "token", "role-arn", "quiet", "help"];
    for (const flag of flags) {
      assert.match(help, new RegExp(`^  --${flag} `, "m"));
    }
  });

  const wrong: [string, RegExp][] = [
    ["--port 70000", /^--port 70000 is not a port: expected a whole number from 0 to 65535\.$/],
    ["--port http", /^--port http is not a port/],
    ["--sync-seconds soon", /^--sync-seconds soon is not a duration/],
    ["--sync-seconds -1", /^Option '--sync-seconds' argument is ambiguous\. See cwp-emulator --help\.$/],
    ["--secret-id AKIDmine", /give both or neither/],
    ["--secret-key mine", /give both or neither/],
    ["serve", /^Unexpected argument 'serve'/],
  ];
  for (const [flags, message] of wrong) {
    it(`refuse ${flags}`, () => {
      assert.throws(() => readFlags(flags.split(" ")), { message });
    });
  }
});
