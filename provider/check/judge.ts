import { SETTLE_MS } from "../wait/run/evidence";
import { isOlder, isSyncing, type Run, runAround, runsIn, type Seen, seenIn } from "./evidence";
import type { Observed } from "./observed";

/** The judgement of an assumption of docs/semantics.md. */
interface Judgement {
  readonly verdict: "held" | "broken" | "not seen";
  /** The reason, in a sentence. */
  readonly why: string;
}

export interface Findings {
  /** An idle answer to a connection's first poll is true. */
  readonly A1: Judgement;
  /** Any later answer is at most 5 seconds old. */
  readonly A2: Judgement;
  /** CWP runs one sync of an account at a time. */
  readonly A3: Judgement;
  /** The longest time until an answer showed a sync that was asked for, in milliseconds. */
  readonly startLagMs?: number;
  /** The most that an answer was behind an earlier answer, in milliseconds. */
  readonly longestStaleMs?: number;
  /**
   * The result of a start in the middle of a sync: it was refused, it began nothing, or it began another
   * sync.
   */
  readonly busyStart?: "refused" | "joined" | "began another";
}

/** The fewest polls inside syncs with which an assumption can have held. */
const FEWEST_POLLS = 20;

interface Evidence {
  readonly answers: readonly Observed[];
  readonly seen: readonly Seen[];
  readonly runs: readonly Run[];
}

/** Judges the assumptions by the answers of a record. */
export function judge(answers: readonly Observed[]): Findings {
  const seen = seenIn(answers);
  const evidence = { answers, seen, runs: runsIn(seen) };
  const stale = longestStale(seen);
  const moved = startBeforeEnd(seen);
  const busy = busyStart(evidence, moved !== undefined);
  const lag = startLagMs(evidence);
  return {
    A1: judgeFirstPolls(evidence),
    A2: judgeAge(evidence, stale),
    A3: judgeStarts(evidence, moved, busy),
    ...(lag !== undefined && { startLagMs: lag }),
    ...(seen.length > 0 && { longestStaleMs: stale?.ms ?? 0 }),
    ...(busy && { busyStart: busy }),
  };
}

function judgeFirstPolls(evidence: Evidence): Judgement {
  const asked = evidence.seen.filter((one) => one.isFirst && isSentDuring(one, evidence.runs));
  const wrong = asked.find((one) => !isSyncing(one) && isFalse(one, evidence));
  if (wrong) {
    const { connection, sentMs } = wrong;
    return {
      verdict: "broken",
      why: `The first poll of connection ${connection}, sent at ${seconds(sentMs)}, received ${words(wrong)}, while a sync was in progress that another connection had seen.`,
    };
  }
  const right = asked.filter(isSyncing).length;
  return (
    requirePolls(evidence) ??
    (right === 0
      ? notSeen("No connection sent its first poll during a sync that another connection had seen.")
      : held(
          `First polls sent during a sync that another connection had seen: ${right}. All received SYNCING.`,
        ))
  );
}

/** Returns true if another connection had seen a sync by then, and no answer its end. */
function isSentDuring({ sentMs }: Seen, runs: readonly Run[]): boolean {
  return runs.some(({ shown, endedMs }) => shown.receivedMs <= sentMs && sentMs < endedMs);
}

/**
 * Returns true if an idle answer is false: it is older than an earlier answer, or an answer that is so late
 * that it cannot be stale still shows that sync.
 */
function isFalse(one: Seen, { seen, runs }: Evidence): boolean {
  const run = runAround(one, runs);
  return seen.some(
    (other) =>
      (other.receivedMs <= one.sentMs && isOlder(one, other)) ||
      (other.sentMs > one.receivedMs + SETTLE_MS &&
        isSyncing(other) &&
        run &&
        runAround(other, runs) === run),
  );
}

function judgeAge(evidence: Evidence, stale: Stale | undefined): Judgement {
  if (stale && stale.ms > SETTLE_MS) {
    const { one, before } = stale;
    return {
      verdict: "broken",
      why: `An answer was ${seconds(stale.ms)} behind: connection ${one.connection} received ${words(one)} at ${seconds(one.receivedMs)}, though an answer at ${seconds(before.receivedMs)} had shown ${words(before)}.`,
    };
  }
  return (
    requirePolls(evidence) ??
    requireTimes(evidence) ??
    held(`No answer was more than ${seconds(stale?.ms ?? 0)} behind an earlier answer.`)
  );
}

interface Stale {
  /** The answer, and the first answer before it that is newer. */
  readonly one: Seen;
  readonly before: Seen;
  readonly ms: number;
}

/** Finds the answer that was furthest behind. First polls belong to A1. */
function longestStale(seen: readonly Seen[]): Stale | undefined {
  return seen
    .filter(({ isFirst }) => !isFirst)
    .flatMap((one) => {
      const before = seen.find((other) => other.receivedMs <= one.sentMs && isOlder(one, other));
      return before ? [{ one, before, ms: one.sentMs - before.receivedMs }] : [];
    })
    .reduce<Stale | undefined>((most, one) => (most && most.ms >= one.ms ? most : one), undefined);
}

function judgeStarts(evidence: Evidence, moved: Moved | undefined, busy: Findings["busyStart"]): Judgement {
  if (moved) {
    return {
      verdict: "broken",
      why: `The start moved from ${moved.from} to ${moved.to} before an answer showed an end of the first sync.`,
    };
  }
  return (
    requirePolls(evidence) ??
    requireTimes(evidence) ??
    (busy === undefined
      ? notSeen("No start was answered in the middle of a sync.")
      : held(`A start in the middle of a sync ${busy === "refused" ? "was refused" : "began no other one"}.`))
  );
}

interface Moved {
  readonly from: string;
  readonly to: string;
}

/** Finds a start that a newer start replaced before an answer had shown an end for it. */
function startBeforeEnd(seen: readonly Seen[]): Moved | undefined {
  let [newest, hasEnded] = ["", true];
  for (const { latestStartTime: start, latestEndTime: end } of seen) {
    if (start > newest) {
      if (!hasEnded && end < newest) {
        return { from: newest, to: start };
      }
      [newest, hasEnded] = [start, end >= start];
    } else if (start === newest) {
      hasEnded ||= end >= start;
    }
  }
  return undefined;
}

/** The codes that do not answer a start in the middle of a sync: all other codes are a refusal. */
const noRefusals =
  /^(RequestLimitExceeded|InternalError|ServiceUnavailable|AuthFailure|UnauthorizedOperation|NetworkFailure|RequestTimeout|HttpStatus|Aborted|BadAnswer|InvalidSettings)(\.|$)/;

/** Judges a start in the middle of a sync, which a later answer must show still in progress. */
function busyStart({ answers, seen, runs }: Evidence, hasMoved: boolean): Findings["busyStart"] {
  const inMiddle = answers.filter((one) => {
    const run = one.request === "start" ? runAround(one, runs) : undefined;
    return seen.some(
      (other) => run && other.sentMs >= one.receivedMs && isSyncing(other) && runAround(other, runs) === run,
    );
  });
  if (inMiddle.some((one) => "state" in one)) {
    return hasMoved ? "began another" : "joined";
  }
  return inMiddle.some((one) => "code" in one && !noRefusals.test(one.code)) ? "refused" : undefined;
}

function startLagMs({ seen, runs }: Evidence): number | undefined {
  const lags = seen
    .filter((one) => one.request === "start" && !runAround(one, runs))
    .flatMap(({ sentMs }) => {
      const run = runs.find(({ shown }) => shown.receivedMs >= sentMs);
      return run ? [run.shown.receivedMs - sentMs] : [];
    });
  return lags.length > 0 ? Math.max(...lags) : undefined;
}

function requireTimes({ seen }: Evidence): Judgement | undefined {
  return seen.some(({ latestStartTime }) => latestStartTime !== "")
    ? undefined
    : notSeen("No answer had a start, so the age of an answer is not known.");
}

function requirePolls({ answers, seen, runs }: Evidence): Judgement | undefined {
  const polls = seen.filter((one) => one.request === "poll" && runAround(one, runs)).length;
  return polls >= FEWEST_POLLS
    ? undefined
    : notSeen(`Polls inside a sync: ${polls}. A verdict needs ${FEWEST_POLLS}.${listFailures(answers)}`);
}

/** ` Failed requests: 40 RequestLimitExceeded.` */
function listFailures(answers: readonly Observed[]): string {
  const codes = answers.flatMap((one) => ("code" in one ? [one.code] : []));
  const counted = [...new Set(codes)].map((code) => `${codes.filter((one) => one === code).length} ${code}`);
  return counted.length > 0 ? ` Failed requests: ${counted.join(", ")}.` : "";
}

function held(why: string): Judgement {
  return { verdict: "held", why };
}

function notSeen(why: string): Judgement {
  return { verdict: "not seen", why };
}

function words({ state, latestStartTime, latestEndTime }: Seen): string {
  const start = latestStartTime && `, started ${latestStartTime}`;
  const end = latestEndTime && `, ended ${latestEndTime}`;
  return `${state} (${[start, end].join("").replace(/^, /, "") || "no times"})`;
}

/** 7500 → `7.5 s` */
function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
