/**
 * Draws docs/terminal.svg, a film of a real `pulumi up`: the program of examples/after-hosts on the real
 * engine, against the emulator, at a terminal. Each run takes its own times, so the picture is made by hand,
 * when what the terminal shows changes.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { emulatorAccount, startEmulator } from "../emulator";
import { programFolder } from "../tests/engine/programFolder";
import { serve, TestStack } from "../tests/engine/stack";
import { drawFilm, type Frame } from "./picture/drawing";
import { record, type Shot } from "./picture/recording";
import { findOrGetPulumi } from "./pulumi-cli";

const repository = path.resolve(__dirname, "..");
const picture = path.join(repository, "docs", "terminal.svg");

/** Wide enough for what a MachineSync tells on its row, high enough for all that is left at the end. */
const size = { rows: 22, columns: 140 };
const SYNC_SECONDS = 8;
const ARROW_UP = "\x1b[A";
const ENTER = "\r";

async function main(): Promise<void> {
  const svg = drawFilm({
    ...size,
    command: "pulumi up",
    frames: cut(await film()),
    description:
      "A pulumi up with two hosts and a MachineSync. The preview is answered with yes. While the MachineSync is being " +
      "created, its row shows how far the sync is, and at the end the times of the sync are the stack's outputs.",
  });
  refuseTraces(svg);
  fs.writeFileSync(picture, svg);
  console.log(`${path.relative(process.cwd(), picture)}: ${Math.ceil(Buffer.byteLength(svg) / 1000)} kB`);
}

/** `pulumi up` in a copy of the example, in an account whose last sync tells how long one takes. */
async function film(): Promise<Shot[]> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-picture-")));
  const emulator = await startEmulator({ syncSeconds: SYNC_SECONDS });
  try {
    fs.cpSync(path.join(repository, "examples", "after-hosts"), folder, {
      recursive: true,
      filter: (file) => path.basename(file) !== "node_modules",
    });
    fs.symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"), "junction");
    emulator.world().startForeignSync(SYNC_SECONDS);
    emulator.advance(60);
    return await filmUp(folder, emulator.url);
  } finally {
    await emulator.stop();
    fs.rmSync(folder, { recursive: true });
  }
}

async function filmUp(folder: string, endpoint: string): Promise<Shot[]> {
  const { command } = await findOrGetPulumi();
  const stack = await TestStack.create({
    folder,
    config: {
      "tencentcloud-cwp:endpoint": endpoint,
      "tencentcloud:secretId": emulatorAccount.secretId,
      "tencentcloud:secretKey": { value: emulatorAccount.secretKey, secret: true },
    },
    // The type check of the program takes seconds in which nothing is to be seen.
    env: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
  });
  const program = await serve(programFolder(folder, stack.envVars, console.error));
  try {
    return await record({
      ...size,
      command: [command, "up", `--client=127.0.0.1:${program.port}`, "--color", "always"],
      cwd: folder,
      env: stack.envVars,
      answer: { question: "Do you want to perform this update?", keys: [ARROW_UP, ENTER] },
    });
  } finally {
    program.close();
    await stack.remove();
  }
}

/**
 * The film runs at twice the speed, but no screen passes by too fast or stays too long, and the last one can
 * be read.
 */
function cut(shots: readonly Shot[]): Frame[] {
  return shots.map(({ screen, ms }, i) => ({
    screen,
    seconds: i === shots.length - 1 ? 6 : Math.min(Math.max(ms / 2000, 0.4), 1.5),
  }));
}

/** @throws if the picture names something of the machine that it was made on. */
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
