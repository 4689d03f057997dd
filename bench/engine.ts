/** Measures what a MachineSync costs on the real Pulumi engine. */

import { manySyncs } from "../tests/engine/program";
import { type EmulatorProcess, type Request, startEmulatorProcess } from "./emulatorProcess";
import { measureUp, type Up } from "./pulumiUp";
import { type Spread, spreadOf } from "./spread";

/** One `pulumi up` with a number of MachineSyncs, as the median of several. */
export interface UpFigures {
  readonly triggers: number;
  readonly requests: number;
  /** The most requests within any one second. */
  readonly peakPerSecond: number;
  readonly seconds: number;
  readonly spread: Readonly<Record<"triggers" | "requests" | "peakPerSecond" | "seconds", Spread>>;
}

export interface EngineFigures {
  /**
   * The time of `pulumi up` with a MachineSync whose sync takes no time, as a multiple of the time with an
   * empty dynamic resource.
   */
  readonly zeroLengthRatio: number;
  /**
   * The same for the peak memory of the provider process. Memory is left out if there is no /proc.
   */
  readonly memoryRatio?: number;
  /** The peak memory of the provider process that a hundred waiting resources add to that of one resource. */
  readonly hundredAddMb?: number;
  readonly one: UpFigures;
  readonly ten: UpFigures;
  readonly hundred: UpFigures;
  /** The same with a hundred empty dynamic resources. */
  readonly hundredEmptySeconds: number;
  /** The spread of the figures above, and of the measurements behind them. */
  readonly spread: Readonly<Record<string, Spread>>;
}

/** The length of the syncs with 1, 10 and 100 resources. */
export const SYNC_SECONDS = 3;
const PAIRS = 7;
const ROUNDS = 3;

/** Measures on the real engine. `report` gets a line for each step. */
export async function measureEngine(report: (step: string) => void): Promise<EngineFigures> {
  const pairs = await withEmulator(0, (emulator) => measurePairs(emulator, report));
  const rounds = await withEmulator(SYNC_SECONDS, (emulator) => measureRounds(emulator, report));
  const median = (values: number[]) => spreadOf(values).median;

  const samples = {
    zeroLengthRatio: pairs.map(({ sync, empty }) => sync.seconds / empty.seconds),
    zeroLengthSeconds: pairs.map(({ sync }) => sync.seconds),
    emptySeconds: pairs.map(({ empty }) => empty.seconds),
    hundredEmptySeconds: rounds.map(({ hundredEmpty }) => hundredEmpty.seconds),
  };
  const emptyMb = median(pairs.flatMap(({ empty }) => empty.peakMb ?? []));
  const memory = {
    memoryRatio: pairs.flatMap(({ sync, empty }) => known(sync.peakMb, empty.peakMb, (a, b) => a / b)),
    oneMb: pairs.flatMap(({ sync }) => sync.peakMb ?? []),
    emptyMb: pairs.flatMap(({ empty }) => empty.peakMb ?? []),
    hundredEmptyAddMb: rounds.flatMap(({ hundredEmpty: { peakMb } }) =>
      known(peakMb, emptyMb, (a, b) => a - b),
    ),
    hundredAddMb: rounds.flatMap(({ one, hundred }) => known(hundred.peakMb, one.peakMb, (a, b) => a - b)),
  };
  const hasMemory = memory.memoryRatio.length > 0 && memory.hundredAddMb.length > 0;
  const all: Record<string, number[]> = { ...samples, ...(hasMemory && memory) };
  return {
    zeroLengthRatio: median(samples.zeroLengthRatio),
    ...(hasMemory && {
      memoryRatio: median(memory.memoryRatio),
      hundredAddMb: median(memory.hundredAddMb),
    }),
    one: upFigures(rounds.map(({ one }) => one)),
    ten: upFigures(rounds.map(({ ten }) => ten)),
    hundred: upFigures(rounds.map(({ hundred }) => hundred)),
    hundredEmptySeconds: median(samples.hundredEmptySeconds),
    spread: Object.fromEntries(Object.entries(all).map(([name, values]) => [name, spreadOf(values)])),
  };
}

async function withEmulator<T>(
  syncSeconds: number,
  measure: (emulator: EmulatorProcess) => Promise<T>,
): Promise<T> {
  const emulator = await startEmulatorProcess(syncSeconds);
  try {
    return await measure(emulator);
  } finally {
    emulator.stop();
  }
}

interface Pair {
  readonly sync: Up;
  readonly empty: Up;
}

async function measurePairs(emulator: EmulatorProcess, report: (step: string) => void): Promise<Pair[]> {
  await measureUp(empties(1), emulator.url); // The first one finds cold caches.
  const pairs: Pair[] = [];
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    report(`one MachineSync, one empty resource: ${pair} of ${PAIRS}`);
    const sync = await measureSyncs(1, emulator);
    pairs.push({ sync, empty: await measureUp(empties(1), emulator.url) });
  }
  return pairs;
}

interface SyncUp extends Up {
  readonly log: readonly Request[];
}

interface Round {
  readonly one: SyncUp;
  readonly ten: SyncUp;
  readonly hundred: SyncUp;
  readonly hundredEmpty: Up;
}

async function measureRounds(emulator: EmulatorProcess, report: (step: string) => void): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    report(`1, 10 and 100 MachineSyncs, 100 empty resources: ${round} of ${ROUNDS}`);
    rounds.push({
      one: await measureSyncs(1, emulator),
      ten: await measureSyncs(10, emulator),
      hundred: await measureSyncs(100, emulator),
      hundredEmpty: await measureUp(empties(100), emulator.url),
    });
  }
  return rounds;
}

async function measureSyncs(count: number, emulator: EmulatorProcess): Promise<SyncUp> {
  await emulator.begin(SYNC_SECONDS);
  const up = await measureUp(manySyncs(count), emulator.url);
  return { ...up, log: await emulator.requests() };
}

/** So many dynamic resources that do nothing. */
function empties(count: number): string {
  return `
    const provider = { create: async () => ({ id: "empty", outs: {} }) };
    class Empty extends pulumi.dynamic.Resource {
      constructor(name) {
        super(provider, name, {});
      }
    }
    for (let number = 1; number <= ${count}; number += 1) {
      new Empty(\`resource-\${number}\`);
    }`;
}

function upFigures(ups: readonly SyncUp[]): UpFigures {
  const spread = {
    triggers: spreadOf(ups.map(({ log }) => log.filter(({ startsSync }) => startsSync).length)),
    requests: spreadOf(ups.map(({ log }) => log.length)),
    peakPerSecond: spreadOf(ups.map(({ log }) => peakPerSecond(log))),
    seconds: spreadOf(ups.map(({ seconds }) => seconds)),
  };
  return {
    triggers: spread.triggers.median,
    requests: spread.requests.median,
    peakPerSecond: spread.peakPerSecond.median,
    seconds: spread.seconds.median,
    spread,
  };
}

function peakPerSecond(log: readonly Request[]): number {
  return Math.max(0, ...log.map(({ at }) => log.filter((one) => one.at >= at && one.at < at + 1000).length));
}

function known(a: number | undefined, b: number | undefined, of: (a: number, b: number) => number): number[] {
  return a === undefined || b === undefined ? [] : [of(a, b)];
}
