/** A terminal in which a test types commands. */
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";

const END = "--- the command has ended with";

export class Terminal {
  private readonly bash: ChildProcess;
  private readonly printed = new EventEmitter();
  private output = "";

  constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.bash = spawn("bash", ["--noprofile", "--norc"], {
      cwd: folder,
      env,
      stdio: "pipe",
      // A process group of its own, so that what still runs can be ended with it.
      detached: true,
    });
    for (const stream of [this.bash.stdout, this.bash.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
        this.printed.emit("more");
      });
    }
  }

  /** Types a command, and gives what it has printed. Rejects if it fails. */
  async run(command: string): Promise<string> {
    this.output = "";
    // The shell reads its commands from the place from which a program would read its input.
    this.bash.stdin?.write(`{ ${command}\n} </dev/null; echo "${END} $?"\n`);
    const [printed = "", code] = (await this.says(new RegExp(`^(.*)${END} (\\d+)$`, "ms"))).slice(1);
    if (code !== "0") {
      throw new Error(`${command}\nfailed (${code}):\n${printed}`);
    }
    return printed;
  }

  /** Types a command that does not end, and waits until it has printed this. Gives what it has printed until then. */
  async start(command: string, ready: RegExp): Promise<string> {
    this.output = "";
    this.bash.stdin?.write(`{ ${command}\n} </dev/null; echo "${END} $?"\n`);
    const [found] = await this.says(new RegExp(`${ready.source}|${END}`, "m"));
    if (found === END) {
      throw new Error(`${command}\nhas ended:\n${this.output}`);
    }
    return this.output;
  }

  private async says(what: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = what.exec(this.output);
      if (found) {
        return found;
      }
      await once(this.printed, "more");
    }
  }

  /** Ends the shell, and what runs in it. */
  async close(): Promise<void> {
    if (this.bash.pid !== undefined && this.bash.exitCode === null) {
      const ended = once(this.bash, "close");
      process.kill(-this.bash.pid, "SIGTERM");
      await ended;
    }
  }
}
