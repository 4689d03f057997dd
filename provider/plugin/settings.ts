/**
 * The provider's own settings: what they may be, what a change of them means, and how the core reads them.
 */
import { isDeepStrictEqual } from "node:util";
import { type Environment, pluginSettings, type Settings } from "../account/config";
import { parsedJson } from "../account/json";
import { providerSettings } from "../account/providerSettings";
import { isObject } from "../api/isObject";
import { withHeading } from "../machineSync/headings";
import { accountIn, kindOf } from "../machineSync/inputs";
import { errorWithHeading } from "../machineSync/readMore";
import { type ProviderArgs, settingRules } from "./providerArgs";
import { isUnknown, type Properties, secret } from "./values";

/** The namespace of the settings in the config of a stack. */
const PACKAGE = "tencentcloud-cwp";

/** What the engine puts beside the settings. */
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
 * What is wrong with the settings beside this environment, a sentence each: all that an operation would find
 * wrong before it sends anything. Unknown values pass.
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
  return holdsUnknown(given) ? [] : wrongTogether(args, env);
}

async function wrongTogether(args: Properties, env: Environment): Promise<string[]> {
  // Loaded only now: Pulumi starts a process that is asked for its schema only, and waits for its port.
  const { resolveConnection } = await import("../account/settings");
  try {
    resolveConnection({}, coreSettings(args), env);
    return [];
  } catch (error) {
    const { message } = errorWithHeading(error) as Error;
    return [message];
  }
}

function holdsUnknown(value: unknown): boolean {
  return typeof value === "object" && value !== null
    ? Object.values(value).some(holdsUnknown)
    : isUnknown(value);
}

const names = Object.keys(settingRules).join(", ");

/** The settings as the state keeps them: some are secret whatever the user says. */
export function protectSettings(args: Properties): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      isSetting(name) && settingRules[name].secret ? secret(value) : value,
    ]),
  );
}

/**
 * The settings that have changed, and those of them that mean another account. A value that is not known yet
 * replaces nothing.
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
 * If the resource was a dynamic one before, the engine compares with the settings of Pulumi's host of dynamic
 * providers: those are the stack's whole config, with full names, and may have blocks by their plural names.
 */
function withoutNamespaces(olds: Properties): Properties {
  const named = Object.entries(olds).map(([name, value]) => {
    const short = name.replace(/^tencentcloud(-cwp)?:/, "");
    const known = providerSettings.find(({ names }) => names.includes(short));
    return [known?.names[0] ?? short, value];
  });
  return Object.fromEntries(named.filter(([name]) => !String(name).includes(":")));
}

/** The settings as the core reads them, which knows them by these names too. */
export function coreSettings(args: Properties): Settings {
  const given = settingsIn(args);
  return pluginSettings((name) => {
    const value = given[name];
    return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
  });
}

/**
 * The settings that are set. Generated SDKs send what is no text as JSON, and the engine a stack's config in
 * the same way; an empty text is what an unset variable of a script leaves.
 */
function settingsIn(args: Properties): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args)
      .filter(
        ([name, value]) => !ofTheEngine.has(name) && value !== null && value !== undefined && value !== "",
      )
      .map(([name, value]) => {
        const is = isSetting(name) ? settingRules[name].is : "text";
        return [name, is === "text" ? value : is === "object" ? unlisted(parsed(value)) : parsed(value)];
      }),
  );
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string" || isUnknown(value)) {
    return value;
  }
  // The check says what a text must be that is no JSON.
  return parsedJson(value) ?? value;
}

/** A list of one is the object. */
function unlisted(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

function isSetting(name: string): name is keyof ProviderArgs {
  return Object.hasOwn(settingRules, name);
}
