import * as fs from "node:fs";
import * as path from "node:path";
import { parse as parseIni } from "ini";
import { type Found, legalKeys } from "../../cwp/credentials";
import { SettingsError } from "../../cwp/errors";
import { isObject } from "../../cwp/isObject";
import type { AssumeRole } from "./assumedRole";

/** What a profile says, in a file of tccli's or in the SDKs' credentials file. */
export interface Profile {
  /** Undefined where the profile names the role of the CVM instance in place of keys. */
  readonly keys: Found | undefined;
  /** A role to assume with them, as tccli has it. */
  readonly assumeRole: AssumeRole | undefined;
}

/** Where profiles are looked for. */
export interface ProfilePlaces {
  /** tccli's folder, `~/.tccli` by default. */
  readonly tccli: string;
  /** The SDKs' file, `~/.tencentcloud/credentials`. */
  readonly ini: string;
}

/** Reads a profile; undefined if no file has it. Throws SettingsError where a file has it and it is of no use. */
export function readProfile(name: string, { tccli, ini }: ProfilePlaces): Profile | undefined {
  if (/[\\/]/.test(name)) {
    throw new SettingsError(`The profile "${name}" cannot be used: it must be a name, not a path.`);
  }
  const file = path.join(tccli, `${name}.credential`);
  const credential = readJson(file);
  if (credential) {
    return fromTccli(credential, file);
  }
  const text = readIfThere(ini);
  const section = text === undefined ? undefined : sectionsOf(text)[name];
  return isObject(section) ? fromIni(section, `[${name}] of ${ini}`) : undefined;
}

/** The region in a profile of tccli's. */
export function readRegion(name: string, { tccli }: ProfilePlaces): string | undefined {
  const configure = readJson(path.join(tccli, `${name}.configure`)) ?? {};
  const inner: unknown = configure._sys_param;
  return text(isObject(inner) ? inner.region : undefined) ?? text(configure.region);
}

/** The names of all profiles there are. */
export function profileNames({ tccli, ini }: ProfilePlaces): string[] {
  const suffix = ".credential";
  const files = fs.existsSync(tccli) ? fs.readdirSync(tccli).filter((file) => file.endsWith(suffix)) : [];
  const sections = Object.entries(sectionsOf(readIfThere(ini) ?? "")).filter(([, value]) => isObject(value));
  return [
    ...new Set([...files.map((file) => file.slice(0, -suffix.length)), ...sections.map(([name]) => name)]),
  ];
}

function sectionsOf(ini: string): Record<string, unknown> {
  // The parser takes a dot in a section's name for nesting, but here it is part of the profile's name.
  return parseIni(ini.replace(/^\s*\[.*\]/gm, (header) => header.replaceAll(".", "\\.")));
}

function fromTccli(credential: Record<string, unknown>, file: string): Profile {
  const roleArn = text(credential["role-arn"]);
  const sessionName = text(credential["role-session-name"]);
  // tccli's `auth login` and SSO keep temporary keys here, with their end in seconds since 1970.
  const expiresAt = typeof credential.expiresAt === "number" ? credential.expiresAt * 1000 : undefined;
  if (expiresAt !== undefined && expiresAt <= Date.now()) {
    throw new SettingsError(`The login in ${file} has ended: run "tccli auth login" again.`);
  }
  const isCvmRole = credential.type === "cvm-role";
  return {
    keys: isCvmRole
      ? undefined
      : { ...pairOf(credential, ["secretId", "secretKey", "token"], file), ...(expiresAt && { expiresAt }) },
    assumeRole: roleArn ? { roleArn, sessionName } : undefined,
  };
}

function fromIni(section: Record<string, unknown>, place: string): Profile {
  return { keys: pairOf(section, ["secret_id", "secret_key", "token"], place), assumeRole: undefined };
}

function pairOf(
  values: Record<string, unknown>,
  [id, key, token]: readonly [string, string, string],
  place: string,
): Found {
  const secretId = text(values[id]);
  const secretKey = text(values[key]);
  if (!secretId || !secretKey) {
    const missing = [!secretId && id, !secretKey && key].filter(Boolean).join(" and ");
    throw new SettingsError(`There is no ${missing} in ${place}: set both ${id} and ${key}.`);
  }
  const sessionToken = text(values[token]);
  return legalKeys(
    { secretId, secretKey, ...(sessionToken && { token: sessionToken }) },
    { secretId: `${id} in ${place}`, secretKey: `${key} in ${place}`, token: `${token} in ${place}` },
  );
}

function readJson(file: string): Record<string, unknown> | undefined {
  const content = readIfThere(file);
  if (content === undefined) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(content);
    if (isObject(value)) {
      return value;
    }
  } catch (error) {
    // The parser's own text quotes what stands around the error, which may be the secret key.
    const position = /position (\d+)/.exec(String(error))?.[1];
    const line = position ? `, line ${content.slice(0, Number(position)).split("\n").length}` : "";
    throw new SettingsError(
      `${file}${line} is not valid JSON: mend it, or make it anew with "tccli configure".`,
    );
  }
  throw new SettingsError(`${file} must hold a JSON object: make it anew with "tccli configure".`);
}

function readIfThere(file: string): string | undefined {
  try {
    // Some editors begin a file with a byte order mark, which is neither JSON nor part of a section's name.
    return fs.readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), "code");
    if (code === "ENOENT" || code === "ENOTDIR") {
      return undefined;
    }
    throw new SettingsError(`${file} cannot be read (${code}): check its permissions.`);
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
