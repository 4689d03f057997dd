import { isDeepStrictEqual } from "node:util";
import { type AssumeRole, wrongInRole } from "../account/credentials/role";
import { parseEndpoint } from "../account/endpoint";
import { parseDuration } from "../api/duration";
import { isObject } from "../api/isObject";
import { hasSameHosts } from "./hosts";
import { argumentNames } from "./names";

/** The inputs of a MachineSync as the engine keeps them. */
export interface Inputs {
  readonly hosts?: readonly string[];
  readonly triggers?: readonly unknown[];
  readonly skipAwait?: boolean;
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly assumeRole?: AssumeRole;
  /** The resource option customTimeouts, which the engine does not pass to a dynamic provider. */
  readonly timeouts?: { readonly create?: string; readonly update?: string };
  /**
   * The resource's URN, which the engine does not pass either. Pulumi shows no property whose name begins
   * with two underscores.
   */
  readonly __urn?: string;
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** The text for a value that is not known yet, in check and diff of a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The form of a property, and the part of it that names an account. */
interface Rule {
  /** Completes "<property> must be …". */
  readonly what: string;
  readonly fits: (value: unknown) => boolean;
  /**
   * Another value means another account, and so another resource. In an object, only these fields count; a
   * new value of another field is kept without a request.
   */
  readonly replaces?: true | readonly string[];
}

export const argumentRules: Readonly<Record<(typeof argumentNames)[number], Rule>> = {
  hosts: { what: "a list of instance ids", fits: Array.isArray },
  triggers: { what: "a list", fits: Array.isArray },
  skipAwait: { what: "true or false", fits: (value) => typeof value === "boolean" },
  region: { what: "a region such as ap-guangzhou", fits: isText },
  endpoint: { what: "a host or URL", fits: isText, replaces: true },
  profile: { what: "the name of a profile", fits: isText, replaces: true },
  assumeRole: { what: "an object with a roleArn", fits: isObject, replaces: ["roleArn"] },
};

/** The arguments, and what the SDK passes beside them. */
const rules: Readonly<Record<string, Rule>> = {
  ...argumentRules,
  timeouts: { what: "an object", fits: isObject },
  __urn: { what: "a URN", fits: isText },
};

/** Returns the failures of the inputs, each with the property that is wrong. Unknown values pass. */
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
        reason: `MachineSync has no property ${property}. It takes ${listInWords(argumentNames)}.${warnOfSecret(property)}`,
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

function listInWords(names: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(names);
}

/** Names the kind of a value without its text: it may be a secret in the wrong place. */
export function kindOf(value: unknown): string {
  if (value === "" || value === null || value === undefined) {
    return "empty";
  }
  if (typeof value === "object") {
    return Array.isArray(value) ? "a list" : "an object";
  }
  return `a ${typeof value}`;
}

function warnOfSecret(property: string): string {
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
    "skipAwait cannot be true if hosts are named: CWP lists a host only once a sync has ended. Leave one of the two out.";
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

/** Returns the arguments that have changed, and among them the arguments that mean another account. */
export function diffInputs(olds: Inputs, news: Inputs): { changed: string[]; replaces: string[] } {
  const changed = argumentNames.filter((name) => !isSame(name, olds, news));
  const replaces = changed.filter((name) => {
    const rule = argumentRules[name];
    return !isDeepStrictEqual(accountIn(olds[name], rule), accountIn(news[name], rule));
  });
  return { changed, replaces };
}

function isSame(name: (typeof argumentNames)[number], olds: Inputs, news: Inputs): boolean {
  switch (name) {
    case "hosts":
      return hasSameHosts(olds, news);
    case "triggers":
      return hasSameTriggers(olds, news);
    default:
      return isDeepStrictEqual(olds[name], news[name]);
  }
}

/** Returns the part of a value that names an account. */
export function accountIn(value: unknown, { replaces }: Pick<Rule, "replaces">): unknown {
  if (replaces === undefined) {
    return undefined;
  }
  return replaces !== true && isObject(value) ? replaces.map((field) => value[field]) : value;
}

/** Compares deeply. No triggers and an empty list are the same: neither has a value that could change. */
export function hasSameTriggers(olds: Inputs, news: Inputs): boolean {
  return isDeepStrictEqual(olds.triggers ?? [], news.triggers ?? []);
}

/** The default of customTimeouts: half an hour, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 30 * 60 * 1000;

/** The timeout of an operation, in milliseconds. */
export function timeoutMs(inputs: Inputs, operation: "create" | "update"): number {
  return parseDuration(inputs.timeouts?.[operation]) ?? DEFAULT_TIMEOUT_MS;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
