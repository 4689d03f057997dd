/** Records what a command writes to a terminal. */
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { Terminal } from "@xterm/headless";
import { readScreen, type Screen, textOf } from "./screen";

/** A screen that a terminal showed, and its duration. */
export interface Shot {
  readonly screen: Screen;
  readonly ms: number;
}

export interface Session {
  /** The command and its arguments. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The size of the terminal. */
  readonly rows: number;
  readonly columns: number;
  /** The keys that a person types once the screen shows a question, a second apart. */
  readonly answer?: { readonly question: string; readonly keys: readonly string[] };
  /** Gets each screen as soon as it is there. */
  readonly onScreen?: (screen: Screen) => void;
}

/** The time of the person at the keyboard, in milliseconds. */
const THOUGHT_MS = 1_000;
/** A screen that is shown for less is a part of a repaint, too short to be seen. In milliseconds. */
const SEEN_MS = 150;

/** Node.js has no pseudo-terminals, Python has them. */
const pseudoTerminal =
  "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])) & 255)";
const sized = 'stty rows "$1" cols "$2" && shift 2 && exec "$@"';

/**
 * Runs a command at a terminal and films it: the screens that could be seen, in their order. The last screen
 * has no duration.
 *
 * @throws if there is no Python, or the command fails.
 */
export async function record(session: Session): Promise<Shot[]> {
  const { command, cwd, env, rows, columns, answer, onScreen } = session;
  const size = [rows, columns].map(String);
  const python = spawn("python3", ["-c", pseudoTerminal, "sh", "-c", sized, "sh", ...size, ...command], {
    cwd,
    env: { ...env, TERM: "xterm-256color" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const terminal = new Terminal({ rows, cols: columns, allowProposedApi: true });
  // Programs ask a terminal for the place of its cursor, and wait for the answer.
  terminal.onData((reply) => python.stdin.write(reply));
  python.stdin.on("error", () => undefined); // The command may end before its questions are answered.
  const film: Film = [];
  let asked = false;
  python.stdout.on("data", (bytes: Buffer) =>
    terminal.write(bytes, () => {
      const screen = readScreen(terminal);
      add(film, screen, performance.now());
      onScreen?.(screen);
      if (answer && !asked && textOf(screen).includes(answer.question)) {
        asked = true;
        type(answer.keys, (key) => python.stdin.write(key));
      }
    }),
  );
  const ended = await new Promise((resolve, reject) => {
    python.on("close", (code, signal) => resolve(code ?? signal));
    python.on("error", ({ message }) =>
      reject(new Error(`The picture needs python3, which gives the command a terminal: ${message}.`)),
    );
  });
  await new Promise<void>((resolve) => terminal.write("", resolve));
  if (ended !== 0) {
    throw new Error(`${command.join(" ")} failed (${ended}):\n${textOf(readScreen(terminal))}`);
  }
  return film.map(({ screen, at }, i) => ({ screen, ms: (film[i + 1]?.at ?? at) - at }));
}

async function type(keys: readonly string[], press: (key: string) => void): Promise<void> {
  for (const key of keys) {
    await sleep(THOUGHT_MS);
    press(key);
  }
}

/** The screens so far, with the time of each. */
type Film = { screen: Screen; at: number }[];

function add(film: Film, screen: Screen, at: number): void {
  const last = film.at(-1);
  if (last && withoutDots(last.screen) === withoutDots(screen)) {
    return;
  }
  if (last && at - last.at < SEEN_MS) {
    last.screen = screen;
  } else {
    film.push({ screen, at });
  }
}

/** The text of a screen without the dots that run behind an operation in progress: they carry no news. */
function withoutDots(screen: Screen): string {
  return textOf(screen).replaceAll(/\.+(?=\s|$)/g, "");
}
