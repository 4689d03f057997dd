import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { PassThrough } from "node:stream";
import { type Emulator, emulatorAccount, type Faults, startEmulator } from "../../../emulator";
import { isAgreed } from "../../../provider/check/agreement";
import type { ObservationRecord } from "../../../provider/check/record";
import { ownHome } from "../account/credentials/home";
import { type Ended, run, type Surroundings } from "./process";

const { secretId, secretKey } = emulatorAccount;
const env = { TENCENTCLOUD_SECRET_ID: secretId, TENCENTCLOUD_SECRET_KEY: secretKey };

describe("cwp-check --observe", function () {
  this.timeout(60_000);

  const home = ownHome();
  let emulator: Emulator;
  let file: string;

  async function begin(faults: Faults = {}, syncSeconds = 1): Promise<void> {
    emulator = await startEmulator({ faults, syncSeconds });
    file = path.join(home.folder, "record.json");
  }
  afterEach(() => emulator.stop());

  const observe = (args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> =>
    run(["--endpoint", emulator.url, "--observe", file, ...args], { env, ...surroundings });
  const record = (): ObservationRecord => JSON.parse(readFileSync(file, "utf8"));
  const starts = () => emulator.requests.filter(({ sync }) => sync === true).length;

  it("starts nothing without a terminal to ask at, unless --yes is given", async () => {
    await begin();
    const { code, stdout, stderr } = await observe([]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^cwp-check: --observe starts machine syncs, .* add --yes if that is right\.\n$/);
    assert.deepEqual([emulator.requests.length, existsSync(file)], [0, false]);
  });

  it("writes over no file, and asks for a folder that there is, before it sends anything", async () => {
    await begin();
    writeFileSync(file, "precious");
    const taken = await observe(["--yes"]);
    assert.deepEqual([taken.code, readFileSync(file, "utf8")], [2, "precious"]);
    assert.match(taken.stderr, /record\.json exists already: name another file\./);
    file = path.join(home.folder, "no-such-folder", "record.json");
    const nowhere = await observe(["--yes"]);
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.stderr, /record\.json cannot be written: name a file in a folder/);
    assert.equal(emulator.requests.length, 0);
  });

  it("starts nothing, and writes nothing, if polls are not allowed", async () => {
    await begin({ deniedActions: ["SyncMachines"] });
    const { code, stdout } = await observe(["--yes"]);
    assert.equal(code, 1);
    assert.match(stdout, /Grant this identity the CAM action cwp:SyncMachines/);
    assert.deepEqual([starts(), existsSync(file)], [0, false]);
  });

  it("writes what it has seen at the end of --timeout, and says that it needs more", async () => {
    await begin({}, 600);
    const { code, stdout } = await observe(["--yes", "--timeout", "3s"]);
    assert.equal(code, 1);
    assert.match(stdout, /The time \(3 s\) was not enough to watch both syncs: allow more with --timeout\./);
    assert.ok(record().answers.length >= 3);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`writes what it has seen when ${signal} ends it`, async () => {
      await begin({}, 600);
      let isSent = false;
      const { code, stdout } = await observe(["--yes"], {
        watch(child, stderr) {
          if (!isSent && stderr.includes("syncing")) {
            isSent = child.kill(signal);
          }
        },
      });
      assert.equal(code, 1);
      assert.match(stdout, /The watch was interrupted\. A sync that it has started continues in CWP\./);
      assert.ok(record().answers.some((answer) => "state" in answer && answer.state === "SYNCING"));
    });
  }

  it("writes what it has seen if no request succeeds", async () => {
    await begin();
    emulator.inject({ error: "RequestLimitExceeded" }, { times: 100_000, on: "SyncMachines" });
    const { code, stdout } = await observe(["--yes", "--timeout", "3s"]);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /The time \(3 s\) was not enough .* The last request failed: RequestLimitExceeded: /,
    );
    assert.ok(record().answers.every((answer) => "code" in answer));
  });
});

describe("The question before a sync is started", () => {
  const rows: readonly [typed: string, isYes: boolean][] = [
    ["y\n", true],
    ["Yes\n", true],
    ["\n", false],
    ["n\n", false],
    ["yesterday\n", false],
    ["", false],
  ];
  for (const [typed, isYes] of rows) {
    it(`takes ${JSON.stringify(typed)} for a ${isYes ? "yes" : "no"}`, async () => {
      const [input, output] = [new PassThrough(), new PassThrough()];
      const agreed = isAgreed("Start them? ", input, output);
      input.end(typed);
      assert.equal(await agreed, isYes);
      assert.equal(String(output.read()), "Start them? ");
    });
  }
});
