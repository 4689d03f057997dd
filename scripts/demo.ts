/**
 * The main job, for real: `pulumi up` of README's first program, examples/first, on the real engine, against a CWP
 * endpoint that checks signatures. The endpoint is the emulator, in a process of its own. The Pulumi backend is a temporary
 * folder.
 */
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { emulatorAccount } from "../emulator";
import { nodeCommand, serve } from "../tests/engine/languageHost";
import { plural, wrapped } from "./demo/text";
import { findOrGetPulumi } from "./pulumiCli";

const repository = path.resolve(__dirname, "..");
const SYNC_SECONDS = 2;
/** At this width, the row of a dynamic resource has place for a text after `[diff: ~hosts]; `. */
const WIDE = 120;
/** Settings of the user that would lead elsewhere. */
const leaking = /^(TENCENTCLOUD_|TCCLI_|PULUMI_)/;

interface EmulatedHost {
  readonly id: string;
  readonly visible: boolean;
}

async function main(): Promise<void> {
  print("Starting Pulumi…\n");
  const { command, binDir } = await findOrGetPulumi();
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-demo-")));
  const emulator = startEmulator();
  // The terminal sends Ctrl-C to all processes of the demo. This one waits until the others have ended.
  process.on("SIGINT", () => {
    process.exitCode = 130;
  });
  try {
    const url = await emulator.url;
    await show(url, await Stack.create(command, binDir, folder, url));
  } finally {
    emulator.process.kill();
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Runs the five steps. Throws an error if a step shows something else than it says. */
async function show(url: string, stack: Stack): Promise<void> {
  heading("1. The first up");
  say(
    `The emulated account has two hosts. CWP has not read its machine list yet, so it lists none of them:
    ${await hostList(url)}.`,
  );
  if (isTerminal && columns < WIDE) {
    say(`In a terminal of ${WIDE} columns, the row of each up also shows how long the sync still takes.`);
  }
  await stack.up(["ins-web", "ins-db"]);
  const first = await requests(url);
  say(`CWP lists them now: ${await hostList(url)}. ${told(first)}
    The times are those of CWP's own clock, which is in UTC+8 here.`);
  expect(first.starts === 1 && (await allListed(url)));

  heading("2. Nothing has changed");
  await stack.up(["ins-web", "ins-db"]);
  const unchanged = await requests(url);
  say(told(unchanged));
  expect(unchanged.all === 0);

  heading("3. A host that the account does not have");
  say(`The config names a third host, ins-cache, and CWP cannot list it. MachineSync starts up to three syncs before it gives
    up. This takes about 20 seconds.`);
  await stack.up(["ins-web", "ins-db", "ins-cache"], { fails: true });
  const missing = await requests(url);
  say(`The up failed, with a message that names the host. ${told(missing)}`);
  expect(missing.starts === 3);

  heading("4. The host is there");
  command(`curl -d '{"id": "ins-cache"}' ${url}/_emulator/hosts`);
  await fetch(`${url}/_emulator/hosts`, { method: "POST", body: JSON.stringify({ id: "ins-cache" }) });
  await stack.up(["ins-web", "ins-db", "ins-cache"]);
  const added = await requests(url);
  say(`CWP lists all three: ${await hostList(url)}. ${told(added)}`);
  expect(added.starts === 1 && (await allListed(url)));

  heading("5. Destroy");
  await stack.destroy();
  const destroyed = await requests(url);
  say(`There is nothing to undo. ${told(destroyed)}`);
  expect(destroyed.all === 0);

  heading("Next");
  say(`This was examples/first, the first program of README.md. With a real account, run "npx --no-install cwp-check" first: it
    says who signs, and what is allowed. README.md has the rest.`);
}

/** The stack `demo` of examples/first, in a folder of its own. */
class Stack {
  private constructor(
    private readonly pulumi: string,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv & Record<string, string>,
  ) {}

  static async create(pulumi: string, binDir: string[], root: string, endpoint: string): Promise<Stack> {
    const folder = path.join(root, "first");
    fs.cpSync(path.join(repository, "examples", "first"), folder, {
      recursive: true,
      filter: (file) => !/node_modules|Pulumi\..+\.yaml$/.test(path.relative(repository, file)),
    });
    // The provider process looks for this package from the program's folder, as it does in a user's project.
    fs.symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"), "junction");
    const backend = path.join(root, "backend");
    fs.mkdirSync(backend);
    const inherited = Object.entries(process.env).filter(([name]) => !leaking.test(name));
    const stack = new Stack(pulumi, folder, {
      ...Object.fromEntries(inherited),
      PATH: [...binDir, process.env.PATH].join(path.delimiter),
      PULUMI_HOME: path.join(root, "home"),
      PULUMI_BACKEND_URL: `file://${backend.split(path.sep).join("/")}`,
      PULUMI_CONFIG_PASSPHRASE: "demo",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // The compiler has checked the example.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      // The CLI ends before it has filled the memory.
      GOGC: "off",
      TENCENTCLOUD_CWP_ENDPOINT: endpoint,
      TENCENTCLOUD_SECRET_ID: emulatorAccount.secretId,
      TENCENTCLOUD_SECRET_KEY: emulatorAccount.secretKey,
    });
    await stack.run(["stack", "init", "demo"], { silent: true });
    return stack;
  }

  /** `pulumi up`, after `pulumi config set hosts` if they are others. */
  async up(hosts: readonly string[], { fails = false } = {}): Promise<void> {
    const value = JSON.stringify(hosts);
    if (this.hosts !== value) {
      this.hosts = value;
      command(`pulumi config set hosts '${value}'`);
      await this.run(["config", "set", "hosts", value], { silent: true });
    }
    command("pulumi up --yes --skip-preview");
    // Pulumi's own host of programs comes with the official CLI only.
    const host = await serve({
      folder: this.folder,
      env: this.env,
      command: nodeCommand(this.folder),
      say: print,
    });
    try {
      await this.run(["up", "--yes", "--skip-preview", `--client=127.0.0.1:${host.port}`], { fails });
    } finally {
      host.close();
    }
  }

  /** Removes the stack too, so that Pulumi does not advise to. */
  async destroy(): Promise<void> {
    command("pulumi destroy --yes --skip-preview --remove");
    await this.run(["destroy", "--yes", "--skip-preview", "--remove"]);
  }

  private hosts = "";

  /** Runs the CLI at this terminal, so that it shows its own tree and colours there. */
  private async run(args: string[], { silent = false, fails = false } = {}): Promise<void> {
    const cli = spawn(this.pulumi, args, {
      cwd: this.folder,
      env: this.env,
      // Pulumi draws its tree if both its input and its output are a terminal.
      stdio: silent ? ["ignore", "pipe", "pipe"] : "inherit",
    });
    let printed = "";
    for (const stream of [cli.stdout, cli.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
      });
    }
    const code = await new Promise((resolve, reject) => cli.on("error", reject).on("close", resolve));
    if (process.exitCode === 130) {
      throw new Error("The demo was interrupted.");
    }
    if ((code !== 0) !== fails) {
      throw new Error(`pulumi ${args[0]} ended with ${code}.\n${printed}`);
    }
  }
}

function startEmulator(): { process: ChildProcess; url: Promise<string> } {
  const file = path.join(repository, "dist", "emulator", "cli", "command.js");
  const args = ["--port", "0", "--sync-seconds", String(SYNC_SECONDS), "--hosts", "ins-web,ins-db"];
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const url = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("error", reject);
    child.once("exit", () => reject(new Error("The emulator ended before it was ready.")));
  });
  return { process: child, url };
}

/** The requests that CWP got since the last time. */
async function requests(url: string): Promise<{ all: number; starts: number }> {
  const log = await getJson<{ sync?: boolean }[]>(`${url}/_emulator/requests`);
  await fetch(`${url}/_emulator/requests`, { method: "DELETE" });
  return { all: log.length, starts: log.filter(({ sync }) => sync === true).length };
}

function told({ all, starts }: { all: number; starts: number }): string {
  return all === 0
    ? "CWP got no request."
    : `CWP got ${plural(all, "request")}. ${starts} of these requests started a sync.`;
}

function hostsOf(url: string): Promise<EmulatedHost[]> {
  return getJson<EmulatedHost[]>(`${url}/_emulator/hosts`);
}

async function hostList(url: string): Promise<string> {
  return (await hostsOf(url))
    .map(({ id, visible }) => `${id} (${visible ? "listed" : "not listed"})`)
    .join(", ");
}

async function allListed(url: string): Promise<boolean> {
  return (await hostsOf(url)).every(({ visible }) => visible);
}

async function getJson<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}

function expect(asSaid: boolean): void {
  if (!asSaid) {
    throw new Error(
      "The demo shows something else than it says. This is a fault of this package: please report it.",
    );
  }
}

const isTerminal = process.stdout.isTTY === true;
const columns = isTerminal ? Math.max(40, process.stdout.columns) : 80;

function heading(text: string): void {
  const line = `── ${text} `.padEnd(columns, "─");
  print(`\n${isTerminal ? `\x1b[1m${line}\x1b[0m` : line}\n`);
}

function command(text: string): void {
  print(`\n${isTerminal ? `\x1b[36m$ ${text}\x1b[0m` : `$ ${text}`}\n`);
}

function say(text: string): void {
  print(`${wrapped(text, columns)}\n`);
}

function print(text: string): void {
  process.stdout.write(text);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode ||= 1;
});
