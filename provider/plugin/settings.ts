/**
 * The provider's own settings: what they may be, what a change of them means, and how the core reads them.
 */
import { isDeepStrictEqual } from "node:util";
import { pluginSettings, type Settings } from "../account/config";
import { isObject } from "../api/isObject";
import { withHeading } from "../machineSync/headings";
import { checkInputs, kindOf } from "../machineSync/inputs";
import { reasonsWithHeading } from "../machineSync/readMore";
import { type ProviderArgs, providerSettings } from "./providerArgs";
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

/** What is wrong with the settings, a sentence each. Unknown values pass. */
export function checkSettings(args: Properties): string[] {
  const given = settingsIn(args);
  const reasons = Object.entries(given).flatMap(([name, value]) => {
    const kind = isSetting(name) && kinds[providerSettings[name].is];
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
  const { region, endpoint, profile, assumeRole } = given;
  const shared = Object.entries({ region, endpoint, profile, assumeRole }).filter(
    ([, value]) => value !== undefined,
  );
  return reasonsWithHeading(checkInputs(Object.fromEntries(shared))).map((reason) => `${PACKAGE}: ${reason}`);
}

const names = Object.keys(providerSettings).join(", ");

/** The settings as the state keeps them: some are secret whatever the user says. */
export function protectSettings(args: Properties): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      isSetting(name) && providerSettings[name].secret ? secret(value) : value,
    ]),
  );
}

/**
 * Which settings have changed, and which of those mean another account. A value that is not known yet
 * replaces nothing.
 */
export function diffSettings(olds: Properties, news: Properties): { changed: string[]; replaces: string[] } {
  const [before, after] = [settingsIn(withoutNamespaces(olds)), settingsIn(news)];
  const changed = Object.keys({ ...before, ...after }).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
  const replaces = changed.filter(
    (name) =>
      isSetting(name) &&
      !isUnknown(after[name]) &&
      !isDeepStrictEqual(accountIn(name, before[name]), accountIn(name, after[name])),
  );
  return { changed, replaces };
}

/**
 * Where the resource was a dynamic one before, the engine compares with the settings of Pulumi's host of
 * dynamic providers: those are the stack's whole config, with full names.
 */
function withoutNamespaces(olds: Properties): Properties {
  const named = Object.entries(olds).map(([name, value]) => [
    name.replace(/^tencentcloud(-cwp)?:/, ""),
    value,
  ]);
  return Object.fromEntries(named.filter(([name]) => !String(name).includes(":")));
}

function accountIn(name: keyof ProviderArgs, value: unknown): unknown {
  const { account } = providerSettings[name];
  if (account === true) {
    return value;
  }
  return isObject(value) ? account?.map((field) => value[field]) : undefined;
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
      .map(([name, value]) => [
        name,
        isSetting(name) && providerSettings[name].is !== "text" ? parsed(value) : value,
      ]),
  );
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string" || isUnknown(value)) {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    return value; // The check says what it must be.
  }
}

function isSetting(name: string): name is keyof ProviderArgs {
  return Object.hasOwn(providerSettings, name);
}
