import type { Settings as AccountSettings, Environment } from "../account/config";
import { type AccountArgs, resolveConnection } from "../account/settings";
import type { Machine } from "../cwp/describeMachines";
import { LOOKING_UP, type ResourceLog } from "../wait/progress";
import { type AccountWaits, ifListed, NotListed, untilListed } from "../wait/untilListed";
import { type UnfinishedRun, WaitError } from "../wait/waitError";
import { addedHosts, hostsOf, machinesBefore, machinesOf, sameHosts, unlistedHosts } from "./hosts";
import { diffInputs, type Inputs, sameTriggers } from "./inputs";
import { type Outputs, type StatusOutputs, statusBefore, statusOutputs } from "./outputs";
import { cameAt, waitsOf } from "./sharedLoops";
import { tellOnce } from "./tellOnce";
import { UnfinishedSync } from "./unfinishedSync";

/** What the resource does, on plain objects. What an operation needs beside them, its door passes in. */

/** The settings that an operation looks its account up in. */
export interface Settings {
  readonly config: AccountSettings;
  readonly env: Environment;
}

/** How a create or update is to wait. */
export interface Waiting extends Settings {
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Is told how the wait goes. */
  readonly log?: ResourceLog;
  /** Ends the wait at once: with UnfinishedSync where a sync was started, else with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The resource's URN, by which it was told that its inputs were accepted. Default: it comes only now. */
  readonly urn?: string;
}

/** How long a read may try to get an answer, in milliseconds. */
const READ_TIMEOUT_MS = 60_000;

/**
 * Changed triggers, other hosts, a host that CWP did not list when it was asked last, or a run whose end was
 * not seen: update. A changed account: replace. Nothing else counts, above all not the serialized provider.
 * Sends nothing.
 */
export function diff(olds: Outputs, news: Inputs): { changes: boolean; replaces: string[] } {
  const { changes, replaces } = diffInputs(olds, news);
  const isUnfinished = olds.unfinishedRun !== undefined || unlistedHosts(olds, news).length > 0;
  return { changes: changes || isUnfinished, replaces };
}

/** Starts a sync and waits for its end, and until CWP lists the hosts. Throws UnfinishedSync or CwpError. */
export function create(inputs: Inputs, waiting: Waiting): Promise<Outputs> {
  return sync(inputs, undefined, waiting, cameAt(waiting.urn ?? ""));
}

/**
 * Goes on waiting for the run that the operation before this one left, if nothing has changed that it was
 * started for. Where all that is new is a host, or one was not listed, looks first whether CWP lists it now.
 * Removed hosts need no request. Syncs afresh in all other cases.
 */
export async function update(olds: Outputs, news: Inputs, waiting: Waiting): Promise<Outputs> {
  const came = cameAt(waiting.urn ?? "");
  const known = knownUpdate(olds, news);
  if (known) {
    return known;
  }
  if (!sameTriggers(olds, news)) {
    return sync(news, undefined, waiting, came);
  }
  if (olds.unfinishedRun) {
    const run = addedHosts(olds, news).length === 0 ? olds.unfinishedRun : undefined;
    return sync(news, run, waiting, came);
  }
  const unlisted = unlistedHosts(olds, news);
  if (unlisted.length === 0) {
    return sync(news, undefined, waiting, came);
  }
  const begun = performance.now();
  const listed = await lookFirst(unlisted, news, waiting);
  const timeoutMs = Math.max(0, waiting.timeoutMs - (performance.now() - begun));
  return listed
    ? withoutSync(olds, news, listed)
    : sync(news, undefined, { ...waiting, timeoutMs }, came ?? begun);
}

/**
 * What an update leaves that only removes hosts: it needs no request, so a preview knows its outputs too.
 * Undefined for all others.
 */
export function knownUpdate(olds: Outputs, news: Inputs): Outputs | undefined {
  const onlyRemoves =
    sameTriggers(olds, news) &&
    !olds.unfinishedRun &&
    unlistedHosts(olds, news).length === 0 &&
    !sameHosts(olds, news);
  return onlyRemoves ? withoutSync(olds, news, new Map()) : undefined;
}

/** Shows the account's latest sync, and those of the hosts that CWP lists. Never starts a sync. */
export async function read(props: Outputs, settings: Settings): Promise<Outputs> {
  const { durationSeconds: _ofTheRunBefore, machines: _before, ...kept } = props;
  const { loop, list, clock } = waits(props, settings);
  const status = await presentStatus(loop);
  const hosts = hostsOf(props);
  const { found } =
    hosts.length === 0
      ? { found: new Map() }
      : await list.lookUp(hosts, { deadline: clock.now() + READ_TIMEOUT_MS });
  return { ...kept, ...status, ...machinesOf(props, found) };
}

/** The present status for an account. Never starts a sync. */
export async function readStatus(args: AccountArgs, settings: Settings): Promise<StatusOutputs> {
  return presentStatus(waits(args, settings).loop);
}

async function presentStatus(loop: AccountWaits["loop"]): Promise<StatusOutputs> {
  return statusOutputs(await loop.call({ goal: "status", timeoutMs: READ_TIMEOUT_MS }));
}

async function sync(
  inputs: Inputs,
  run: UnfinishedRun | undefined,
  waiting: Waiting,
  came: number | undefined,
): Promise<Outputs> {
  const { timeoutMs, log, signal } = waiting;
  const call = { timeoutMs, came, run, ...(log && { log }), ...(signal && { signal }) };
  const shared = waits(inputs, waiting);
  try {
    if (inputs.skipAwait) {
      return { ...inputs, ...statusOutputs(await shared.loop.call({ ...call, goal: "started" })) };
    }
    const { status, machines } = await untilListed(shared, inputs.hosts ?? [], call);
    return { ...inputs, ...statusOutputs(status), state: "FINISHED", ...machinesOf(inputs, machines) };
  } catch (error) {
    throw error instanceof WaitError && (error.unfinished || error instanceof NotListed)
      ? unfinishedSync(inputs, error)
      : error;
  }
}

/** The machines of these hosts if CWP lists all of them already. */
async function lookFirst(
  unlisted: readonly string[],
  news: Inputs,
  waiting: Waiting,
): Promise<ReadonlyMap<string, Machine> | undefined> {
  const shared = waits(news, waiting);
  const { timeoutMs, log, signal } = waiting;
  log?.status(LOOKING_UP);
  return ifListed(shared, unlisted, { deadline: shared.clock.now() + timeoutMs, signal });
}

function withoutSync(olds: Outputs, news: Inputs, listed: ReadonlyMap<string, Machine>): Outputs {
  const machines = new Map([...machinesBefore(olds), ...listed]);
  return { ...news, ...statusBefore(olds), ...machinesOf(news, machines) };
}

function unfinishedSync(inputs: Inputs, error: WaitError): UnfinishedSync {
  const { last, unfinished } = error;
  return new UnfinishedSync(error, {
    ...inputs,
    ...(last && statusOutputs(last)),
    ...(error instanceof NotListed && machinesOf(inputs, error.machines)),
    ...(unfinished && { unfinishedRun: unfinished }),
  });
}

/** What the waits of the account share that the settings name. */
function waits(args: AccountArgs, { config, env, log }: Settings & Pick<Waiting, "log">): AccountWaits {
  const connection = resolveConnection(args, config, env);
  if (log) {
    tellOnce(connection.warnings ?? [], log);
  }
  return waitsOf(connection);
}
