import { spawn } from "node:child_process";
import * as path from "node:path";
import { createInterface } from "node:readline";

export interface Request {
  /** In milliseconds of the emulated clock. */
  readonly at: number;
  readonly isTrigger: boolean;
}

/** The emulator in a process of its own, so that it neither slows the Pulumi program down nor is slowed down by it. */
export interface EmulatorProcess {
  readonly url: string;
  /** An account that has had a sync of this length, which ended a minute ago; and a log without requests. */
  begin(seconds: number): Promise<void>;
  /** The API requests since `begin`, oldest first. */
  requests(): Promise<Request[]>;
  stop(): void;
}

/** Starts the built emulator; its syncs take this long. */
export async function startEmulatorProcess(syncSeconds: number): Promise<EmulatorProcess> {
  const command = path.resolve(__dirname, "../dist/emulator/cli/command.js");
  const args = [command, "--sync-seconds", String(syncSeconds), "--quiet"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("error", reject);
    child.once("exit", () => reject(new Error("The emulator ended before it was ready.")));
  });
  const ask = async (method: string, name: string, body?: object): Promise<unknown> => {
    const request = { method, ...(body && { body: JSON.stringify(body) }) };
    const answer = await fetch(`${url}/_emulator/${name}`, request);
    if (!answer.ok) {
      throw new Error(`The emulator refused ${method} ${name}: ${await answer.text()}`);
    }
    return answer.json();
  };
  return {
    url,
    async begin(seconds) {
      await ask("POST", "foreign-sync", { seconds });
      await ask("POST", "advance", { seconds: seconds + 60 });
      await ask("DELETE", "requests");
    },
    async requests() {
      const log = await ask("GET", "requests");
      return Array.isArray(log) ? log.map(({ at, sync }) => ({ at, isTrigger: sync === true })) : [];
    },
    stop: () => child.kill(),
  };
}
