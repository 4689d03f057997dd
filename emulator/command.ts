#!/usr/bin/env node
import { BadFlag, help, readFlags } from "./flags";
import { startEmulator } from "./server";

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function run(): Promise<void> {
  const order = readFlags(process.argv.slice(2));
  if (order.help) {
    process.stdout.write(help);
    return;
  }
  const emulator = await startEmulator({ ...order.options, ...(!order.quiet && { log: print }) });
  const end = () => void emulator.stop().then(() => process.exit(0));
  process.on("SIGINT", end).on("SIGTERM", end);
  // Whoever read the output has gone, as in `cwp-emulator | head -1`.
  process.stdout.on("error", end);
  print(emulator.url);
}

run().catch((error: unknown) => {
  process.stderr.write(`cwp-emulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof BadFlag ? 2 : 1;
});
