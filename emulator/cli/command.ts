#!/usr/bin/env node
/** The command cwp-emulator. */
import { readFileSync } from "node:fs";
import { startEmulator } from "../http/server";
import { readCommandLine } from "./commandLine";
import { help } from "./flags";
import { greeting } from "./greeting";
import { UsageError } from "./usageError";

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function run(): Promise<void> {
  const commandLine = readCommandLine(
    process.argv.slice(2),
    (file) => readFileSync(file, "utf8"),
    Date.now(),
  );
  if (commandLine.help) {
    process.stdout.write(help);
    return;
  }
  const { quiet, account, options, injected, hosts } = commandLine;
  const emulator = await startEmulator({ ...options, ...(!quiet && { log: print }) });
  for (const { fault, injection } of injected) {
    emulator.inject(fault, injection);
  }
  for (const host of hosts) {
    emulator.addHost(host);
  }
  const end = () => void emulator.stop().then(() => process.exit(0));
  process.on("SIGINT", end).on("SIGTERM", end);
  // The reader of the output has ended, as in `cwp-emulator | head -1`.
  process.stdout.on("error", end);
  print(emulator.url);
  if (process.stdout.isTTY && !quiet) {
    process.stderr.write(greeting(emulator.url, account));
  }
}

run().catch((error: unknown) => {
  process.stderr.write(`cwp-emulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
