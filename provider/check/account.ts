import { pluginSettings, pulumiSettings, type Settings } from "../account/config";
import { stsConnection } from "../account/endpoint";
import { domainOf, resolveConnection } from "../account/settings";
import type { Connection } from "../api/connection";
import type { Signer } from "../api/credentials";
import { ApiError, BadAnswer, CwpError, NoAnswer, UnknownState } from "../api/errors";
import { proxyFor } from "../api/proxy";
import { RenewedCredentials } from "../api/renewedCredentials";
import { accountIdOf, type StsConnection } from "../api/sts";
import { connect, type MachineClient } from "../cwp/client";
import { ALL_REGIONS } from "../cwp/describeMachines";
import { errorWithHeading } from "../machineSync/readMore";
import { isParameterRefused } from "../wait/stream/machineList";
import type { Source } from "./commandLine";
import { orError } from "./orError";
import { probe } from "./probe";
import { endpointOf, type Report, shorten, unusable } from "./report";
import { readStackConfig } from "./stackConfig";

/** The time limits of a request and of the unsigned request before, in milliseconds. */
const REQUEST_MS = 9_000;
const PROBE_MS = 5_000;

/** The result of the check of an account. */
export interface CheckedAccount {
  readonly report: Report;
  /** Each failure, and what to do: a sentence or more. */
  readonly failures: readonly string[];
  /** Settings that have no effect. */
  readonly warnings: readonly string[];
  /** Undefined if the settings cannot be used. */
  readonly asked?: { readonly connection: Connection; readonly credentials: RenewedCredentials };
}

/** Checks the account that the settings name. Starts no sync. Throws StackError. */
export async function checkAccount(source: Source): Promise<CheckedAccount> {
  const settings = await settingsOf(source);
  try {
    const connection = resolveConnection(source, settings, process.env);
    const sts = stsConnection(connection, connection.region, domainOf(settings, process.env));
    return await askAll(connection, sts, source);
  } catch (error) {
    if (!(error instanceof CwpError)) {
      throw error;
    }
    return { report: unusable(error), failures: [sentence(error, source)], warnings: [] };
  }
}

async function settingsOf({ stack, isPlugin }: Source): Promise<Settings> {
  const config = stack === undefined ? () => undefined : await readStackConfig(stack);
  return isPlugin ? pluginSettings((name) => config(`tencentcloud-cwp:${name}`)) : pulumiSettings(config);
}

async function askAll(connection: Connection, sts: StsConnection, source: Source): Promise<CheckedAccount> {
  const proxy = connection.protocol === "https:" ? proxyFor(connection.host, process.env) : undefined;
  const credentials = new RenewedCredentials(connection.credentials);
  const client = connect(connection, credentials);
  // Before the SDK is loaded: its loading would count as part of the round trip.
  const probed = await orError(() => probe(connection, PROBE_MS));
  const signer = await orError(() => credentials.get());
  const isFound = !(signer instanceof CwpError);
  const [accountId, status, list] = await Promise.all([
    isFound ? orError(() => accountIdOf(sts, signer)) : undefined,
    isFound ? orError(() => client.syncMachines(false, REQUEST_MS)) : signer,
    isFound ? orError(() => countMachines(client, connection.region)) : signer,
  ]);
  const report: Report = {
    ok: !(status instanceof CwpError) && !(list instanceof CwpError),
    account: isFound
      ? { ...(typeof accountId === "string" && { accountId }), ...describeSigner(signer) }
      : { secretId: null, source: null },
    endpoint: endpointOf(connection, proxy?.url, probed instanceof CwpError ? undefined : probed),
    actions: {
      "cwp:SyncMachines":
        status instanceof CwpError ? describeRefusal(status) : { allowed: true, ...status.status },
      "cwp:DescribeMachines":
        list instanceof CwpError
          ? describeRefusal(list)
          : { allowed: true, ...(list !== undefined && { total: list }) },
    },
  };
  const failed = [status, list, probed].filter((one) => one instanceof CwpError);
  return {
    report,
    failures: withoutRepeats(failed).map((error) => sentence(error, source)),
    warnings: connection.warnings ?? [],
    asked: { connection, credentials },
  };
}

/**
 * Returns the number of CVM instances in all regions. If CWP refuses all regions at once, asks for the region
 * of the settings, as MachineSync does, and returns no number.
 */
async function countMachines(client: MachineClient, region: string | undefined): Promise<number | undefined> {
  const query = { type: "CVM", region: ALL_REGIONS, offset: 0 } as const;
  try {
    return (await client.describeMachines(query, REQUEST_MS)).total;
  } catch (error) {
    if (region === undefined || !(error instanceof ApiError) || !isParameterRefused(error)) {
      throw error;
    }
    await client.describeMachines({ ...query, region }, REQUEST_MS);
    return undefined;
  }
}

function describeSigner({ secretId, source }: Signer) {
  return { secretId: shorten(secretId), source };
}

/** Describes a failed action. The service has refused it if its error code is one that no retry helps. */
function describeRefusal(error: CwpError) {
  const { code, requestId, retry, sent } = error;
  const isCode = sent && !(error instanceof NoAnswer) && !(error instanceof BadAnswer);
  const allowed = error instanceof UnknownState ? true : isCode && retry === "never" ? false : null;
  return { allowed, code, ...(requestId && { requestId }) };
}

/** Returns the errors without repeats, which differ only in the RequestId. */
function withoutRepeats(errors: readonly CwpError[]): CwpError[] {
  const text = ({ message, requestId }: CwpError) => (requestId ? message.replace(requestId, "") : message);
  return errors.filter((one, i) => errors.findIndex((other) => text(other) === text(one)) === i);
}

function sentence(error: CwpError, { stack, profile }: Source): string {
  const again = error.retry === "never" ? "" : " Run the command again later.";
  const isAboutKeys = error.code === "InvalidSettings" && error.topic === "credentials";
  const config =
    isAboutKeys && stack === undefined && profile === undefined
      ? " The config of no stack was read: name one with --stack NAME."
      : "";
  const shown = errorWithHeading(error.withMessage(`${error.message}${again}${config}`));
  return shown instanceof CwpError ? shown.message : error.message;
}
