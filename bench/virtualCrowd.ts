import { type Measured, measureVirtualCrowd } from "../tests/provider/wait/virtualCrowd";
import { type Spread, spreadOf } from "./spread";

/** Crowds of any size, on a model of the service in virtual time: no machine is too slow for one. */

const SEEDS = [1, 2, 3];
/** A sync before them tells how long one takes. */
const faults = { foreignSyncs: [{ atMs: -70_000, seconds: 10 }] };

const crowds = [
  ...[8, 30, 100].map((pipelines) => ({ pipelines, withinSeconds: 5 })),
  ...[300, 1_000].map((pipelines) => ({ pipelines, withinSeconds: 10 })),
];

/** What pipelines of one account came to that started at random moments, over several seeds. */
export interface VirtualCrowdFigures {
  readonly pipelines: number;
  readonly withinSeconds: number;
  readonly syncs: Spread;
  /** The longest that any of them waited. */
  readonly longestSeconds: Spread;
  /** Those that ended with an error, after 30 minutes at the latest. */
  readonly failed: Spread;
  readonly requestsPerPipeline: Spread;
  /** The part of all requests that was answered with RequestLimitExceeded. */
  readonly refused: Spread;
}

export async function measureVirtualCrowds(): Promise<VirtualCrowdFigures[]> {
  const rows: VirtualCrowdFigures[] = [];
  for (const { pipelines, withinSeconds } of crowds) {
    const measured: Measured[] = [];
    for (const seed of SEEDS) {
      const crowd = { processes: pipelines, within: 1000 * withinSeconds, seed, faults };
      measured.push(await measureVirtualCrowd(crowd));
    }
    const spread = (figure: (one: Measured) => number) => spreadOf(measured.map(figure));
    rows.push({
      pipelines,
      withinSeconds,
      syncs: spread(({ syncs }) => syncs),
      longestSeconds: spread(({ slowest }) => slowest / 1000),
      failed: spread(({ failed }) => failed),
      requestsPerPipeline: spread(({ requests }) => requests / pipelines),
      refused: spread(({ refused }) => refused),
    });
  }
  return rows;
}
