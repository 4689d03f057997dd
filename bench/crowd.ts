import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { emulatorAccount, type Run } from "../emulator";
import { serviceTime } from "../emulator/world/status";
import { type EmulatorProcess, type Request, startEmulatorProcess } from "./emulatorProcess";
import { syncByHand } from "./handWritten";
import { OURS } from "./schedules";

/**
 * The results of pipelines of one account that sync at once. They share nothing but the service, which takes
 * 20 requests a second.
 */
export interface CrowdFigures {
  readonly schedule: string;
  readonly pipelines: number;
  /** When they begin, and the other syncs of the account. */
  readonly setting: string;
  /** Syncs that they started. */
  readonly syncs: number;
  /** The longest wait of a pipeline, even if it failed. */
  readonly longestSeconds: number;
  /** Pipelines that ended with an error, after 5 minutes at the latest, or are stale. */
  readonly failed: number;
  /** Pipelines that reported a sync as theirs which began before the wait. */
  readonly stale: number;
  readonly requests: number;
  /** Requests that were answered with RequestLimitExceeded. */
  readonly refused: number;
}

interface Setting {
  readonly pipelines: number;
  /** The time within which they begin, evenly. */
  readonly withinSeconds: number;
  /** Another pipeline syncs all the time, each sync as long as this. */
  readonly foreignSeconds?: number;
  /** True if the loop by hand is measured too. */
  readonly peer?: boolean;
}

export const CROWD_SYNC_SECONDS = 10;
const LIMIT_MINUTES = 5;
const settings: readonly Setting[] = [
  ...[1, 8, 30, 100].map((pipelines) => ({ pipelines, withinSeconds: 5, peer: true })),
  { pipelines: 300, withinSeconds: 10 },
  { pipelines: 40, withinSeconds: 60 },
  { pipelines: 4, withinSeconds: 5, foreignSeconds: 8 },
];

/** A pipeline that is about to sync; `sync` resolves with the start of the run that it takes for its own. */
interface Pipeline {
  sync(): Promise<string>;
  end(): unknown;
}

/** Measures all settings. `report` gets a line for each, and the errors. */
export async function measureCrowds(report: (step: string) => void): Promise<CrowdFigures[]> {
  const rows: CrowdFigures[] = [];
  for (const setting of settings) {
    report(`${setting.pipelines} pipelines, ${inWords(setting)}`);
    rows.push(await measureCrowd(OURS, openWorker, setting, report));
    if (setting.peer) {
      rows.push(await measureCrowd("by hand, a poll every 5 s", openByHand, setting, report));
    }
  }
  return rows;
}

async function measureCrowd(
  schedule: string,
  open: (url: string) => Pipeline | Promise<Pipeline>,
  setting: Setting,
  report: (failure: string) => void,
): Promise<CrowdFigures> {
  const { pipelines, withinSeconds, foreignSeconds } = setting;
  const emulator = await startEmulatorProcess(CROWD_SYNC_SECONDS);
  const opened = await Promise.all(Array.from({ length: pipelines }, () => open(emulator.url)));
  try {
    await emulator.begin(CROWD_SYNC_SECONDS);
    if (foreignSeconds !== undefined) {
      await emulator.syncWithoutPause(foreignSeconds, LIMIT_MINUTES * 60 + withinSeconds);
    }
    const waits = await Promise.all(
      opened.map(async (pipeline, index) => {
        await sleep((1000 * withinSeconds * index) / pipelines);
        return wait(pipeline, emulator);
      }),
    );
    new Set(waits.flatMap(({ error }) => error ?? [])).forEach(report);
    const sent = await emulator.requests();
    return { schedule, setting: inWords(setting), ...crowdFigures(waits, await emulator.runs(), sent) };
  } finally {
    await Promise.all(opened.map((pipeline) => pipeline.end()));
    emulator.stop();
  }
}

/** The figures of a crowd, from its waits, syncs and requests. */
export function crowdFigures(
  waits: readonly Wait[],
  runs: readonly Run[],
  requests: readonly Request[],
): Omit<CrowdFigures, "schedule" | "setting"> {
  const isFresh = ({ begunMs, start }: Wait) =>
    runs.some(({ startMs }) => serviceTime(startMs) === start && startMs >= begunMs);
  const stale = waits.filter((one) => one.start !== undefined && !isFresh(one)).length;
  return {
    pipelines: waits.length,
    syncs: runs.filter(({ by }) => by !== "foreign").length,
    longestSeconds: Math.max(...waits.map(({ seconds }) => seconds)),
    failed: stale + waits.filter(({ start }) => start === undefined).length,
    stale,
    requests: requests.length,
    refused: requests.filter(({ isRefused }) => isRefused).length,
  };
}

export interface Wait {
  /** The begin of the wait, on the emulator's clock. */
  readonly begunMs: number;
  readonly seconds: number;
  /** The start of the run that it took for its own; undefined if it failed. */
  readonly start?: string;
  readonly error?: string;
}

async function wait(pipeline: Pipeline, emulator: EmulatorProcess): Promise<Wait> {
  const begunMs = emulator.now();
  const outcome = await pipeline.sync().then(
    (start) => ({ start }),
    (error: Error) => ({ error: error.message }),
  );
  return { begunMs, ...outcome, seconds: (emulator.now() - begunMs) / 1000 };
}

async function openWorker(url: string): Promise<Pipeline> {
  const worker = new Worker(path.join(__dirname, "pipeline.cjs"), {
    env: {
      TENCENTCLOUD_CWP_ENDPOINT: url,
      TENCENTCLOUD_SECRET_ID: emulatorAccount.secretId,
      TENCENTCLOUD_SECRET_KEY: emulatorAccount.secretKey,
    },
  });
  const next = () =>
    new Promise<{ start?: string; error?: string }>((resolve, reject) => {
      worker.once("message", resolve).once("error", reject);
    });
  await next();
  return {
    async sync() {
      const answer = next();
      worker.postMessage({ timeouts: { create: `${LIMIT_MINUTES}m` } });
      const { start, error } = await answer;
      if (start === undefined) {
        throw new Error(error);
      }
      return start;
    },
    end: () => worker.terminate(),
  };
}

function openByHand(url: string): Pipeline {
  return { sync: () => syncByHand(url, LIMIT_MINUTES * 60_000), end() {} };
}

function inWords({ withinSeconds, foreignSeconds }: Setting): string {
  const others = foreignSeconds === undefined ? "" : `, others sync without a pause`;
  return `within ${withinSeconds} s${others}`;
}
