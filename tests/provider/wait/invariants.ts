import assert from "node:assert/strict";
import { parseDuration } from "../../../provider/api/duration";
import { CwpError } from "../../../provider/api/errors";
import { SETTLE_MS, SETTLE_POLLS } from "../../../provider/wait/run/evidence";
import { PATIENCE_MS, PATIENCE_UNREACHED_MS } from "../../../provider/wait/run/failureRow";
import { CLOSEST_MS, CLOSEST_POLLS_MS } from "../../../provider/wait/run/schedule";
import { LAST_POLL_MS } from "../../../provider/wait/run/step";
import { MOST_STARTS } from "../../../provider/wait/run/wait";
import { WaitError } from "../../../provider/wait/run/waitError";
import { REQUEST_MS } from "../../../provider/wait/stream/requests";
import { type Logged, virtualTime } from "./account";
import { type History, requestsOf, sum, unfinishedIn, WARNING } from "./worlds";

/* The invariants of every world. Each takes a history and fails with a sentence of its own. */

export type Invariant = (history: History) => void;

/**
 * A success of goal `finished` means that a run had ended which began after the wait, on the account that
 * answers now. If the wait resumed a run of this account: after the wait that started that run.
 */
export function succeedsOnlyOnItsRun(history: History): void {
  for (const { call, process, loop, called, counts, at, outcome, account } of history.ended) {
    if (!("status" in outcome)) {
      continue;
    }
    if (call.goal === "status") {
      assert.ok(
        requestsOf(history, process, loop).some((sent) => sent.at >= called && sent.at <= at),
        "a status was answered to no request after the call",
      );
      continue;
    }
    if (call.goal === "started") {
      assert.ok(
        account.runs.some(({ startMs }) => startMs >= counts && startMs <= at) ||
          account.starts.some((sent) => sent.at >= counts && sent.at <= at),
        "a call for a started sync succeeded, but since it began none was asked for and none began",
      );
      continue;
    }
    const { status } = outcome;
    const its = account.runs.find(({ startMs, endMs }) => startMs >= counts && endMs <= at);
    assert.ok(its, "a call succeeded, but no run that began after it had ended");
    const start = virtualTime(status.latestStartTime);
    assert.ok(
      start === undefined || start >= wholeSecond(its.startMs),
      "the start that was answered is older than the call's run",
    );
    const end = virtualTime(status.latestEndTime);
    // In whole seconds, the end of the run right before looks like its own, unless SYNCING last showed it.
    const before = account.runs.findLast(({ endMs }) => endMs <= its.startMs)?.endMs;
    const syncing = requestsOf(history, process).findLast(
      (sent) => sent.at > counts && (sent.endedAt ?? at) < at && sent.status?.state === "SYNCING",
    );
    const besideSyncing = syncing?.status?.latestEndTime === status.latestEndTime;
    const sameSecond =
      before !== undefined && wholeSecond(before) === wholeSecond(its.startMs) && !besideSyncing;
    assert.ok(
      end === undefined || end >= wholeSecond(sameSecond ? its.startMs : its.endMs),
      "the end that was answered is older than that of the call's run",
    );
  }
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** Each wait starts a sync three times at most; a wait that resumes a run, twice. */
export function startsFew({ plan, accounts, ended }: History): void {
  for (const [process, { moves }] of plan.processes.entries()) {
    const starts = accounts.flatMap((account) => account.starts).filter(({ by }) => by === process).length;
    const most = ended
      .filter((one) => one.process === process && one.call.goal !== "status")
      .map(({ resumes }) => (moves ? 2 * MOST_STARTS : MOST_STARTS) - (resumes ? 1 : 0));
    assert.ok(starts <= sum(most), `one process sent ${starts} starts for ${most.length} waits`);
  }
}

export function keepsTheTurns(history: History): void {
  for (const process of history.plan.processes.keys()) {
    const sent = requestsOf(history, process);
    for (const [i, { at }] of sent.entries()) {
      const before = sent[i - 1];
      assert.ok(!before || at - before.at >= CLOSEST_MS, "two requests were closer together than CLOSEST_MS");
    }
  }
}

/** The requests of a loop, and the times of its calls. */
function loopsOf(history: History): { sent: Logged[]; called: number[] }[] {
  return history.plan.processes.flatMap(({ loops = 1, moves }, process) =>
    Array.from({ length: moves ? 0 : loops }, (_, loop) => ({
      sent: requestsOf(history, process, loop),
      called: history.ended
        .filter((one) => one.process === process && one.loop === loop)
        .map(({ called }) => called),
    })),
  );
}

const isRefusedStart = ({ sync, refused }: Logged) => sync && refused;

/** A refusal that leaves open if the start worked: it counts as a start that was taken (rule 9). */
const mayHaveWorked = (sent: Logged) => /^(FailedOperation|InternalError)(\.|$)/.test(codeOf(sent));

function codeOf({ error }: Logged): string {
  return error instanceof CwpError ? error.code : "";
}

/** A start follows an idle answer to the last poll. */
export function startsFromIdle(history: History): void {
  for (const { sent } of loopsOf(history)) {
    for (const [i, { sync }] of sent.entries()) {
      const last = sent.slice(0, i).findLast((one) => !one.sync && one.status !== undefined);
      assert.ok(
        !sync || last?.status?.state !== "SYNCING",
        "a start was sent though the last poll showed SYNCING",
      );
    }
  }
}

/**
 * Between a refused start and the next start, a poll gets an idle answer, after ResourceInUse a later one.
 */
export function pollsAfterARefusal(history: History): void {
  for (const { sent, called } of loopsOf(history)) {
    for (const [i, refusal] of sent.entries()) {
      const next = sent.slice(i + 1).find(({ sync }) => sync);
      const hasBegun = called.some((at) => at >= refusal.at && at <= (next?.at ?? 0));
      if (!isRefusedStart(refusal) || !next || hasBegun) {
        continue;
      }
      const lag = codeOf(refusal) === "ResourceInUse" ? SETTLE_MS : 0;
      const polled = sent.some(
        (one) => !one.sync && one.at > refusal.at + lag && one.at < next.at && one.status !== undefined,
      );
      assert.ok(polled, `a start followed a refused start (${codeOf(refusal)}) without a poll between`);
    }
  }
}

/** Between refused starts, the pauses grow, and in the end the wait gives up. */
export function pausesBetweenRefusals(history: History): void {
  for (const { sent, called } of loopsOf(history)) {
    let row: Logged[] = [];
    for (const one of sent) {
      const begun = called.some((at) => at > (row[0]?.at ?? one.at) && at <= one.at);
      const isTaken = one.sync && (!one.refused || mayHaveWorked(one));
      if (one.status?.state === "SYNCING" || isTaken || isLimit(one.error) || begun) {
        row = [];
      } else if (isRefusedStart(one)) {
        const last = row.at(-1);
        const pause = Math.min(8_000, 500 * 2 ** (row.length - 1));
        assert.ok(
          !last || one.at - last.at >= pause,
          `refused starts were only ${one.at - (last?.at ?? 0)} ms apart`,
        );
        row.push(one);
        assert.ok(
          one.at - (row[0]?.at ?? 0) <= PATIENCE_MS + 20_000,
          "a wait was refused its start for too long",
        );
      }
    }
  }
}

/**
 * Two polls are CLOSEST_POLLS_MS apart. Closer may be a last poll at a deadline, a poll at the end of weak
 * evidence or of a grace, and a poll after a failure: so any six polls take two gaps at least.
 */
export function keepsPollsApart(history: History): void {
  for (const process of history.plan.processes.keys()) {
    const deadlines = history.ended
      .filter((one) => one.process === process)
      .map(({ called, call }) => called + call.timeoutMs);
    const sent = requestsOf(history, process);
    const polls = sent.filter(
      ({ at, sync }, i) =>
        !sync &&
        !sent[i - 1]?.error &&
        !deadlines.some((deadline) => deadline <= at && deadline > (sent[i - 1]?.at ?? at)),
    );
    for (const [i, { at }] of polls.entries()) {
      const third = polls[i - 5];
      assert.ok(
        !third || at - third.at >= 2 * CLOSEST_POLLS_MS,
        `six polls took only ${at - (third?.at ?? 0)} ms`,
      );
    }
  }
}

/**
 * The polls for waits that begin one after the other are half a second apart, before the sync starts for all.
 */
export function pollsCalmly({ accounts }: History): void {
  for (const { log, runs } of accounts) {
    const polls = log.findIndex(({ sync }) => sync);
    const idle = runs.every(({ by }) => by !== "foreign");
    assert.ok(!idle || polls <= 5, `${polls} polls were sent before the first start`);
  }
}

/**
 * A wait's last poll is at its deadline. A request in progress then is cut a second later, unless it was sent
 * before the call; and a poll may have to wait for its turn.
 */
export function endsInTime(history: History): void {
  for (const { call, process, loop, called, at, abortedAt } of history.ended) {
    const deadline = called + call.timeoutMs;
    const underWay = Math.max(LAST_POLL_MS, REQUEST_MS - call.timeoutMs);
    const lastPoll = requestsOf(history, process, loop).find((sent) => sent.at >= deadline && sent.at <= at);
    assert.ok(
      !lastPoll || lastPoll.at <= deadline + underWay + CLOSEST_MS,
      "a wait had its last poll long after its deadline",
    );
    assert.ok(
      at <= deadline + LAST_POLL_MS + CLOSEST_MS + REQUEST_MS,
      `a wait ended ${at - deadline} ms after its deadline, later than its last poll may take`,
    );
    assert.ok(abortedAt === undefined || at === abortedAt, "an aborted call did not end");
  }
}

/** The causes that have words, but no code of Tencent Cloud. */
const causes =
  /No connection to|did not answer within|HTTP status|This is no answer of the API|answered with the state "PENDING"/;
const whatToDo =
  /pulumi up|customTimeouts|Check|check |Grant|try again|set it right|get new ones|newer version|Unset/;

export function failuresSayWhyAndWhatToDo(history: History): void {
  for (const end of history.ended) {
    if (!("error" in end.outcome) || end.abortedAt !== undefined) {
      continue;
    }
    const { error } = end.outcome;
    assert.ok(error instanceof WaitError, `a call failed with an error that is no WaitError: ${error}`);
    const { message, code, last } = error;
    assert.ok(
      message.includes(code) || (last && message.includes(last.state)) || causes.test(message),
      `a failure does not name its cause: "${message}"`,
    );
    assert.match(message, whatToDo, `a failure does not say what to do: "${message}"`);
  }
}

/** A call that may have started a sync and does not see its end, aborted or not, leaves it to be resumed. */
export function losesNoRun(history: History): void {
  for (const end of history.ended) {
    const { call, process, called, at, outcome, abortedAt, account, resumes } = end;
    if (!("error" in outcome) || call.goal === "status" || history.plan.processes[process]?.moves) {
      continue;
    }
    const alone = history.ended.every(
      (other) => other === end || other.process !== process || other.called >= at || other.at <= called,
    );
    const asked = account.starts.some((sent) => sent.by === process && sent.at >= called && sent.at <= at);
    if (resumes || (alone && asked)) {
      const { error } = outcome;
      assert.ok(unfinishedIn(end), `a call started a sync, but left nothing to resume: "${error}"`);
      const code = error instanceof WaitError && error.code;
      assert.ok(
        abortedAt === undefined || code === "Cancelled",
        `an aborted call that had started a sync ended with ${code}`,
      );
    }
  }
}

/** No wait times out without a last poll at the deadline. */
export function pollsOnceMore(history: History): void {
  for (const { call, process, loop, called, at, outcome } of history.ended) {
    if ("error" in outcome && outcome.error instanceof WaitError && outcome.error.code === "SyncTimeout") {
      const deadline = called + call.timeoutMs;
      assert.ok(
        requestsOf(history, process, loop).some((sent) => sent.at >= deadline && sent.at <= at),
        "a wait gave up without a last poll at its deadline",
      );
    }
  }
}

/** A wait that resumes a run starts no other run after the run has been seen, nor while it is in progress. */
export function resumesWithoutStart({ plan, ended }: History): void {
  for (const end of ended) {
    const { call, process, counts, called, at, account, resumes } = end;
    const alone = ended.every((other) => other === end || other.called >= at || other.at <= called);
    const its = account.runs.find(
      ({ startMs, endMs }) => startMs >= counts && startMs < called && endMs > called,
    );
    const noneUntil = call.run?.shown ? at : its && Math.min(at, its.endMs);
    if (resumes && alone && !plan.processes[process]?.moves && noneUntil !== undefined) {
      assert.ok(
        !account.starts.some((sent) => sent.at >= called && sent.at < noneUntil),
        "a resumed wait started a sync in place of the run that it resumed",
      );
    }
  }
}

function isLimit(error: unknown): boolean {
  return error instanceof CwpError && error.code.startsWith("RequestLimitExceeded");
}

/**
 * An error that a retry may help ends a wait only after a row of such errors, with no good answer to any wait
 * of its loop between, or after refused starts for as long.
 */
export function failsOnlyAfterARow(history: History): void {
  for (const { call, process, loop, called, at, outcome } of history.ended) {
    const error = "error" in outcome ? outcome.error : undefined;
    if (!(error instanceof WaitError) || at >= called + call.timeoutMs) {
      continue;
    }
    const sent = requestsOf(history, process, loop).filter(
      ({ endedAt }) => endedAt !== undefined && endedAt <= at,
    );
    const last = sent.at(-1)?.error;
    if (!(last instanceof CwpError) || last.code !== error.code || last.retry === "never") {
      continue;
    }
    const lastSyncing = sent.findLastIndex(({ status }) => status?.state === "SYNCING");
    const refused = sent.slice(lastSyncing + 1).filter((one) => one.sync && one.refused);
    if ((refused.at(-1)?.at ?? 0) - (refused[0]?.at ?? 0) > PATIENCE_MS) {
      continue; // Rule 8's other bound.
    }
    const lastGood = sent.findLastIndex((one) => one.error === undefined);
    const row = sent.slice(lastGood + 1);
    const few = row.filter((one) => one.error instanceof CwpError && one.error.retry === "few").length;
    const limit = row.findLastIndex((one) => isLimit(one.error));
    const silent = (row.at(-1)?.at ?? 0) - (row[Math.max(0, limit)]?.at ?? 0);
    const isReached = (sent[lastGood]?.endedAt ?? Number.NEGATIVE_INFINITY) > called;
    assert.ok(!isLimit(last), "a refusal for the number of requests ended a wait before its deadline");
    assert.ok(
      few > 3 || silent > (isReached ? PATIENCE_MS : PATIENCE_UNREACHED_MS),
      `${few} errors of the kind that is retried a few times, in a row of ${row.length} over ${silent} ms, ended a wait`,
    );
  }
}

/**
 * No wait fails though its loop has polled before, during and after whole runs that began after the wait. The
 * answers to another loop do not count: its credentials may be another account's.
 *
 * Before: a poll late enough to show an anchor, whose answer is not known to be stale. After: a poll that
 * shows the account idle again, or a later run if a run that counts was seen before (rules 3, 5 and 6). The
 * margins are the age that an answer may have, and whole seconds.
 */
export function seesWholeRuns(history: History): void {
  for (const end of history.ended) {
    const { call, process, loop, called, at, outcome, abortedAt, account } = end;
    const { faults, blank: isBlank } = history.plan.accounts[history.accounts.indexOf(account)] ?? {};
    const moves = history.plan.processes[process]?.moves;
    if (!("error" in outcome) || abortedAt !== undefined || call.goal !== "finished" || moves) {
      continue;
    }
    if (faults?.emptyTimes || faults?.unknownState || isBlank) {
      continue;
    }
    const { runs } = account;
    const sent = requestsOf(history, process, loop);
    const good = sent.filter(
      ({ at: sentAt, endedAt, error }) =>
        sentAt > called && endedAt !== undefined && endedAt <= at && error === undefined,
    );
    const anchor = good.find(
      (poll) =>
        poll.at > called + SETTLE_MS &&
        !isStale(poll, sent) &&
        (runs.some(({ startMs }) => startMs <= poll.at - SETTLE_MS) ||
          !runs.some(({ startMs }) => startMs <= (poll.endedAt ?? poll.at))),
    );
    if (!anchor?.endedAt) {
      continue;
    }
    const its = runs.filter(
      ({ startMs, endMs }, i) =>
        startMs >= (anchor.endedAt ?? 0) + 1000 &&
        endMs - startMs >= 2000 &&
        startMs - (runs[i - 1]?.endMs ?? Number.NEGATIVE_INFINITY) >= 0,
    );
    for (const run of its) {
      const next = runs.find(({ startMs }) => startMs > run.startMs)?.startMs ?? Number.POSITIVE_INFINITY;
      const idle = good.filter((poll) => poll.at >= run.endMs + SETTLE_MS + 1 && (poll.endedAt ?? 0) < next);
      // If the state lags, the run's own end shows beside SYNCING: then calm has to confirm it (rule 7).
      const isSeen = faults?.laggingStateSeconds ? isCalm(idle) : idle.length > 0;
      assert.ok(!isSeen, "a wait failed though its loop saw the account idle after a whole run of its own");
      const during = good.find(
        (poll) => poll.at >= run.startMs + SETTLE_MS && (poll.endedAt ?? 0) < run.endMs,
      );
      const after = good.find((poll) => poll.at >= next + SETTLE_MS + 1000);
      assert.ok(
        !during || !after,
        "a wait failed though its loop saw a whole run of its own, and a later one",
      );
    }
  }
}

function isCalm(idle: readonly Logged[]): boolean {
  const [first, last] = [idle[0], idle.at(-1)];
  return idle.length >= SETTLE_POLLS && (last?.at ?? 0) - (first?.endedAt ?? 0) > SETTLE_MS;
}

/** Returns true if its loop had seen a newer start before: then the answer gives no anchor. */
function isStale({ at, status }: Logged, sent: readonly Logged[]): boolean {
  const start = status?.latestStartTime ?? "";
  return sent.some((before) => (before.endedAt ?? at) < at && (before.status?.latestStartTime ?? "") > start);
}

export function leavesNothingBehind({ accounts, left }: History): void {
  assert.equal(left.sleepers, 0, "a timer was still set after all calls had ended");
  assert.equal(left.inFlight, 0, "a request was still in flight after all calls had ended");
  assert.equal(left.waits, 0, "a wait was kept after all calls had ended");
  assert.equal(
    sum(accounts.map(({ log }) => log.length)),
    left.requests,
    "a request was sent after all calls had ended",
  );
}

export function succeedsAll({ ended }: History): void {
  for (const { outcome } of ended) {
    assert.ok(
      "status" in outcome,
      `a call failed in a bearable world: ${"error" in outcome && outcome.error}`,
    );
  }
}

export function costsTwoStarts({ accounts }: History): void {
  const starts = sum(accounts.map((account) => account.starts.length));
  assert.ok(starts <= 2, `a healthy crowd cost ${starts} starts`);
}

/**
 * The first answer of an idle account is enough to start a sync, once the waits that begin at the same time
 * have had theirs.
 */
export function startsSoon({ accounts, ended }: History): void {
  const called = Math.min(...ended.map((end) => end.called));
  const started = Math.min(...accounts.flatMap((account) => account.starts.map(({ at }) => at)));
  assert.ok(
    started - called <= 3_500,
    `the first start was sent ${started - called} ms after the first call`,
  );
}

/** Resources that were checked before the first start share it, if they are called soon. */
export function costsOneStart({ accounts }: History): void {
  const starts = sum(accounts.map((account) => account.starts.length));
  assert.equal(starts, 1, `resources that were all checked before the first start cost ${starts}`);
}

/** The resources that the engine works on at a time share a start. */
export function costsOneStartATime({ plan, accounts, ended }: History): void {
  const starts = sum(accounts.map((account) => account.starts.length));
  const most = Math.ceil(ended.length / (plan.parallel ?? ended.length));
  assert.ok(starts <= most, `${ended.length} resources, ${plan.parallel} at a time, cost ${starts} starts`);
}

/**
 * A crowd of processes whose waits begin at the same time needs few syncs, though the first polls of some are
 * refused for long.
 */
export function costsFewSyncs({ accounts }: History): void {
  const runs = accounts.flatMap((account) => account.runs).filter(({ by }) => by !== "foreign").length;
  assert.ok(runs <= 4, `a crowd of processes cost ${runs} syncs`);
}

/** Processes that share a limit slow down. */
export function isRarelyRefused({ accounts }: History): void {
  const refused = sum(accounts.map(({ log }) => log.filter((one) => one.refused).length));
  const all = sum(accounts.map(({ log }) => log.length));
  assert.ok(refused <= 0.55 * all, `${refused} of ${all} requests were refused`);
}

/** No wait lasts longer than the first wait for the same run, except for the time that the engine takes. */
export function endsWithTheFirst({ ended }: History): void {
  const ends = ended.map(({ at }) => at);
  assert.ok(
    Math.max(...ends) - Math.min(...ends) <= 1_000,
    `the last one ended ${Math.max(...ends) - Math.min(...ends)} ms after the first`,
  );
}

/**
 * A wait lasts for a run in progress, a run that counts, and a part of the next, and for the time in which
 * the runs become distinct.
 */
export function endsSoonAmongOthers({ accounts, ended }: History): void {
  const longest = Math.max(
    ...accounts.flatMap(({ runs }) => runs.map(({ startMs, endMs }) => endMs - startMs)),
  );
  for (const { at, called } of ended) {
    const most = 15_000 + 3 * longest;
    assert.ok(at - called <= most, `a call ended ${at - called} ms after it began, of at most ${most}`);
  }
}

/** A row has room for twenty characters, and shows no elapsed time: Pulumi's own clock beside it does. */
export function showsLittle({ ended }: History): void {
  for (const { shown } of ended) {
    for (const [i, text] of shown.entries()) {
      assert.ok(text.length <= 20 && /^(\d.* left|[a-z ]+)$/.test(text), `a row showed ${text}`);
      const isNews = text !== shown[i - 1] || text === WARNING;
      assert.ok(isNews, `a row got the same text twice: ${text}`);
    }
  }
}

/** The remaining time of a sync only decreases. */
export function countsDown({ ended }: History): void {
  for (const { shown } of ended) {
    const left = shown.map((text) => parseDuration(text.replaceAll(/ |left|in/g, "")));
    for (const [i, ms] of left.entries()) {
      assert.ok(i === 0 || !ms || ms < (left[i - 1] ?? ms + 1), `${shown[i]} followed ${shown[i - 1]}`);
    }
  }
}
