/** Measures how late each schedule sees the end of a sync, and for how many requests. */

import { watchByLoop } from "./loop";
import { type History, histories, type Run } from "./runs";
import { ours, type Schedule, type Sighting, schedules } from "./schedules";

/** A delay of up to half a second is always fine. */
export const FREE_MS = 500;

/** The figures of one schedule over all runs. */
export interface Delay {
  readonly schedule: string;
  readonly history: History;
  /** True if the schedule uses a history; if not, all its rows are the same. */
  readonly usesHistory: boolean;
  /**
   * The mean of the runs' delay fractions: the delay from half a second after a run's end until it was seen,
   * as a fraction of the run's length; 0 if it was seen sooner.
   */
  readonly meanDelayFraction: number;
  /** The 95th percentile of the same. */
  readonly p95DelayFraction: number;
  /** Requests of the whole wait: the first poll and the one that starts the sync are among them. */
  readonly meanRequests: number;
}

/** Every schedule with every history on the same runs. */
export async function measureDelay(runs: readonly Run[]): Promise<Delay[]> {
  const rows: Delay[] = [];
  for (const schedule of schedules()) {
    for (const history of histories) {
      const same = schedule.usesHistory ? undefined : rows.find((row) => row.schedule === schedule.name);
      rows.push(same ? { ...same, history } : await measureSchedule(schedule, history, runs));
    }
  }
  return rows;
}

/** One schedule with one kind of history. */
export async function measureSchedule(
  schedule: Schedule,
  history: History,
  runs: readonly Run[],
): Promise<Delay> {
  const fractions: number[] = [];
  let requests = 0;
  for (const { length, before } of runs) {
    const seen: Sighting = await schedule.watch(length, before[history]);
    fractions.push(Math.max(0, seen.at - length - FREE_MS) / length);
    requests += seen.requests;
  }
  fractions.sort((a, b) => a - b);
  return {
    schedule: schedule.name,
    history,
    usesHistory: schedule.usesHistory,
    meanDelayFraction: fractions.reduce((sum, fraction) => sum + fraction, 0) / runs.length,
    p95DelayFraction: fractions[Math.ceil(0.95 * runs.length) - 1] ?? Number.NaN,
    meanRequests: requests / runs.length,
  };
}

/** The waiting loop as a whole beside its schedule, on the same runs. */
export interface LoopCheck {
  readonly history: History;
  readonly loop: Delay;
  readonly schedule: Delay;
}

/** The loop is to be no later than its schedule, and to need no more requests. */
export async function checkLoop(runs: readonly Run[]): Promise<LoopCheck> {
  const history = "within 25%";
  return {
    history,
    loop: await measureSchedule({ ...ours, name: "the waiting loop", watch: watchByLoop }, history, runs),
    schedule: await measureSchedule(ours, history, runs),
  };
}
