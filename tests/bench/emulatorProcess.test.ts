import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";

const typescript = path.resolve(__dirname, "../typescript.cjs");
const library = require.resolve("../../bench/emulatorProcess");

describe("the benchmark's emulator", function () {
  this.timeout(20_000);

  let bench: ChildProcess;

  afterEach(() => {
    // If the emulator lived on, they would keep the tests from ending.
    bench.stdout?.destroy();
    bench.stderr?.destroy();
  });

  for (const { how, end } of [
    {
      how: "an uncaught error",
      end: 'setImmediate(() => { throw new Error("measured nothing"); })',
    },
    { how: "a kill", end: 'process.kill(process.pid, "SIGKILL")' },
  ]) {
    it(`ends with a benchmark that ends by ${how}, and so does the pipe that both write to`, async () => {
      const script = `require(${JSON.stringify(library)}).startEmulatorProcess(0).then(({ url }) => {
        process.stdout.write(url, () => ${end});
      })`;
      const ended = spawn(process.execPath, ["-r", typescript, "-e", script], {
        stdio: ["ignore", "pipe", "pipe"],
      });
      bench = ended;
      const [url]: unknown[] = await once(ended.stdout, "data");
      // Emitted only after every process has closed the pipes.
      await once(bench, "close");
      await assert.rejects(fetch(String(url)), /fetch failed/);
    });
  }
});
