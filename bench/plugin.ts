/**
 * Measures the cost of the provider plugin, beside the dynamic resource, an empty program and a bare Node.js.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { oneSync } from "../tests/engine/program";
import { startEmulatorProcess } from "./emulatorProcess";
import { measureUp, type Up } from "./pulumiUp";
import { type Spread, spreadOf } from "./spread";
import { table } from "./table";

export interface PluginFigures {
  /**
   * The processes that ran or waited for a processor, in the last minute of the measurement (not on Windows).
   */
  readonly load: number;
  readonly processors: number;
  /** From the start of the plugin's process to its port, in milliseconds. */
  readonly startToPortMs: Spread;
  /** From the start to the end of a Node.js that does nothing, in milliseconds. */
  readonly bareNodeMs: Spread;
  /** `pulumi up` of an empty YAML program, in seconds. */
  readonly emptyYamlSeconds: Spread;
  /** The same with one MachineSync whose sync takes no time. */
  readonly pluginSeconds: Spread;
  /** The time that the MachineSync adds, pair by pair. */
  readonly pluginAddsSeconds: Spread;
  /** `pulumi up` of a JavaScript program with the dynamic resource, in seconds. */
  readonly dynamicSeconds: Spread;
  /** The same program without a resource. */
  readonly emptyJavaScriptSeconds: Spread;
  readonly dynamicAddsSeconds: Spread;
  /** The most memory of the process; left out if there is no /proc. */
  readonly pluginMb?: Spread;
  readonly dynamicMb?: Spread;
}

const STARTS = 9;
const ROUNDS = 5;

const command = path.join(__dirname, "../dist/provider/plugin/command.js");
/** Measures one thing after the other, in turn. `report` gets a line for each step. */
export async function measurePlugin(report: (step: string) => void): Promise<PluginFigures> {
  report("plugin: start to port");
  const starts = await measureStarts();
  const emulator = await startEmulatorProcess(0);
  const rounds: Record<"emptyYaml" | "plugin" | "dynamic" | "empty", Up>[] = [];
  try {
    for (let round = 1; round <= ROUNDS; round += 1) {
      report(`plugin: round ${round} of ${ROUNDS}`);
      rounds.push({
        emptyYaml: await measureUp({}, emulator.url, "plugin"),
        plugin: await measureUp(oneSync(), emulator.url, "plugin"),
        empty: await measureUp({}, emulator.url),
        dynamic: await measureUp(oneSync(), emulator.url),
      });
    }
  } finally {
    emulator.stop();
  }
  const of = (take: (round: (typeof rounds)[number]) => number) => spreadOf(rounds.map(take));
  const memory = (which: "plugin" | "dynamic") => rounds.flatMap((round) => round[which].peakMb ?? []);
  return {
    load: os.loadavg()[0] ?? 0,
    processors: os.availableParallelism(),
    startToPortMs: spreadOf(starts.map(({ port }) => port)),
    bareNodeMs: spreadOf(starts.map(({ bare }) => bare)),
    emptyYamlSeconds: of(({ emptyYaml }) => emptyYaml.seconds),
    pluginSeconds: of(({ plugin }) => plugin.seconds),
    pluginAddsSeconds: of(({ plugin, emptyYaml }) => plugin.seconds - emptyYaml.seconds),
    dynamicSeconds: of(({ dynamic }) => dynamic.seconds),
    emptyJavaScriptSeconds: of(({ empty }) => empty.seconds),
    dynamicAddsSeconds: of(({ dynamic, empty }) => dynamic.seconds - empty.seconds),
    ...(memory("plugin").length > 0 && {
      pluginMb: spreadOf(memory("plugin")),
      dynamicMb: spreadOf(memory("dynamic")),
    }),
  };
}

async function measureStarts(): Promise<{ port: number; bare: number }[]> {
  const engine = createServer().listen(0, "127.0.0.1");
  await once(engine, "listening");
  const address = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
  const starts: { port: number; bare: number }[] = [];
  try {
    for (let start = 0; start < STARTS; start += 1) {
      starts.push({ port: await untilPort(address), bare: await untilEnd() });
    }
    return starts;
  } finally {
    engine.close();
  }
}

/** The figures as a table. */
export function pluginTable(figures: PluginFigures): string {
  const { startToPortMs, bareNodeMs } = figures;
  const seconds = (spread: Spread) => `${spread.median.toFixed(2)} s`;
  const memory = (spread: Spread | undefined) => (spread ? `${spread.median.toFixed(0)} MB` : "?");
  return `
One MachineSync whose sync takes no time, by the plugin (in YAML) and by the dynamic resource (in JavaScript); medians of ${ROUNDS}, at a load of ${figures.load.toFixed(1)} on ${figures.processors} processors

${table(
  ["", "pulumi up", "an empty program", "more than that", "peak memory"],
  [
    [
      "plugin",
      seconds(figures.pluginSeconds),
      seconds(figures.emptyYamlSeconds),
      seconds(figures.pluginAddsSeconds),
      memory(figures.pluginMb),
    ],
    [
      "dynamic resource",
      seconds(figures.dynamicSeconds),
      seconds(figures.emptyJavaScriptSeconds),
      seconds(figures.dynamicAddsSeconds),
      memory(figures.dynamicMb),
    ],
  ],
)}

The plugin prints its port ${startToPortMs.median.toFixed(0)} ms after its start, ${(startToPortMs.median / bareNodeMs.median).toFixed(1)} times what a Node.js that does nothing takes (${bareNodeMs.median.toFixed(0)} ms).`;
}

/**
 * `engine` is its last argument, as the engine starts it: so it ends with this process, however that ends.
 */
async function untilPort(engine: string): Promise<number> {
  const start = performance.now();
  const plugin = spawn(process.execPath, [command, engine], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(plugin, "close");
  const first = await Promise.race([once(plugin.stdout, "data"), ended.then(() => undefined)]);
  const ms = performance.now() - start;
  if (!first) {
    throw new Error("The plugin ended before it had printed its port.");
  }
  plugin.kill("SIGKILL");
  await ended;
  return ms;
}

async function untilEnd(): Promise<number> {
  const start = performance.now();
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "close");
  return performance.now() - start;
}
