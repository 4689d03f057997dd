/**
 * Runs the main job: `pulumi up` on the real engine, against a CWP endpoint that checks signatures (the
 * emulator, in a process of its own), with a Pulumi backend in a temporary folder. The program is
 * examples/after-hosts, unchanged.
 */
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { findOrGetPulumi } from "./pulumiCli";

const repository = path.resolve(__dirname, "..");
const example = path.join(repository, "examples", "after-hosts");
const account = { secretId: "AKIDdemo", secretKey: "the-demo-key-of-no-real-account" };

interface EmulatedHost {
  id: string;
  visible: boolean;
}

async function main(): Promise<void> {
  const { binDir } = await findOrGetPulumi();
  process.env.PATH = [...binDir, process.env.PATH].join(path.delimiter);
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-demo-")));
  const emulator = startEmulator();
  try {
    await show(await emulator.url, await createStack(folder, await emulator.url));
  } finally {
    emulator.process.kill();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function show(url: string, stack: Stack): Promise<void> {
  const up = async (hosts: string[]) => {
    await stack.setConfig("hosts", { value: JSON.stringify(hosts) });
    return stack.up({ onOutput: print });
  };

  heading("1. Two hosts, and a MachineSync after them");
  const first = await up(["web", "db"]);
  await requests(url);

  heading("2. Nothing has changed: no request at all");
  await up(["web", "db"]);
  const unchanged = await requests(url);

  heading("3. One host more in `triggers`: one sync more");
  const third = await up(["web", "db", "cache"]);
  const again = await requests(url);

  heading("4. A refresh only reads");
  await stack.refresh({ onOutput: print });
  const refreshed = await requests(url);

  heading("5. The emulated account's machine list");
  const hosts = await getJson<EmulatedHost[]>(`${url}/_emulator/hosts`);
  for (const { id, visible } of hosts) {
    print(`${id}: ${visible ? "known to CWP" : "not yet known to CWP"}\n`);
  }

  heading("6. Destroy: nothing to undo, no request");
  await stack.destroy({ onOutput: print });
  const destroyed = await requests(url);

  heading("What happened");
  const times = (outputs: typeof first.outputs) =>
    `LatestStartTime ${outputs.LatestStartTime?.value}, LatestEndTime ${outputs.LatestEndTime?.value}`;
  print(`The first up synced machines:      ${times(first.outputs)}
The up with a new host synced again: ${times(third.outputs)}
Requests that start a sync: ${unchanged.triggers} in the unchanged up, ${again.triggers} with the new host, ${refreshed.triggers} in the refresh, ${destroyed.triggers} in the destroy.

Next, with a real account: copy examples/after-hosts, replace its stand-in hosts by your own, set
tencentcloud:secretId and tencentcloud:secretKey, and run "pulumi up". README.md has the rest.
`);
  const known = hosts.length === 3 && hosts.every(({ visible }) => visible);
  if (!known || unchanged.all + destroyed.all + refreshed.triggers > 0 || again.triggers !== 1) {
    throw new Error("The demo did not go as it says. This is a fault of this package: please report it.");
  }
}

async function createStack(folder: string, endpoint: string): Promise<Stack> {
  // The provider process looks for this package from the program's folder, as it does in a user's project.
  fs.symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"), "junction");
  const backend = path.join(folder, "backend");
  fs.mkdirSync(backend);
  const stack = await LocalWorkspace.createStack(
    { projectName: "after-hosts", stackName: "demo", program: runExample },
    {
      workDir: folder,
      pulumiHome: path.join(folder, "home"),
      envVars: {
        PULUMI_BACKEND_URL: `file://${backend.split(path.sep).join("/")}`,
        PULUMI_CONFIG_PASSPHRASE: "demo",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    },
  );
  await stack.setAllConfig({
    "tencentcloud-cwp:endpoint": { value: endpoint },
    "tencentcloud:secretId": { value: account.secretId },
    "tencentcloud:secretKey": { value: account.secretKey, secret: true },
  });
  return stack;
}

/** Every run reads the program again: what it exports are the outputs of this run. */
async function runExample(): Promise<Record<string, unknown>> {
  for (const file of Object.keys(require.cache)) {
    if (file.startsWith(example)) {
      delete require.cache[file];
    }
  }
  return require(example);
}

function startEmulator(): { process: ChildProcess; url: Promise<string> } {
  const { secretId, secretKey } = account;
  const command = path.join(repository, "dist", "emulator", "cli", "command.js");
  const args = ["--port", "0", "--sync-seconds", "3", "--secret-id", secretId, "--secret-key", secretKey];
  const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const url = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("error", reject);
    child.once("exit", () => reject(new Error("The emulator ended before it was ready.")));
  });
  return { process: child, url };
}

/** Prints the number of requests to the emulator since the last time. */
async function requests(url: string): Promise<{ all: number; triggers: number }> {
  const log = await getJson<{ sync?: boolean }[]>(`${url}/_emulator/requests`);
  await fetch(`${url}/_emulator/requests`, { method: "DELETE" });
  const triggers = log.filter(({ sync }) => sync === true).length;
  print(`The emulator was asked ${log.length} times, ${triggers} of them to start a sync.\n`);
  return { all: log.length, triggers };
}

async function getJson<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}

function heading(text: string): void {
  print(`\n── ${text} ${"─".repeat(Math.max(0, 90 - text.length))}\n`);
}

function print(text: string): void {
  process.stdout.write(text);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
