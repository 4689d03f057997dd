/**
 * The operations of the resource with the engine's form of properties, which may be wrapped, and with
 * previews.
 */
import { randomUUID } from "node:crypto";
import type { AccountArgs } from "../account/settings";
import { withRefreshAdvice } from "../engine/oldConfig";
import { EngineLog } from "../engine/row";
import { withHeading } from "../machineSync/headings";
import { checkInputs, DEFAULT_TIMEOUT_MS, UNKNOWN } from "../machineSync/inputs";
import { outputNames } from "../machineSync/names";
import * as operations from "../machineSync/operations";
import type { Outputs } from "../machineSync/outputs";
import { errorWithHeading, reasonsWithHeading } from "../machineSync/readMore";
import { expectWait, stopExpecting } from "../machineSync/sharedLoops";
import { UnfinishedSync } from "../machineSync/unfinishedSync";
import { PartialFailure } from "./failures";
import { hasNewSecret, type Properties, rewrap, unwrapAll, withoutLeftovers } from "./values";

/** The parameters of an operation beside the properties. */
export interface Context {
  readonly settings: operations.SettingsSources;
  readonly signal: AbortSignal;
}

/** The engine's request for a create or an update. */
export interface Asked {
  readonly urn: string;
  /** In seconds; 0 if the program sets none. */
  readonly timeout: number;
  readonly preview: boolean;
}

/** Returns the outputs in a preview if a sync is due. Without hosts there are no machines. */
function previewOutputs(news: Properties): Properties {
  const unknown = Object.fromEntries(outputNames.map((name) => [name, UNKNOWN]));
  return { ...news, ...unknown, ...(!("hosts" in news) && { machines: [] }) };
}

/**
 * Returns the reasons why inputs cannot be used. The engine prints the value of a property that a failure
 * names, so only the reasons name it.
 */
export function check(urn: string, news: Properties): string[] {
  const plain = unwrapAll(news);
  const reasons = [
    ...Object.keys(news)
      .filter((name) => !(name in plain))
      .map((name) => withHeading(`MachineSync has no property ${name}.`, "arguments")),
    ...reasonsWithHeading(checkInputs(plain)),
  ];
  if (reasons.length === 0) {
    expectWait(urn);
  }
  return reasons;
}

export function diff(urn: string, olds: Properties, news: Properties): operations.Difference {
  const difference = operations.diff(unwrapAll(olds), unwrapAll(news));
  const changes = difference.changes || isNowHidden(olds, news);
  if (!changes) {
    stopExpecting(urn);
  }
  return { ...difference, changes };
}

/**
 * Returns true if an input has become secret: without an update, the state would keep it in the clear among
 * the outputs.
 */
function isNowHidden(olds: Properties, news: Properties): boolean {
  return Object.keys(news).some((name) => name in olds && hasNewSecret(olds[name], news[name]));
}

export async function create(
  news: Properties,
  asked: Asked,
  context: Context,
): Promise<{ id: string; outputs: Properties }> {
  if (asked.preview) {
    return { id: "", outputs: previewOutputs(news) };
  }
  const id = randomUUID();
  const outputs = await sync(id, news, asked, context, (waiting) =>
    operations.create(unwrapAll(news), waiting),
  );
  return { id, outputs };
}

export async function update(
  id: string,
  olds: Properties,
  news: Properties,
  asked: Asked,
  context: Context,
): Promise<Properties> {
  if (asked.preview) {
    const known = operations.knownUpdate(unwrapAll(olds), unwrapAll(news));
    return known ? rewrap(known, news) : previewOutputs(news);
  }
  return sync(id, news, asked, context, (waiting) =>
    operations.update(unwrapAll(olds), unwrapAll(news), waiting),
  );
}

/**
 * `olds` is empty if the resource is imported, or read by its id. `timeout` is in seconds; 0 or undefined if the
 * program or the engine sets none.
 */
export async function read(
  olds: Properties,
  timeout: number | undefined,
  { settings, signal }: Context,
): Promise<Properties> {
  const timeoutMs = timeout ? timeout * 1000 : undefined;
  try {
    const outputs = await operations.read(unwrapAll(olds), { ...settings, timeoutMs, signal });
    return rewrap(outputs, withoutLeftovers(olds));
  } catch (error) {
    throw errorWithHeading(Object.keys(olds).length > 0 ? withRefreshAdvice(error) : error);
  }
}

/** Reads the present status of an account, or returns the reasons why the arguments cannot be used. */
export async function readStatus(
  args: Properties,
  { settings, signal }: Context,
): Promise<{ status?: Properties; reasons: string[] }> {
  const plain = unwrapAll(args);
  const reasons = reasonsWithHeading(checkInputs(plain));
  if (reasons.length > 0) {
    return { reasons };
  }
  try {
    return {
      status: { ...(await operations.readStatus(plain as AccountArgs, { ...settings, signal })) },
      reasons,
    };
  } catch (error) {
    throw errorWithHeading(error);
  }
}

async function sync(
  id: string,
  news: Properties,
  { urn, timeout }: Asked,
  { settings, signal }: Context,
  work: (waiting: operations.Waiting) => Promise<Outputs>,
): Promise<Properties> {
  const log = new EngineLog(urn);
  try {
    const timeoutMs = timeout > 0 ? timeout * 1000 : DEFAULT_TIMEOUT_MS;
    return rewrap(await work({ ...settings, timeoutMs, signal, log, urn }), news);
  } catch (thrown) {
    const error = errorWithHeading(thrown);
    throw error instanceof UnfinishedSync
      ? new PartialFailure(id, error.message, rewrap(error.outputs, news), news)
      : error;
  } finally {
    await log.flush();
  }
}
