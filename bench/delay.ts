import { bestLooks } from "./best";
import { watchByLoop } from "./loop";
import { type History, histories, type Run } from "./runs";
import { BEST, following, OURS, ours, type Schedule, type Sighting, schedules } from "./schedules";

/** How one schedule did over all runs. Fractions are of the run's length. */
export interface Delay {
  readonly schedule: string;
  readonly history: History;
  /** Whether the schedule makes use of a history; if not, all its rows are the same. */
  readonly usesHistory: boolean;
  readonly meanDelayFraction: number;
  readonly p95DelayFraction: number;
  /** Looks after the trigger. */
  readonly meanRequests: number;
}

/** The best possible schedules for one kind of history, from few requests to many; see best.ts. */
export interface BestCurve {
  readonly history: History;
  readonly points: readonly Delay[];
}

/** Every schedule with every history on the same runs, and the best possible one for as many looks as ours needed. */
export async function measureDelay(runs: readonly Run[]): Promise<Delay[]> {
  const rows: Delay[] = [];
  for (const schedule of schedules()) {
    for (const history of histories) {
      const same = schedule.usesHistory ? undefined : rows.find((row) => row.schedule === schedule.name);
      rows.push(same ? { ...same, history } : await measureSchedule(schedule, history, runs));
    }
  }
  for (const { history, meanRequests } of rows.filter((row) => row.schedule === OURS)) {
    rows.push(await bestAt(await priceFor(meanRequests, history, runs), history, runs));
  }
  return rows;
}

/** One schedule with one kind of history. */
export async function measureSchedule(
  schedule: Schedule,
  history: History,
  runs: readonly Run[],
): Promise<Delay> {
  const delays: number[] = [];
  let looks = 0;
  for (const { length, before } of runs) {
    const seen: Sighting = await schedule.watch(length, before[history]);
    delays.push((seen.at - length) / length);
    looks += seen.looks;
  }
  delays.sort((a, b) => a - b);
  return {
    schedule: schedule.name,
    history,
    usesHistory: schedule.usesHistory,
    meanDelayFraction: delays.reduce((sum, delay) => sum + delay, 0) / runs.length,
    p95DelayFraction: delays[Math.ceil(0.95 * runs.length) - 1] ?? Number.NaN,
    meanRequests: looks / runs.length,
  };
}

/** The lines of the plot. A history that is useless is worth no more than one that is absent. */
export async function bestCurves(runs: readonly Run[]): Promise<BestCurve[]> {
  const curves: BestCurve[] = [];
  for (const history of ["within 10%", "within 25%", "absent"] as const) {
    const points: Delay[] = [];
    for (let price = 0.2; price > 0.0002; price /= 1.6) {
      points.push(await bestAt(price, history, runs));
    }
    curves.push({ history, points });
  }
  return curves;
}

/** The least price of a look at which the best schedule has no more than this many in the mean. */
async function priceFor(looks: number, history: History, runs: readonly Run[]): Promise<number> {
  let [low, high] = [1e-5, 1];
  for (let step = 0; step < 14; step += 1) {
    const middle = Math.sqrt(low * high);
    const { meanRequests } = await bestAt(middle, history, runs);
    [low, high] = meanRequests > looks ? [middle, high] : [low, middle];
  }
  return high;
}

function bestAt(price: number, history: History, runs: readonly Run[]): Promise<Delay> {
  const watch = following(bestLooks(history, price));
  return measureSchedule({ name: BEST, usesHistory: true, watch }, history, runs);
}

/** The waiting loop as a whole beside its schedule, on the same runs. */
export interface LoopCheck {
  readonly history: History;
  readonly loop: Delay;
  readonly schedule: Delay;
}

/** The loop is to be no later than its schedule, and to need no more looks. */
export async function checkLoop(runs: readonly Run[]): Promise<LoopCheck> {
  const history = "within 25%";
  return {
    history,
    loop: await measureSchedule({ ...ours, name: "the waiting loop", watch: watchByLoop }, history, runs),
    schedule: await measureSchedule(ours, history, runs),
  };
}
