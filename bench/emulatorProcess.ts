/** The emulator in a process of its own, which ends with this one. */
import { spawn } from "node:child_process";
import * as path from "node:path";
import { createInterface } from "node:readline";
import type { LoggedRequest, Run } from "../emulator";

export interface Request {
  /** In milliseconds of the emulated clock. */
  readonly at: number;
  readonly startsSync: boolean;
  /** True if it was beyond the limit of requests in a second. */
  readonly isRefused: boolean;
}

/**
 * The emulator in a process of its own, so that it neither slows the Pulumi program down nor is slowed down
 * by it.
 */
export interface EmulatorProcess {
  readonly url: string;
  /** An account that has had a sync of this length, which ended a minute ago; and a log without requests. */
  begin(seconds: number): Promise<void>;
  /** From now on, for so many seconds, another pipeline starts a sync of this length whenever a sync ends. */
  syncWithoutPause(seconds: number, forSeconds: number): Promise<void>;
  /** The emulated clock: milliseconds since the epoch. */
  now(): number;
  /** The syncs since `begin`, oldest first. */
  runs(): Promise<Run[]>;
  /** The API requests since `begin`, oldest first. */
  requests(): Promise<Request[]>;
  stop(): void;
}

const command = path.resolve(__dirname, "../dist/emulator/cli/command.js");

/**
 * Its standard input ends with this process, however that ends. An emulator that lived on would keep the
 * terminal, or the pipe that this process writes to, open for ever.
 */
const commandWhileInputLasts = `process.stdin.resume().on("end", () => process.exit()); require(${JSON.stringify(command)});`;

/** Starts the built emulator; its syncs take this long. */
export async function startEmulatorProcess(syncSeconds: number): Promise<EmulatorProcess> {
  const args = [
    "-e",
    commandWhileInputLasts,
    "--",
    command,
    "--sync-seconds",
    String(syncSeconds),
    "--quiet",
  ];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("error", reject);
    child.once("exit", () => reject(new Error("The emulator ended before it was ready.")));
  });
  let aheadMs = 0;
  let began = 0;
  const now = () => Date.now() + aheadMs;
  const ask = async <T>(method: string, name: string, body?: object): Promise<T> => {
    const request = { method, ...(body && { body: JSON.stringify(body) }) };
    const answer = await fetch(`${url}/_emulator/${name}`, request);
    if (!answer.ok) {
      throw new Error(`The emulator refused ${method} ${name}: ${await answer.text()}`);
    }
    return answer.json() as Promise<T>;
  };
  const advance = async (seconds: number) => {
    await ask("POST", "advance", { seconds });
    aheadMs += seconds * 1000;
  };
  return {
    url,
    async begin(seconds) {
      await ask("POST", "foreign-sync", { seconds });
      await advance(seconds + 60);
      began = now();
      await ask("DELETE", "requests");
    },
    async syncWithoutPause(seconds, forSeconds) {
      const count = Math.ceil(forSeconds / seconds);
      const foreignSyncs = Array.from({ length: count }, (_, index) => ({
        inSeconds: 1 + index * seconds,
        seconds,
      }));
      await ask("POST", "faults", { foreignSyncs });
      await advance(1);
    },
    now,
    async runs() {
      // Of the emulator's own paths, only foreign-sync shows all syncs. The sync that it starts has no
      // length.
      const runs = await ask<Run[]>("POST", "foreign-sync", { seconds: 0 });
      return runs.filter(({ startMs, endMs }) => startMs >= began && endMs > startMs);
    },
    async requests() {
      const log = await ask<LoggedRequest[]>("GET", "requests");
      return log.map(({ at, sync, answer }) => ({
        at,
        startsSync: sync === true,
        isRefused: answer === "RequestLimitExceeded",
      }));
    },
    stop: () => child.kill(),
  };
}
