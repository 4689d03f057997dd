import type { Environment, Settings } from "../account/config";
import { type AccountArgs, resolveConnection } from "../account/settings";
import { CwpError } from "../api/errors";
import type { Machine } from "../cwp/describeMachines";
import { LOOKING_UP, type ResourceLog } from "../wait/report/progress";
import type { Reached } from "../wait/run/wait";
import { type UnfinishedRun, WaitError } from "../wait/run/waitError";

import { type AccountWaits, findIfListed, NotListed, untilListed } from "../wait/stream/untilListed";

import { addedHosts, hostsOf, machinesBefore, machinesOf, unlistedHosts } from "./hosts";
import { diffInputs, hasSameTriggers, type Inputs } from "./inputs";
import { type Outputs, type StatusOutputs, statusBefore, statusOutputs } from "./outputs";
import { findLastTry, forgetPartialFailure, keepPartialFailure } from "./retries";
import { stopExpecting, waitsOf } from "./sharedLoops";
import { UnfinishedSync } from "./unfinishedSync";
import { warnOnce } from "./warnOnce";

/** The operations of the resource, on plain objects. The entry point passes in what else they need. */

/** The sources of an account's settings. */
export interface SettingsSources {
  readonly config: Settings;
  readonly env: Environment;
}

/** The wait of a create or update. */
export interface Waiting extends SettingsSources {
  /** The time that it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Gets the progress of the wait. */
  readonly log?: ResourceLog;
  /** Ends the wait at once: with UnfinishedSync if a sync was started, else with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The resource's URN, which identifies its check and its earlier tries; "" if it is not known. */
  readonly urn: string;
}

/** The wait of a read. */
export interface Reading extends SettingsSources {
  /** The time that it may take, in milliseconds. Default: a minute. */
  readonly timeoutMs?: number | undefined;
  /** Ends it at once, with the signal's reason. */
  readonly signal?: AbortSignal;
}

const READ_TIMEOUT_MS = 60_000;

/** The difference of two inputs, without a request. */
export interface Difference {
  /** An update or a replacement is needed. */
  readonly changes: boolean;
  /** The arguments that have changed. */
  readonly changed: readonly string[];
  /** The changed arguments that mean another account, and so another resource. */
  readonly replaces: readonly string[];
}

/**
 * An update is needed for a sync that is due, for removed hosts, and for another field of a role, with which
 * a later refresh has to sign. Nothing else counts, above all not the serialized provider.
 */
export function diff(olds: Outputs, news: Inputs): Difference {
  const { changed, replaces } = diffInputs(olds, news);
  const isKept = changed.some((name) => name === "hosts" || name === "assumeRole");
  return { changes: isSyncDue(olds, news) || isKept || replaces.length > 0, changed, replaces };
}

/**
 * Returns true for other triggers, a host that the state has no machine of, or a run whose end was not seen.
 */
function isSyncDue(olds: Outputs, news: Inputs): boolean {
  return (
    !hasSameTriggers(olds, news) || olds.unfinishedRun !== undefined || unlistedHosts(olds, news).length > 0
  );
}

/** Starts a sync and waits for its end, and until CWP lists the hosts. Throws UnfinishedSync or CwpError. */
export function create(inputs: Inputs, waiting: Waiting): Promise<Outputs> {
  return continueLastTry(inputs, waiting, (left) =>
    left ? syncForUpdate(left, inputs, waiting) : sync(inputs, undefined, waiting),
  );
}

/**
 * Waits again for the run that the last operation left, if its triggers and hosts have not changed. If only a
 * host is new, or a host was not listed, first looks up the host in CWP's list. Sends nothing if no sync is
 * due. Syncs in all other cases.
 */
export function update(olds: Outputs, news: Inputs, waiting: Waiting): Promise<Outputs> {
  return continueLastTry(
    news,
    waiting,
    async (left = olds) => knownUpdate(left, news) ?? syncForUpdate(left, news, waiting),
  );
}

/**
 * Continues from the result of the last try, if Pulumi retries because a hook has asked for it. No end of
 * this try loses the run of an earlier try.
 */
async function continueLastTry(
  inputs: Inputs,
  { urn }: Waiting,
  work: (left?: Outputs) => Promise<Outputs>,
): Promise<Outputs> {
  stopExpecting(urn);
  const left = findLastTry(urn, inputs);
  try {
    const outputs = await work(left);
    forgetPartialFailure(urn);
    return outputs;
  } catch (thrown) {
    const error = left && thrown instanceof CwpError ? new UnfinishedSync(thrown, left) : thrown;
    if (error instanceof UnfinishedSync) {
      keepPartialFailure(urn, inputs, error.outputs);
    }
    throw error;
  }
}

async function syncForUpdate(olds: Outputs, news: Inputs, waiting: Waiting): Promise<Outputs> {
  if (!hasSameTriggers(olds, news)) {
    return sync(news, undefined, waiting);
  }
  if (olds.unfinishedRun) {
    const run = addedHosts(olds, news).length === 0 ? olds.unfinishedRun : undefined;
    return sync(news, run, waiting);
  }
  if (olds.__account === undefined) {
    return sync(news, undefined, waiting);
  }
  const unlisted = unlistedHosts(olds, news);
  const shared = findWaits(news, waiting);
  const { clock } = shared;
  const deadline = clock.now() + waiting.timeoutMs;
  waiting.log?.status(LOOKING_UP);
  const listed = await findIfListed(shared, unlisted, olds.__account, { deadline, signal: waiting.signal });
  const timeoutMs = Math.max(0, deadline - clock.now());
  return listed ? withoutSync(olds, news, listed) : sync(news, undefined, { ...waiting, timeoutMs });
}

/**
 * Returns the outputs of an update for which no sync is due: it needs no request, so a preview knows them
 * too. Undefined for all other updates.
 */
export function knownUpdate(olds: Outputs, news: Inputs): Outputs | undefined {
  return isSyncDue(olds, news) ? undefined : withoutSync(olds, news, new Map());
}

/** Reads the account's latest sync, and the machines of the hosts that CWP lists. Never starts a sync. */
export async function read(props: Outputs, reading: Reading): Promise<Outputs> {
  const { durationSeconds: _ofTheRunBefore, machines: _before, __account, ...kept } = props;
  const { loop, list, clock } = findWaits(props, reading);
  const { timeoutMs = READ_TIMEOUT_MS, signal } = reading;
  const deadline = clock.now() + timeoutMs;
  const { status, account } = await presentStatus(loop, reading);
  const { found } = await list.lookUp(hostsOf(props), { deadline, isReached: true, signal });
  return {
    ...kept,
    ...statusOutputs(status),
    machines: machinesOf(props, found),
    ...(account === __account && { __account }),
  };
}

/** Reads the present status of an account. Never starts a sync. */
export async function readStatus(args: AccountArgs, reading: Reading): Promise<StatusOutputs> {
  const { status } = await presentStatus(findWaits(args, reading).loop, reading);
  return statusOutputs(status);
}

function presentStatus(loop: AccountWaits["loop"], reading: Reading): Promise<Reached> {
  const { timeoutMs = READ_TIMEOUT_MS, signal } = reading;
  return loop.reach({ goal: "status", timeoutMs, ...(signal && { signal }) });
}

async function sync(inputs: Inputs, run: UnfinishedRun | undefined, waiting: Waiting): Promise<Outputs> {
  const { timeoutMs, log, signal } = waiting;
  const call = { timeoutMs, run, ...(log && { log }), ...(signal && { signal }) };
  const shared = findWaits(inputs, waiting);
  try {
    if (inputs.skipAwait) {
      const { status, account } = await shared.loop.reach({ ...call, goal: "started" });
      return { ...inputs, ...statusOutputs(status), machines: [], __account: account };
    }
    const { status, machines, account } = await untilListed(shared, inputs.hosts ?? [], call);
    return {
      ...inputs,
      ...statusOutputs(status),
      state: "FINISHED",
      machines: machinesOf(inputs, machines),
      __account: account,
    };
  } catch (error) {
    throw error instanceof WaitError && (error.unfinished || error instanceof NotListed)
      ? unfinishedSync(inputs, error)
      : error;
  }
}

function withoutSync(olds: Outputs, news: Inputs, listed: ReadonlyMap<string, Machine>): Outputs {
  const machines = new Map([...machinesBefore(olds), ...listed]);
  const { __account } = olds;
  return {
    ...news,
    ...statusBefore(olds),
    machines: machinesOf(news, machines),
    ...(__account && { __account }),
  };
}

function unfinishedSync(inputs: Inputs, error: WaitError): UnfinishedSync {
  const { last, unfinished, account = unfinished?.account } = error;
  return new UnfinishedSync(error, {
    ...inputs,
    ...(last && statusOutputs(last)),
    machines: error instanceof NotListed ? machinesOf(inputs, error.machines) : [],
    ...(unfinished && { unfinishedRun: unfinished }),
    ...(account && { __account: account }),
  });
}

/** Returns the parts that the waits of the account of these settings share. */
function findWaits(
  args: AccountArgs,
  { config, env, log }: SettingsSources & Pick<Waiting, "log">,
): AccountWaits {
  const connection = resolveConnection(args, config, env);
  if (log) {
    warnOnce(connection.warnings ?? [], log);
  }
  return waitsOf(connection);
}
