import * as fs from "node:fs";
import * as path from "node:path";
import { legalKeys, type Signer, whoOf } from "../../api/credentials";
import { SettingsError } from "../../api/errors";
import { isObject } from "../../api/isObject";
import { readJsonObject, text } from "./files";
import type { Given } from "./given";
import { readIni } from "./iniFile";
import type { ProfilePlaces } from "./places";
import type { NamedRole } from "./role";

/** A profile in a file of tccli's or in the SDKs' credentials file. */
export interface Profile {
  readonly file: string;
  /** Undefined if the profile has no keys. */
  readonly keys: Signer | undefined;
  /** True if it names, in place of keys, the role of the CVM instance. */
  readonly isCvmRole: boolean;
  /** A role of tccli's to assume with them. */
  readonly role: NamedRole | undefined;
}

/** The profile if none is named. */
export const DEFAULT_PROFILE = "default";

const SUFFIX = ".credential";
const remake = 'make it again with "tccli configure"';

/** Returns the profile that the settings name, or the default profile. */
export function profileName({ settings, env }: Pick<Given, "settings" | "env">): string {
  return settings.read("profile") || env.TENCENTCLOUD_PROFILE || DEFAULT_PROFILE;
}

/**
 * Reads a profile of tccli's; undefined if there is no such file. Throws SettingsError if it cannot be used.
 */
export function readTccliProfile(name: string, { tccli }: ProfilePlaces): Profile | undefined {
  const found = readCredential(name, tccli);
  if (!found) {
    return undefined;
  }
  const { file, credential } = found;
  const keys = pairOf((key) => textIn(credential, key), ["secretId", "secretKey", "token"], file);
  const login = keys?.token ? loginIn(credential) : undefined;
  if (login && login.endsAt <= Date.now()) {
    const which = name === DEFAULT_PROFILE ? "" : ` --profile ${name}`;
    throw new SettingsError(`The login in ${file} has ended: run "${login.command}${which}" again.`);
  }
  return {
    file,
    keys: keys && {
      ...keys,
      ...(login && { expiresAt: login.endsAt, who: whoOf("login", name, keys.secretId) }),
    },
    isCvmRole: !keys && credential.type === "cvm-role",
    role: roleIn(credential, file),
  };
}

/** Reads only the role of a profile of tccli's, for credentials from elsewhere. */
export function readTccliRole(name: string, { tccli }: ProfilePlaces): NamedRole | undefined {
  const found = readCredential(name, tccli);
  return found && roleIn(found.credential, found.file);
}

/** Reads a section of the SDKs' credentials file; undefined if there is none. */
export function readIniProfile(name: string, { ini }: ProfilePlaces): Profile | undefined {
  const found = readIni(ini);
  const section = found?.sections.get(name);
  if (!found || !section) {
    return undefined;
  }
  const place = `[${name}] of ${found.file}`;
  const keys = pairOf((key) => text(section.get(key)), ["secret_id", "secret_key", "token"], place);
  return { file: place, keys, isCvmRole: false, role: undefined };
}

/** Reads the region in a profile of tccli's. */
export function readRegion(name: string, { tccli }: ProfilePlaces): string | undefined {
  const file = tccli && fileOf(name, tccli, ".configure");
  const configure = (file && readJsonObject(file, remake)) || {};
  const inner: unknown = configure._sys_param;
  return textIn(isObject(inner) ? inner : {}, "region") ?? textIn(configure, "region");
}

/** Returns the names of all profiles. */
export function profileNames({ tccli, ini }: ProfilePlaces): string[] {
  let files: string[] = [];
  try {
    files = fs.readdirSync(tccli ?? "").filter((file) => file.endsWith(SUFFIX));
  } catch {
    // The folder does not exist, is no folder, or cannot be listed: the names are only a help.
  }
  const sections = [...(readIni(ini)?.sections.keys() ?? [])];
  return [...new Set([...files.map((file) => file.slice(0, -SUFFIX.length)), ...sections])];
}

/** The commands of tccli that log in, by the `type` that they write. */
const logins: ReadonlyMap<string, string> = new Map([
  ["oauth", "tccli auth login"],
  ["sso", "tccli sso login"],
]);

/**
 * When the login in a file of tccli's ends, and the command for it. Beside permanent keys, which have no token,
 * the leftovers of a login mean nothing.
 */
function loginIn({ type, expiresAt }: Record<string, unknown>) {
  const command = logins.get(String(type));
  return command && typeof expiresAt === "number" ? { command, endsAt: expiresAt * 1000 } : undefined;
}

function readCredential(name: string, tccli: string | undefined) {
  const file = tccli && fileOf(name, tccli, SUFFIX);
  const credential = file && readJsonObject(file, remake);
  return credential ? { file, credential } : undefined;
}

function fileOf(name: string, folder: string, suffix: string): string {
  if (/[\\/]/.test(name)) {
    throw new SettingsError(`The profile "${name}" cannot be used: it must be a name, not a path.`);
  }
  return path.join(folder, `${name}${suffix}`);
}

/** Returns the role. As in tccli, it counts only if its session has a name too. */
function roleIn(credential: Record<string, unknown>, file: string): NamedRole | undefined {
  const roleArn = textIn(credential, "role-arn");
  const sessionName = textIn(credential, "role-session-name");
  return roleArn && sessionName
    ? { role: { roleArn, sessionName }, setting: `role-arn in ${file}` }
    : undefined;
}

/** Reads a value. `tccli configure` writes the text None for a value that was left out. */
function textIn(values: Record<string, unknown>, name: string): string | undefined {
  const value = text(values[name]);
  return value === "None" ? undefined : value;
}

/** Reads a pair of keys; undefined if there is neither id nor key. */
function pairOf(
  read: (name: string) => string | undefined,
  [id, key, token]: readonly [string, string, string],
  place: string,
): Signer | undefined {
  const [secretId, secretKey, sessionToken] = [read(id), read(key), read(token)];
  if (!secretId && !secretKey) {
    return undefined;
  }
  if (!secretId || !secretKey) {
    throw new SettingsError(`There is no ${secretId ? key : id} in ${place}: set both ${id} and ${key}.`);
  }
  return {
    ...legalKeys(
      { secretId, secretKey, ...(sessionToken && { token: sessionToken }) },
      { secretId: `${id} in ${place}`, secretKey: `${key} in ${place}`, token: `${token} in ${place}` },
    ),
    who: whoOf("keys", secretId),
    source: sessionToken ? `${id}, ${key} and ${token} in ${place}` : `${id} and ${key} in ${place}`,
  };
}
