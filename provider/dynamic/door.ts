import { randomUUID } from "node:crypto";
import type { Config } from "../account/config";
import { type AccountArgs, resolveConnection } from "../account/settings";
import { durationSeconds, outputState, type SyncStatus } from "../cwp/status";
import {
  type CheckFailure,
  checkInputs,
  diffInputs,
  type Inputs,
  sameTriggers,
  timeoutMs,
} from "../machineSync/inputs";
import { machineSyncsOf } from "../machineSync/sharedLoops";
import type { Call } from "../wait/loop";
import { type UnfinishedRun, WaitError } from "../wait/waitError";
import { whileEngineLives } from "./engineWatch";
import { EngineLog } from "./row";

/** What a MachineSync shows of the account's latest sync. */
export interface StatusOutputs {
  readonly state: SyncStatus["state"];
  readonly latestStartTime: string;
  readonly latestEndTime: string;
  readonly durationSeconds?: number;
  readonly requestId: string;
}

/** A MachineSync as the state holds it. */
export interface Outputs extends Inputs, Partial<StatusOutputs> {
  /** A run that was triggered for these inputs and whose end has not been seen: the next update goes on waiting for it. */
  readonly unfinishedRun?: UnfinishedRun;
}

/** How long a refresh may try to get an answer, in milliseconds. */
const READ_TIMEOUT_MS = 60_000;

let config: Config = () => undefined;

/** Takes the stack's config. Synchronous: the host serves other calls before an asynchronous configure has ended. */
export function configure(request: { config: { get(name: string): string | undefined } }): void {
  config = (name) => request.config.get(name);
}

/**
 * Fails inputs that are ill-typed or not there at all. Sends nothing. The engine prints the value of a property that a failure
 * names, be it a secret in the wrong place, so only the reason names it.
 */
export function check(
  _olds: unknown,
  news: Record<string, unknown>,
): { inputs: unknown; failures: CheckFailure[] } {
  return { inputs: news, failures: checkInputs(news).map(({ reason }) => ({ property: "", reason })) };
}

/**
 * Changed triggers, or a run whose end was not seen: update. A changed account: replace. Nothing else counts, above all not
 * the serialized provider. Sends nothing.
 */
export function diff(_id: string, olds: Outputs, news: Inputs): { changes: boolean; replaces: string[] } {
  const { changes, replaces } = diffInputs(olds, news);
  return { changes: changes || olds.unfinishedRun !== undefined, replaces };
}

export async function create(inputs: Inputs): Promise<{ id: string; outs: Outputs }> {
  const id = randomUUID();
  return { id, outs: await sync(id, inputs, "create") };
}

/** Syncs afresh, unless the update before this one left a run for the same triggers: then it goes on waiting for that one. */
export async function update(id: string, olds: Outputs, news: Inputs): Promise<{ outs: Outputs }> {
  const run = sameTriggers(olds, news) ? olds.unfinishedRun : undefined;
  return { outs: await sync(id, news, "update", run) };
}

/** Shows the account's latest sync. Never triggers one. */
export async function read(id: string, props: Outputs): Promise<{ id: string; props: Outputs }> {
  const status = await request(props, { goal: "status", timeoutMs: READ_TIMEOUT_MS });
  const { durationSeconds: _ofTheRunBefore, ...kept } = props;
  return { id, props: { ...kept, ...statusOutputs(status) } };
}

/** The present status for an account, read in the program's own process with that process's config. */
export async function readStatus(args: AccountArgs, programConfig: Config): Promise<StatusOutputs> {
  const connection = resolveConnection(args, programConfig, process.env);
  return statusOutputs(await machineSyncsOf(connection).call({ goal: "status", timeoutMs: READ_TIMEOUT_MS }));
}

async function sync(
  id: string,
  inputs: Inputs,
  operation: "create" | "update",
  run?: UnfinishedRun,
): Promise<Outputs> {
  const log = new EngineLog(inputs.__urn ?? "");
  try {
    const goal = inputs.skipAwait ? "started" : "finished";
    const status = await whileEngineLives(() =>
      request(inputs, { goal, timeoutMs: timeoutMs(inputs, operation), run, log }),
    );
    return { ...inputs, ...statusOutputs(status), ...(!inputs.skipAwait && { state: "FINISHED" }) };
  } catch (error) {
    throw error instanceof WaitError && error.unfinished ? new PartialFailure(id, inputs, error) : error;
  } finally {
    await log.flush();
  }
}

/**
 * The form in which the dynamic provider host hands a partial failure to the engine, which then keeps the resource, with these
 * properties, and shows `reasons`. The inputs carry `__provider`, without which a later delete or refresh would break.
 */
class PartialFailure extends Error {
  readonly properties: Outputs;
  readonly reasons: readonly string[];

  constructor(
    readonly id: string,
    inputs: Inputs,
    { message, last, unfinished }: WaitError,
  ) {
    super(message);
    this.reasons = [message];
    this.properties = {
      ...inputs,
      ...(last && statusOutputs(last)),
      ...(unfinished && { unfinishedRun: unfinished }),
    };
  }
}

function request(account: AccountArgs, call: Call): Promise<SyncStatus> {
  return machineSyncsOf(resolveConnection(account, config, process.env)).call(call);
}

function statusOutputs(status: SyncStatus): StatusOutputs {
  const seconds = durationSeconds(status);
  return {
    state: outputState(status),
    latestStartTime: status.latestStartTime,
    latestEndTime: status.latestEndTime,
    ...(seconds !== undefined && { durationSeconds: seconds }),
    requestId: status.requestId,
  };
}
