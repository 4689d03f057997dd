/** The command `npm run bench`: its options, and the tables that it prints. */

import * as fs from "node:fs";
import { parseArgs } from "node:util";
import { type AbsentFigures, measureAbsent } from "./credentials";
import { CROWD_SYNC_SECONDS, type CrowdFigures, measureCrowds } from "./crowd";
import { checkLoop, type Delay, type LoopCheck, measureDelay } from "./delay";
import { type EngineFigures, measureEngine, SYNC_SECONDS, type UpFigures } from "./engine";
import { HOSTS_SYNC_SECONDS, type HostsFigures, measureHosts } from "./hosts";
import { plotDelay } from "./plot";
import { measurePlugin, type PluginFigures, pluginTable } from "./plugin";
import { drawRuns, LONGEST_MS, SHORTEST_MS } from "./runs";
import type { Spread } from "./spread";
import { table } from "./table";
import { measureVirtualCrowds, type VirtualCrowdFigures } from "./virtualCrowd";

const help = `Usage: npm run bench -- [options]

Measures, each beside its peers:
  delay        how late the end of a sync is seen, and for how many requests
  credentials  how soon it is clear that there are no credentials
  crowd        how pipelines of one account fare that sync at once (seven minutes, 5 GB of memory)
  hosts        what it costs to wait until CWP lists many hosts (a minute)
  engine       what a MachineSync costs on the real Pulumi engine
  plugin       what one costs by the provider plugin, beside the dynamic resource

Options:
  --only PART   delay, credentials, crowd, hosts, engine or plugin (default: all)
  --json FILE   write the figures there too
  --plot FILE   write a plot of the delays there, as an SVG image (docs/semantics.md shows bench/delay.svg)
  --help        print this text
`;

/** Enough that another seed changes no mean delay by more than a twentieth. */
const RUNS = 2000;

const allParts: readonly string[] = ["delay", "credentials", "crowd", "hosts", "engine", "plugin"];

interface Order {
  readonly parts: readonly string[];
  readonly json: string | undefined;
  readonly plot: string | undefined;
}

async function run({ parts, json, plot }: Order): Promise<void> {
  const figures: {
    delay?: Delay[];
    loop?: LoopCheck;
    credentials?: AbsentFigures;
    virtualCrowd?: VirtualCrowdFigures[];
    crowd?: CrowdFigures[];
    hosts?: HostsFigures[];
    engine?: EngineFigures;
    plugin?: PluginFigures;
  } = {};
  if (parts.includes("delay")) {
    const runs = drawRuns(RUNS);
    figures.delay = await measureDelay(runs);
    print(delayTable(figures.delay));
    figures.loop = await checkLoop(runs);
    print(loopText(figures.loop));
    if (plot !== undefined) {
      fs.writeFileSync(plot, plotDelay(figures.delay));
    }
  }
  if (parts.includes("credentials")) {
    figures.credentials = await measureAbsent();
    print(credentialsTable(figures.credentials));
  }
  const report = (step: string) => process.stderr.write(`${step}\n`);
  if (parts.includes("crowd")) {
    figures.virtualCrowd = await measureVirtualCrowds();
    print(virtualCrowdTable(figures.virtualCrowd));
    figures.crowd = await measureCrowds(report);
    print(crowdTable(figures.crowd));
  }
  if (parts.includes("hosts")) {
    figures.hosts = await measureHosts(report);
    print(hostsTable(figures.hosts));
  }
  if (parts.includes("engine")) {
    figures.engine = await measureEngine(report);
    print(engineTables(figures.engine));
  }
  if (parts.includes("plugin")) {
    figures.plugin = await measurePlugin(report);
    print(pluginTable(figures.plugin));
  }
  if (json !== undefined) {
    fs.writeFileSync(json, `${JSON.stringify(figures, undefined, 2)}\n`);
  }
}

function delayTable(rows: readonly Delay[]): string {
  const shown = rows.filter(({ usesHistory, history }) => usesHistory || history === "absent");
  return `
How late the end of a sync is seen, and for how many requests
${RUNS} syncs of ${SHORTEST_MS / 1000} s to ${LONGEST_MS / 60_000} min, in virtual time

${table(
  ["schedule", "history", "mean delay", "p95 delay", "mean requests"],
  shown.map((row) => [
    row.schedule,
    row.usesHistory ? row.history : "not used",
    percent(row.meanDelayFraction),
    percent(row.p95DelayFraction),
    row.meanRequests.toFixed(1),
  ]),
)}

A delay counts from half a second after the end, as a part of the sync's length. Requests are counted over
the whole wait: the one that starts the sync, the polls, and for pulumi-tencentcloud-cwp the first poll before.
The history is how long the sync before took: as said, or drawn at random (useless), or there is none.
`;
}

function loopText({ history, loop, schedule }: LoopCheck): string {
  const figures = ({ meanDelayFraction, meanRequests }: Delay) =>
    `${percent(meanDelayFraction)} late, ${meanRequests.toFixed(1)} requests`;
  return `The whole waiting loop on a model of the service, history ${history}: ${figures(loop)}.
The schedule alone: ${figures(schedule)}.
`;
}

function credentialsTable({ refused, swallowed }: AbsentFigures): string {
  return `
How long it takes to find that there are no credentials in any place, in seconds

${table(
  ["metadata service", "min", "median", "max"],
  [...spreadRow("absent", refused, 2), ...spreadRow("a firewall swallows the request", swallowed, 2)],
)}
`;
}

function virtualCrowdTable(rows: readonly VirtualCrowdFigures[]): string {
  return `
Pipelines of one account at once, in virtual time: 20 requests a second, a sync takes ${CROWD_SYNC_SECONDS} s: median (min to max)

${table(
  ["pipelines", "syncs", "longest wait (s)", "failed", "requests a pipeline", "refused"],
  rows.map((row) => [
    `${row.pipelines} within ${row.withinSeconds} s`,
    range(row.syncs, 0),
    range(row.longestSeconds, 1),
    range(row.failed, 0),
    range(row.requestsPerPipeline, 1),
    percent(row.refused.median),
  ]),
)}
`;
}

function crowdTable(rows: readonly CrowdFigures[]): string {
  return `
Pipelines of one account at once, over HTTP: 20 requests a second, a sync takes ${CROWD_SYNC_SECONDS} s

${table(
  ["pipelines", "", "syncs", "longest wait (s)", "failed", "of them stale", "requests", "refused"],
  rows.map((row) => [
    `${row.pipelines} ${row.setting}`,
    row.schedule,
    String(row.syncs),
    row.longestSeconds.toFixed(1),
    String(row.failed),
    String(row.stale),
    String(row.requests),
    percent(row.refused / row.requests),
  ]),
)}

Stale: it reported a sync as its own that began before the wait, and so may not have its hosts.
`;
}

function hostsTable(rows: readonly HostsFigures[]): string {
  return `
Waits until CWP lists their hosts, over HTTP: a sync takes ${HOSTS_SYNC_SECONDS} s

${table(
  ["resources", "hosts of each", "machines listed", "syncs", "polls", "look-ups", "time (s)"],
  rows.map(({ seconds, ...counts }) => [...Object.values(counts).map(String), seconds.toFixed(1)]),
)}
`;
}

function engineTables(engine: EngineFigures): string {
  const { spread } = engine;
  const ups: [string, UpFigures][] = [
    ["1 MachineSync", engine.one],
    ["10 MachineSyncs", engine.ten],
    ["100 MachineSyncs", engine.hundred],
  ];
  const memory = [
    spreadRow("MachineSync / empty, peak memory", spread.memoryRatio, 2),
    spreadRow("MachineSync, peak memory (MB)", spread.oneMb, 0),
    spreadRow("empty dynamic resource, peak memory (MB)", spread.emptyMb, 0),
    spreadRow("what 100 MachineSyncs add to 1 (MB)", spread.hundredAddMb, 1),
    spreadRow("what 100 empty resources add to 1 (MB)", spread.hundredEmptyAddMb, 1),
  ].flat();
  return `
"pulumi up" on the real engine, one MachineSync whose sync takes no time against one empty dynamic resource, in turns

${table(
  ["", "min", "median", "max"],
  [
    ...spreadRow("MachineSync / empty, time", spread.zeroLengthRatio, 2),
    ...spreadRow("MachineSync (s)", spread.zeroLengthSeconds, 2),
    ...spreadRow("empty dynamic resource (s)", spread.emptySeconds, 2),
    ...memory,
  ],
)}
${memory.length === 0 ? "\nMemory was not measured: this system has no /proc to read it from.\n" : ""}
"pulumi up --parallel 100", a sync takes ${SYNC_SECONDS} s: median (min to max)

${table(
  ["", "syncs started", "requests", "peak requests/s", "time (s)"],
  [
    ...ups.map(([name, { spread: one }]) => [
      name,
      range(one.triggers, 0),
      range(one.requests, 0),
      range(one.peakPerSecond, 0),
      range(one.seconds, 1),
    ]),
    ["100 empty dynamic resources", "", "", "", range(spread.hundredEmptySeconds, 1)],
  ],
)}
`;
}

function spreadRow(name: string, spread: Spread | undefined, digits: number): string[][] {
  return spread
    ? [[name, ...[spread.min, spread.median, spread.max].map((value) => value.toFixed(digits))]]
    : [];
}

function range(spread: Spread | undefined, digits: number): string {
  const [min, median, max] = [spread?.min, spread?.median, spread?.max].map((value) =>
    value?.toFixed(digits),
  );
  return min === max ? `${median}` : `${median} (${min} to ${max})`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

function print(text: string): void {
  process.stdout.write(text);
}

/**
 * Reads the command line; undefined if it asks for the help. Throws an Error that names the expected value.
 */
function readOrder(args: string[]): Order | undefined {
  const options = {
    only: { type: "string" },
    json: { type: "string" },
    plot: { type: "string" },
    help: { type: "boolean" },
  } as const;
  const { only, json, plot, help: wantsHelp } = parseArgs({ args, options }).values;
  if (only !== undefined && !allParts.includes(only)) {
    throw new Error(`--only ${only} is no part of the benchmark: expected ${allParts.join(", ")}.`);
  }
  if (only !== undefined && only !== "delay" && plot !== undefined) {
    throw new Error(`--plot draws the delays: leave out --only ${only}.`);
  }
  return wantsHelp ? undefined : { parts: only ? [only] : allParts, json, plot };
}

async function main(): Promise<void> {
  const order = readOrder(process.argv.slice(2));
  if (order) {
    await run(order);
  } else {
    print(help);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
