/**
 * The resource as the engine's requests have it: properties that may be wrapped, previews, and a provider's
 * settings.
 */
import { randomUUID } from "node:crypto";
import type { AccountArgs } from "../account/settings";
import { mindingOldConfig } from "../engine/oldConfig";
import { EngineLog } from "../engine/row";
import { withHeading } from "../machineSync/headings";
import { checkInputs, DEFAULT_TIMEOUT_MS, UNKNOWN } from "../machineSync/inputs";
import * as operations from "../machineSync/operations";
import type { Outputs, StatusOutputs } from "../machineSync/outputs";
import { errorWithHeading, reasonsWithHeading } from "../machineSync/readMore";
import { expectWait, stopExpecting } from "../machineSync/sharedLoops";
import { UnfinishedSync } from "../machineSync/unfinishedSync";
import { PartialFailure } from "./failures";
import { hides, type Properties, rewrapped, unwrapped, withoutLeftovers } from "./values";

/** What an operation has beside the properties. */
export interface Context {
  readonly settings: operations.Settings;
  readonly signal: AbortSignal;
}

/** How the engine asks for a create or an update. */
export interface Asked {
  readonly urn: string;
  /** In seconds; 0 where the program sets none. */
  readonly timeout: number;
  readonly preview: boolean;
}

/** What a sync changes. */
const changing: Readonly<Record<keyof StatusOutputs, typeof UNKNOWN>> = {
  state: UNKNOWN,
  latestStartTime: UNKNOWN,
  latestEndTime: UNKNOWN,
  durationSeconds: UNKNOWN,
  requestId: UNKNOWN,
};

/** What an update that sends nothing keeps beside that. */
const unseen: ReadonlySet<string> = new Set(["machines", "__account"]);

/** A resource as a preview shows it. It has machines only where it names hosts. */
function previewed(news: Properties): Properties {
  return { ...news, ...changing, ...("hosts" in news && { machines: UNKNOWN }) };
}

/**
 * Why inputs cannot be used. The engine prints the value of a property that a failure names, so only the
 * reasons do.
 */
export function check(urn: string, news: Properties): string[] {
  const plain = unwrapped(news);
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

export function diff(
  urn: string,
  olds: Properties,
  news: Properties,
): { changes: boolean; replaces: string[] } {
  const { changes, replaces } = operations.diff(unwrapped(olds), unwrapped(news));
  if (!changes) {
    stopExpecting(urn);
  }
  return { changes: changes || nowHidden(olds, news), replaces };
}

/**
 * Whether an input has become secret: without an update, the state would keep it in the clear among the
 * outputs.
 */
function nowHidden(olds: Properties, news: Properties): boolean {
  return Object.keys(news).some((name) => name in olds && hides(olds[name], news[name]));
}

export async function create(
  news: Properties,
  asked: Asked,
  context: Context,
): Promise<{ id: string; outputs: Properties }> {
  if (asked.preview) {
    return { id: "", outputs: previewed(news) };
  }
  const id = randomUUID();
  const outputs = await sync(id, news, asked, context, (waiting) =>
    operations.create(unwrapped(news), waiting),
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
  if (!operations.diff(unwrapped(olds), unwrapped(news)).changes && nowHidden(olds, news)) {
    const kept = Object.entries(olds).filter(([name]) => name in changing || unseen.has(name));
    return { ...news, ...Object.fromEntries(kept) };
  }
  if (asked.preview) {
    const known = operations.knownUpdate(unwrapped(olds), unwrapped(news));
    return known ? rewrapped(known, news) : previewed(news);
  }
  return sync(id, news, asked, context, (waiting) =>
    operations.update(unwrapped(olds), unwrapped(news), waiting),
  );
}

/** `olds` is empty where the resource is imported, or read by its id. */
export async function read(olds: Properties, { settings }: Context): Promise<Properties> {
  try {
    return rewrapped(await operations.read(unwrapped(olds), settings), withoutLeftovers(olds));
  } catch (error) {
    throw errorWithHeading(Object.keys(olds).length > 0 ? mindingOldConfig(error) : error);
  }
}

/** The present status for an account, or why the arguments cannot be used. */
export async function readStatus(
  args: Properties,
  { settings }: Context,
): Promise<{ status?: Properties; reasons: string[] }> {
  const plain = unwrapped(args);
  const reasons = reasonsWithHeading(checkInputs(plain));
  if (reasons.length > 0) {
    return { reasons };
  }
  try {
    return { status: { ...(await operations.readStatus(plain as AccountArgs, settings)) }, reasons };
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
    return rewrapped(await work({ ...settings, timeoutMs, signal, log, urn }), news);
  } catch (thrown) {
    const error = errorWithHeading(thrown);
    throw error instanceof UnfinishedSync
      ? new PartialFailure(id, error.message, rewrapped(error.outputs, news), news)
      : error;
  } finally {
    await log.flush();
  }
}
