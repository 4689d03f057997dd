import type { Settings as AccountSettings, Environment } from "../account/config";
import { type AccountArgs, resolveConnection } from "../account/settings";
import type { SyncStatus } from "../cwp/status";
import type { Call } from "../wait/loop";
import type { ResourceLog } from "../wait/progress";
import { type UnfinishedRun, WaitError } from "../wait/waitError";
import { diffInputs, type Inputs, sameTriggers } from "./inputs";
import { type Outputs, type StatusOutputs, statusOutputs } from "./outputs";
import { cameAt, loopOf } from "./sharedLoops";
import { tellOnce } from "./tellOnce";

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
 * Pulumi's partial failure: a sync was started and its end has not been seen. The resource stays in the state with these
 * outputs, and the next update goes on with the run that they hold.
 */
export class UnfinishedSync extends Error {
  constructor(
    message: string,
    readonly outputs: Outputs,
  ) {
    super(message);
    this.name = "UnfinishedSync";
  }
}

/**
 * Changed triggers, or a run whose end was not seen: update. A changed account: replace. Nothing else counts, above all not
 * the serialized provider. Sends nothing.
 */
export function diff(olds: Outputs, news: Inputs): { changes: boolean; replaces: string[] } {
  const { changes, replaces } = diffInputs(olds, news);
  return { changes: changes || olds.unfinishedRun !== undefined, replaces };
}

/** Starts a sync and waits for its end. Throws UnfinishedSync or CwpError. */
export function create(inputs: Inputs, waiting: Waiting): Promise<Outputs> {
  return sync(inputs, undefined, waiting);
}

/** Syncs afresh, unless the operation before this one left a run for the same triggers: then it goes on waiting for that one. */
export function update(olds: Outputs, news: Inputs, waiting: Waiting): Promise<Outputs> {
  return sync(news, sameTriggers(olds, news) ? olds.unfinishedRun : undefined, waiting);
}

/** Shows the account's latest sync. Never starts one. */
export async function read(props: Outputs, settings: Settings): Promise<Outputs> {
  const { durationSeconds: _ofTheRunBefore, ...kept } = props;
  return { ...kept, ...(await readStatus(props, settings)) };
}

/** The present status for an account. Never starts a sync. */
export async function readStatus(args: AccountArgs, settings: Settings): Promise<StatusOutputs> {
  return statusOutputs(await call(args, settings, { goal: "status", timeoutMs: READ_TIMEOUT_MS }));
}

async function sync(inputs: Inputs, run: UnfinishedRun | undefined, waiting: Waiting): Promise<Outputs> {
  const { timeoutMs, log, signal, urn = "" } = waiting;
  const goal = inputs.skipAwait ? "started" : "finished";
  const came = cameAt(urn);
  try {
    const status = await call(inputs, waiting, {
      goal,
      timeoutMs,
      came,
      run,
      ...(log && { log }),
      ...(signal && { signal }),
    });
    return { ...inputs, ...statusOutputs(status), ...(!inputs.skipAwait && { state: "FINISHED" }) };
  } catch (error) {
    throw error instanceof WaitError && error.unfinished ? unfinishedSync(inputs, error) : error;
  }
}

function unfinishedSync(inputs: Inputs, { message, last, unfinished }: WaitError): UnfinishedSync {
  return new UnfinishedSync(message, {
    ...inputs,
    ...(last && statusOutputs(last)),
    ...(unfinished && { unfinishedRun: unfinished }),
  });
}

async function call(args: AccountArgs, { config, env }: Settings, wait: Call): Promise<SyncStatus> {
  const connection = resolveConnection(args, config, env);
  if (wait.log) {
    tellOnce(connection.warnings ?? [], wait.log);
  }
  return loopOf(connection).call(wait);
}
