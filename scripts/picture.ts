/**
 * Draws docs/terminal.svg, a film of a real `pulumi up` and of a second `up` with one host more: on the real
 * engine, against the emulator, at a terminal of a usual width. Each run takes its own times, so the picture
 * is made by hand, when the text at the terminal changes.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { drawFilm, type Frame } from "./picture/drawing";
import type { Shot } from "./picture/recording";
import { StackAtTerminal } from "./picture/stackAtTerminal";

const repository = path.resolve(__dirname, "..");
const picture = path.join(repository, "docs", "terminal.svg");

/** High enough for all that is left at the end. */
const size = { rows: 19, columns: 100 };
const SYNC_SECONDS = 8;
const ARROW_UP = "\x1b[A";
const ENTER = "\r";

async function main(): Promise<void> {
  const svg = drawFilm({
    ...size,
    command: "pulumi up",
    frames: await film(),
    description:
      "Two runs of pulumi up. The first creates a MachineSync with two hosts: its row counts down how long the machine " +
      "sync still takes. The second, with a host more, updates it: its row counts down again, and at the end the times " +
      "of the new sync are the stack's outputs.",
  });
  refuseTraces(svg);
  fs.writeFileSync(picture, svg);
  console.log(`${path.relative(process.cwd(), picture)}: ${Math.ceil(Buffer.byteLength(svg) / 1000)} kB`);
}

/** Two runs, in an account whose last sync predicts the length of a sync. */
async function film(): Promise<Frame[]> {
  const emulator = await startEmulator({ syncSeconds: SYNC_SECONDS });
  const stack = await StackAtTerminal.create("plugin", "web", emulator.url);
  try {
    emulator.startForeignSync();
    emulator.advance(60);
    const created = await up(emulator, stack, ["ins-web", "ins-db"]);
    emulator.advance(60);
    const updated = await up(emulator, stack, ["ins-web", "ins-db", "ins-cache"]);
    return [...cut(created, 3), ...cut(updated, 6)];
  } finally {
    await stack.remove();
    await emulator.stop();
  }
}

/** `pulumi up` of a MachineSync with these hosts. Hosts that the emulator does not know are new. */
function up(emulator: Emulator, stack: StackAtTerminal, hosts: readonly string[]): Promise<Shot[]> {
  const known = emulator.hosts().map(({ host }) => host.id);
  for (const id of hosts.filter((one) => !known.includes(one))) {
    emulator.addHost({ id });
  }
  return stack.up({ hosts }, [], {
    ...size,
    answer: { question: "Do you want to perform this update?", keys: [ARROW_UP, ENTER] },
  });
}

/**
 * The film runs at twice the speed, but no screen is shown too short or too long, and the last screen is
 * shown for `end` seconds.
 */
function cut(shots: readonly Shot[], end: number): Frame[] {
  return shots.map(({ screen, ms }, i) => ({
    screen,
    seconds: i === shots.length - 1 ? end : Math.min(Math.max(ms / 2000, 0.4), 1.5),
  }));
}

/** @throws if the picture names something of this machine. */
function refuseTraces(svg: string): void {
  const words = svg.split(/[^\w.-]+/);
  const paths = [os.homedir(), os.tmpdir(), repository].filter((folder) => svg.includes(folder));
  const hosts = [os.hostname(), "localhost", "127.0.0.1"].filter((host) => words.includes(host));
  if (paths.length + hosts.length > 0) {
    throw new Error(
      `The picture would show ${[...paths, ...hosts].join(" and ")}, which is of this machine.`,
    );
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
