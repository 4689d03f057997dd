import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { Plugin } from "./plugin";

const command = path.join(__dirname, "../../../dist/provider/plugin/command.js");

/** The plugin as the engine has it: a process of its own. */
export class PluginProcess extends Plugin {
  printed = "";

  private constructor(
    readonly child: ChildProcess,
    port: number,
  ) {
    super(port);
  }

  static async start(args: string[] = [], env: NodeJS.ProcessEnv = process.env): Promise<PluginProcess> {
    const child = spawn(process.execPath, [command, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    const [first]: [Buffer] = (await once(child.stdout, "data")) as [Buffer];
    const plugin = new PluginProcess(child, Number(first));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        plugin.printed += text;
      });
    }
    return plugin;
  }

  async stop(): Promise<void> {
    this.close();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill("SIGKILL");
      await once(this.child, "close");
    }
  }
}
