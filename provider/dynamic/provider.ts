import { randomUUID } from "node:crypto";
import { type Config, pulumiSettings } from "../account/config";
import { whileEngineLives } from "../engine/engineWatch";
import { withRefreshAdvice } from "../engine/oldConfig";
import { EngineLog } from "../engine/row";
import { type CheckFailure, checkInputs, type Inputs, timeoutMs } from "../machineSync/inputs";
import * as operations from "../machineSync/operations";
import type { Outputs } from "../machineSync/outputs";
import { errorWithHeading, reasonsWithHeading } from "../machineSync/readMore";
import { forgetPartialFailures } from "../machineSync/retries";
import { expectWait, stopExpecting } from "../machineSync/sharedLoops";
import { UnfinishedSync } from "../machineSync/unfinishedSync";

/** The entry point that Pulumi's dynamic provider host calls, through the shim in sdk/shim.ts. */

let config: Config = () => undefined;

/**
 * Takes the stack's config. Synchronous: the host serves other calls before an asynchronous configure has
 * ended.
 */
export function configure(request: { config: { get(name: string): string | undefined } }): void {
  config = (name) => request.config.get(name);
  forgetPartialFailures();
}

/**
 * Fails inputs that are ill-typed or no arguments. Sends nothing. The engine prints the value of a property
 * that a failure names, even a secret in the wrong place, so only the reason names it.
 */
export function check(
  _olds: unknown,
  inputs: Record<string, unknown>,
): { inputs: unknown; failures: CheckFailure[] } {
  const failures = checkInputs(inputs);
  if (failures.length === 0 && typeof inputs.__urn === "string") {
    expectWait(inputs.__urn);
  }
  return { inputs, failures: reasonsWithHeading(failures).map((reason) => ({ property: "", reason })) };
}

/**
 * Returns the changes. Sends nothing. The host has no field for the changed arguments. It cannot read or
 * delete a resource without the serialized provider, which a resource from the plugin lacks until an update.
 */
export function diff(_id: string, olds: Outputs, news: Inputs): Omit<operations.Difference, "changed"> {
  const difference = operations.diff(olds, news);
  const changes = difference.changes || ("__provider" in news && !("__provider" in olds));
  if (!changes && news.__urn) {
    stopExpecting(news.__urn);
  }
  return { changes, replaces: difference.replaces };
}

export async function create(inputs: Inputs): Promise<{ id: string; outs: Outputs }> {
  const id = randomUUID();
  const outs = await runOnRow(id, inputs, (log) =>
    operations.create(inputs, { ...settings(), ...waitOf(inputs, "create"), log }),
  );
  return { id, outs };
}

export async function update(id: string, olds: Outputs, news: Inputs): Promise<{ outs: Outputs }> {
  const outs = await runOnRow(id, news, (log) =>
    operations.update(olds, news, { ...settings(), ...waitOf(news, "update"), log }),
  );
  return { outs };
}

export async function read(id: string, props: Outputs): Promise<{ id: string; props: Outputs }> {
  try {
    return { id, props: await operations.read(props, settings()) };
  } catch (error) {
    throw errorWithHeading(withRefreshAdvice(error));
  }
}

function waitOf(inputs: Inputs, operation: "create" | "update"): { timeoutMs: number; urn: string } {
  return { timeoutMs: timeoutMs(inputs, operation), urn: inputs.__urn ?? "" };
}

function settings(): operations.SettingsSources {
  return { config: pulumiSettings(config), env: process.env };
}

/** Does the work while the engine lives, and shows its progress on the resource's own row. */
async function runOnRow(
  id: string,
  { __urn = "" }: Inputs,
  work: (log: EngineLog) => Promise<Outputs>,
): Promise<Outputs> {
  const log = new EngineLog(__urn);
  try {
    return await whileEngineLives(() => work(log));
  } catch (thrown) {
    const error = errorWithHeading(thrown);
    throw error instanceof UnfinishedSync ? new HostFailure(id, error) : error;
  } finally {
    await log.flush();
  }
}

/**
 * The form in which the dynamic provider host hands a partial failure to the engine, which then keeps the
 * resource, with these properties, and shows `reasons`. The inputs carry `__provider`, without which a later
 * delete or refresh would break.
 */
class HostFailure extends Error {
  readonly properties: Outputs;
  readonly reasons: readonly string[];

  constructor(
    readonly id: string,
    { message, outputs }: UnfinishedSync,
  ) {
    super(message);
    this.reasons = [message];
    this.properties = outputs;
  }
}
