import { isDeepStrictEqual } from "node:util";
import { type AssumeRole, wrongInRole } from "../account/credentials/role";
import { parseEndpoint } from "../account/endpoint";
import { parseDuration } from "../api/duration";
import { isObject } from "../api/isObject";
import { sameHosts } from "./hosts";

/** The inputs of a MachineSync as the engine keeps them. */
export interface Inputs {
  readonly hosts?: readonly string[];
  readonly triggers?: readonly unknown[];
  readonly skipAwait?: boolean;
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly assumeRole?: AssumeRole;
  /** The resource option customTimeouts, which the engine does not tell a dynamic provider. */
  readonly timeouts?: { readonly create?: string; readonly update?: string };
  /**
   * The resource's URN, which the engine does not tell either. Pulumi shows no property whose name begins
   * like this.
   */
  readonly __urn?: string;
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** What stands for a value that is not known yet, in check and diff of a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * What a property must be, and whether it tells one account from another: another account is another
 * resource.
 */
interface Rule {
  /** Completes "<property> must be …". */
  readonly what: string;
  readonly fits: (value: unknown) => boolean;
  readonly tellsAccount?: true;
}

/** The arguments of a MachineSync, in the order in which a message lists them. */
const argumentRules: Readonly<Record<Exclude<keyof Inputs, "timeouts" | "__urn">, Rule>> = {
  hosts: { what: "a list of instance ids", fits: Array.isArray },
  triggers: { what: "a list", fits: Array.isArray },
  skipAwait: { what: "true or false", fits: (value) => typeof value === "boolean" },
  region: { what: "a region such as ap-guangzhou", fits: isText },
  endpoint: { what: "a host or URL", fits: isText, tellsAccount: true },
  profile: { what: "the name of a profile", fits: isText, tellsAccount: true },
  assumeRole: { what: "an object with a roleArn", fits: isObject, tellsAccount: true },
};

/** What the SDK hands over beside the arguments. */
const rules: Readonly<Record<string, Rule>> = {
  ...argumentRules,
  timeouts: { what: "an object", fits: isObject },
  __urn: { what: "a URN", fits: isText },
};

/** The failures of the inputs, each with the property that is wrong. Unknown values pass. */
export function checkInputs(news: Readonly<Record<string, unknown>>): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const [property, value] of Object.entries(news)) {
    if (property === "__provider" || value === UNKNOWN) {
      continue;
    }
    const rule = Object.hasOwn(rules, property) ? rules[property] : undefined;
    if (!rule) {
      failures.push({
        property,
        reason: `MachineSync has no property ${property}. It takes ${listed(Object.keys(argumentRules))}.${noSecret(property)}`,
      });
    } else if (!rule.fits(value)) {
      failures.push({ property, reason: `${property} must be ${rule.what}, not ${kindOf(value)}.` });
    }
  }
  return [
    ...failures,
    ...checkHosts(news),
    ...checkEndpoint(news.endpoint),
    ...checkRole(news.assumeRole),
    ...checkTimeouts(news.timeouts),
  ];
}

function listed(names: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(names);
}

/** What a value is, in words that do not give it away: it may be a secret in the wrong place. */
export function kindOf(value: unknown): string {
  if (value === "" || value === null || value === undefined) {
    return "empty";
  }
  if (typeof value === "object") {
    return Array.isArray(value) ? "a list" : "an object";
  }
  return `a ${typeof value}`;
}

function noSecret(property: string): string {
  return /secret|token|key/i.test(property)
    ? " Credentials belong in the config or the environment, never in arguments, which are kept in the state."
    : "";
}

function checkHosts({ hosts, skipAwait }: Readonly<Record<string, unknown>>): CheckFailure[] {
  if (!Array.isArray(hosts)) {
    return [];
  }
  const failures = hosts.flatMap((id: unknown, i) =>
    typeof id === "string" && /^\S+$/.test(id)
      ? []
      : [
          {
            property: `hosts[${i}]`,
            reason: `hosts[${i}] must be an instance id such as ins-1a2b3c4d, not ${typeof id === "string" && id !== "" ? "a text with spaces" : kindOf(id)}.`,
          },
        ],
  );
  const reason =
    "skipAwait cannot be true where hosts are named: CWP lists a host only once a sync has ended. Leave one of the two out.";
  return skipAwait === true && hosts.length > 0 ? [...failures, { property: "skipAwait", reason }] : failures;
}

function checkEndpoint(endpoint: unknown): CheckFailure[] {
  if (typeof endpoint !== "string" || endpoint === "" || endpoint === UNKNOWN) {
    return [];
  }
  try {
    parseEndpoint(endpoint);
    return [];
  } catch (error) {
    return [{ property: "endpoint", reason: error instanceof Error ? error.message : String(error) }];
  }
}

function checkRole(role: unknown): CheckFailure[] {
  const wrong = isObject(role) ? wrongInRole(role, UNKNOWN) : undefined;
  return wrong ? [{ property: "assumeRole", reason: `assumeRole cannot be used: ${wrong}.` }] : [];
}

function checkTimeouts(timeouts: unknown): CheckFailure[] {
  if (!isObject(timeouts)) {
    return [];
  }
  return Object.entries(timeouts)
    .filter(([, text]) => text !== UNKNOWN && parseDuration(text) === undefined)
    .map(([operation, text]) => ({
      property: `customTimeouts.${operation}`,
      reason: `customTimeouts.${operation} must be a duration above zero such as "20m" or "1h30m", not ${JSON.stringify(text)}.`,
    }));
}

/** Whether the new inputs ask for anything, and which properties ask for a new resource. */
export function diffInputs(olds: Inputs, news: Inputs): { changes: boolean; replaces: string[] } {
  const replaces = Object.entries(argumentRules)
    .filter(
      ([name, rule]) =>
        rule.tellsAccount && !isDeepStrictEqual(Reflect.get(olds, name), Reflect.get(news, name)),
    )
    .map(([name]) => name);
  const changes = replaces.length > 0 || !sameTriggers(olds, news) || !sameHosts(olds, news);
  return { changes, replaces };
}

/**
 * Deep comparison. No triggers and an empty list are the same: neither can change again without a trigger
 * being there.
 */
export function sameTriggers(olds: Inputs, news: Inputs): boolean {
  return isDeepStrictEqual(olds.triggers ?? [], news.triggers ?? []);
}

/** The default of customTimeouts: half an hour, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 30 * 60 * 1000;

/** How long an operation may take, in milliseconds. */
export function timeoutMs(inputs: Inputs, operation: "create" | "update"): number {
  return parseDuration(inputs.timeouts?.[operation]) ?? DEFAULT_TIMEOUT_MS;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
