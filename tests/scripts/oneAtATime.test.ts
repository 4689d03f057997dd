import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setImmediate } from "node:timers/promises";
import { oneAtATime } from "../../scripts/oneAtATime.cjs";

const library = require.resolve("../../scripts/oneAtATime.cjs");

describe("the lock between set-ups", () => {
  let folder: string;
  let lock: string;
  const children: ChildProcess[] = [];
  const nobody = () => assert.fail("it waited for somebody");

  before(function () {
    if (process.platform === "win32") {
      this.skip(); // It has no SIGKILL, and no sleep.
    }
  });
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "cwp-lock-"));
    lock = path.join(folder, "lock");
  });
  afterEach(() => {
    for (const child of children.splice(0)) {
      child.kill("SIGKILL");
    }
    fs.rmSync(folder, { recursive: true });
  });

  /** Another process that takes the lock, prints what `task` says, and holds the lock until it is killed. */
  async function holderInAnotherProcess(task: string): Promise<{ holder: ChildProcess; printed: string }> {
    const script = `
      require(process.argv[1]).oneAtATime(process.argv[2], async (holder) => {
        ${task};
        await new Promise(() => setInterval(() => {}, 1000));
      })`;
    const holder = spawn(process.execPath, ["-e", script, library, lock], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(holder);
    const [printed] = await once(holder.stdout, "data");
    return { holder, printed: String(printed) };
  }

  async function kill(process: ChildProcess): Promise<void> {
    process.kill("SIGKILL");
    await once(process, "exit");
  }

  it("lets one task run after the other, and tells the second whom it waits for", async () => {
    const steps: string[] = [];
    const events = new EventEmitter();
    const waiting = once(events, "waiting");
    const one = oneAtATime(lock, () => once(events, "go on").then(() => steps.push("first")), nobody);
    const two = oneAtATime(
      lock,
      async () => steps.push("second"),
      (pid) => events.emit("waiting", pid),
    );
    assert.deepEqual(await waiting, [process.pid]);
    events.emit("go on");
    await Promise.all([one, two]);
    assert.deepEqual(steps, ["first", "second"]);
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it("is free again after a task that failed", async () => {
    const failing = oneAtATime(lock, () => Promise.reject(new Error("no luck")), nobody);
    await assert.rejects(failing, /no luck/);
    assert.equal(await oneAtATime(lock, async () => "done", nobody), "done");
  });

  it("is taken over at once from a holder that died, by one of those who wait", async () => {
    const { holder } = await holderInAnotherProcess(`console.log("held")`);
    await kill(holder);
    let running = 0;
    let most = 0;
    const task = async () => {
      running += 1;
      most = Math.max(most, running);
      await setImmediate();
      running -= 1;
    };
    await Promise.all([1, 2, 3, 4].map(() => oneAtATime(lock, task, () => undefined)));
    assert.equal(most, 1);
  });

  it("is held as long as a child lives that its holder started and did not outlive", async () => {
    const { holder, printed } = await holderInAnotherProcess(`
      const child = require("node:child_process").spawn("sleep", ["60"]);
      holder.keepFor(child);
      console.log(child.pid)`);
    const child = Number(printed);
    await kill(holder);
    let waited = false;
    await oneAtATime(
      lock,
      async () => undefined,
      () => {
        waited = true;
        process.kill(child, "SIGKILL");
      },
    );
    assert.equal(waited, true);
  });

  it("is taken over from a holder whose pid another process has got", async () => {
    const { holder } = await holderInAnotherProcess(`console.log("held")`);
    await kill(holder);
    const file = path.join(lock, "holder.json");
    const held = JSON.parse(fs.readFileSync(file, "utf8"));
    fs.writeFileSync(file, JSON.stringify({ ...held, pids: [process.pid] }));
    const anHourAgo = new Date(Date.now() - 60 * 60 * 1000);
    fs.utimesSync(file, anHourAgo, anHourAgo);
    assert.equal(await oneAtATime(lock, async () => "done", nobody), "done");
  });
});
