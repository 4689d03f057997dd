import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { windows } from "./cliRelease";
import { end } from "./programs";
import type { WayToGet } from "./wayToGet";

/** The longest time that the download may stop for. */
const stalledAfterMs = 20_000;

/** The official archive, by the Automation API's installer. */
export const download: WayToGet = {
  origin: "download",
  announce: (version, reasons) => `Downloading the Pulumi CLI ${version}, as ${reasons}.`,
  async get(root, { version }) {
    // In a process of its own, as the Automation API offers no way to stop it. Its installer goes through the
    // folder for temporary files, so a growing `root` shows that it continues.
    const temporary = path.join(root, "tmp");
    fs.mkdirSync(temporary);
    const script = `require("@pulumi/pulumi/automation").PulumiCommand
      .install({ root: process.argv[1], version: process.argv[2] })
      .catch((error) => { console.error(error.message); process.exitCode = 1; })`;
    const installer = spawn(process.execPath, ["-e", script, root, version], {
      cwd: __dirname,
      env: { ...process.env, TMPDIR: temporary, TMP: temporary, TEMP: temporary },
      stdio: ["ignore", "pipe", "pipe"],
      detached: !windows,
    });
    const stop = stopWithAllItsChildren(installer);
    let size = sizeOf(root);
    let stalled = false;
    const watch = setInterval(() => {
      const now = sizeOf(root);
      stalled = now === size;
      size = now;
      if (stalled) {
        stop();
      }
    }, stalledAfterMs);
    const { ended, lastLine } = await end(installer).finally(() => clearInterval(watch));
    if (stalled) {
      throw new Error(`the download stood still for ${stalledAfterMs / 1000} seconds`);
    }
    if (ended !== 0) {
      throw new Error(`the download failed (${lastLine})`);
    }
    fs.rmSync(temporary, { recursive: true });
  },
};

/** Stops a detached child with its own children when called, and when this process ends. */
function stopWithAllItsChildren(child: ChildProcess): () => void {
  const stop = () => {
    if (child.pid === undefined) {
      return;
    }
    try {
      process.kill(windows ? child.pid : -child.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  const leave = () => process.exit(1);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  process.once("exit", stop);
  for (const signal of signals) {
    process.once(signal, leave);
  }
  child.once("close", () => {
    process.off("exit", stop);
    for (const signal of signals) {
      process.off(signal, leave);
    }
  });
  return stop;
}

function sizeOf(folder: string): number {
  const entries = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  const sizes = entries.map((name) => fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.size);
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}
