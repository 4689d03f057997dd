/** The provider's own settings: their check, their changes, and their form for the core. */
import { isDeepStrictEqual } from "node:util";
import { type Environment, pluginSettings, type Settings } from "../account/config";
import { parseJson } from "../account/json";
import { providerSettings } from "../account/providerSettings";
import { isObject } from "../api/isObject";
import { withHeading } from "../machineSync/headings";
import { accountIn, kindOf } from "../machineSync/inputs";
import { errorWithHeading } from "../machineSync/readMore";
import { type ProviderArgs, settingRules } from "./providerArgs";
import { isUnknown, type Properties, secret } from "./values";

/** The namespace of the settings in the config of a stack. */
const PACKAGE = "tencentcloud-cwp";

/** The names that the engine puts beside the settings. */
const ofTheEngine: ReadonlySet<string> = new Set([
  "version",
  "pluginDownloadURL",
  "pluginChecksums",
  "__internal",
]);

const kinds = {
  text: { must: "a text", fits: (value: unknown) => typeof value === "string" },
  flag: { must: "true or false", fits: (value: unknown) => typeof value === "boolean" },
  list: { must: "a list", fits: Array.isArray },
  object: { must: "an object", fits: isObject },
};

/**
 * Returns a sentence for each fault of the settings beside this environment that an operation would find
 * before it sends anything. Unknown values pass.
 */
export async function checkSettings(args: Properties, env: Environment): Promise<string[]> {
  const given = settingsIn(args);
  const reasons = Object.entries(given).flatMap(([name, value]) => {
    const kind = isSetting(name) && kinds[settingRules[name].is];
    if (!kind) {
      return [`There is no setting ${PACKAGE}:${name}. There are ${names}.`];
    }
    return isUnknown(value) || kind.fits(value)
      ? []
      : [`${PACKAGE}:${name} must be ${kind.must}, not ${kindOf(value)}.`];
  });
  if (reasons.length > 0) {
    return reasons.map((reason) => withHeading(reason, "plugin"));
  }
  return hasUnknown(given) ? [] : checkTogether(args, env);
}

async function checkTogether(args: Properties, env: Environment): Promise<string[]> {
  // Loaded only now: Pulumi also starts a process only for its schema, and waits for its port.
  const { resolveConnection } = await import("../account/settings");
  try {
    resolveConnection({}, coreSettings(args), env);
    return [];
  } catch (error) {
    const { message } = errorWithHeading(error) as Error;
    return [message];
  }
}

function hasUnknown(value: unknown): boolean {
  return typeof value === "object" && value !== null
    ? Object.values(value).some(hasUnknown)
    : isUnknown(value);
}

const names = Object.keys(settingRules).join(", ");

/** Returns the settings for the state: some are always secret. */
export function protectSettings(args: Properties): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      isSetting(name) && settingRules[name].secret ? secret(value) : value,
    ]),
  );
}

/**
 * Returns the settings that have changed, and among them the settings that mean another account. A value that
 * is not known yet replaces nothing.
 */
export function diffSettings(olds: Properties, news: Properties): { changed: string[]; replaces: string[] } {
  const [before, after] = [settingsIn(withoutNamespaces(olds)), settingsIn(news)];
  const changed = Object.keys({ ...before, ...after }).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
  const replaces = changed.filter((name) => {
    const rule = isSetting(name) ? settingRules[name] : {};
    return isAnother(accountIn(before[name], rule), accountIn(after[name], rule));
  });
  return { changed, replaces };
}

function isAnother(before: unknown, after: unknown): boolean {
  if (Array.isArray(before) && Array.isArray(after)) {
    return after.some((value, i) => isAnother(before[i], value));
  }
  return !isUnknown(after) && !isDeepStrictEqual(before, after);
}

/**
 * Returns the settings by their short names. If the resource was a dynamic resource before, the engine
 * compares with the settings of Pulumi's dynamic provider host: the stack's whole config, with full names,
 * and perhaps with blocks by their plural names.
 */
function withoutNamespaces(olds: Properties): Properties {
  const named = Object.entries(olds).map(([name, value]) => {
    const short = name.replace(/^tencentcloud(-cwp)?:/, "");
    const known = providerSettings.find(({ names }) => names.includes(short));
    return [known?.names[0] ?? short, value];
  });
  return Object.fromEntries(named.filter(([name]) => !String(name).includes(":")));
}

/** Returns the settings in the form for the core, which uses the same names. */
export function coreSettings(args: Properties): Settings {
  const given = settingsIn(args);
  return pluginSettings((name) => {
    const value = given[name];
    return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
  });
}

/**
 * Returns the settings that are set. Generated SDKs and the engine, for a stack's config, send a value that
 * is no text as JSON. An unset variable of a script leaves an empty text.
 */
function settingsIn(args: Properties): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args)
      .filter(
        ([name, value]) => !ofTheEngine.has(name) && value !== null && value !== undefined && value !== "",
      )
      .map(([name, value]) => {
        const is = isSetting(name) ? settingRules[name].is : "text";
        return [
          name,
          is === "text" ? value : is === "object" ? unlist(parseIfJson(value)) : parseIfJson(value),
        ];
      }),
  );
}

function parseIfJson(value: unknown): unknown {
  if (typeof value !== "string" || isUnknown(value)) {
    return value;
  }
  // If the text is no JSON, the check reports it.
  return parseJson(value) ?? value;
}

/** Returns the object in a list of one. */
function unlist(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

function isSetting(name: string): name is keyof ProviderArgs {
  return Object.hasOwn(settingRules, name);
}
