import { type CredentialSource, type Credentials, givenKeys, legalKeys } from "../../api/credentials";
import { SettingsError } from "../../api/errors";
import type { Environment, Settings } from "../config";
import type { Given } from "./given";

const CONFIG = "the Pulumi config";
const ENVIRONMENT = "the environment";

/** A part of a key pair, and the place in which it was found. */
interface Part {
  readonly value: string;
  readonly setting: string;
  readonly place: typeof CONFIG | typeof ENVIRONMENT;
}

/** The keys of config and environment. */
export interface GivenKeys {
  /** True if the id, the key or the token is set. Then no profile is read. */
  readonly areSet: boolean;
  /** Returns the source of the whole pair. Throws a SettingsError if a half is missing. */
  source(): CredentialSource;
}

/**
 * Reads id, key and token, each by itself from the config, then from the environment. The SDKs' other names
 * for the token count only if id and key are from the environment too: the provider does not know them.
 */
export function keysOfSettings(settings: Settings, env: Environment): GivenKeys {
  const read = (name: string, variable: string): Part | undefined => {
    const inConfig = settings.read(name)?.trim();
    const inEnvironment = env[variable]?.trim();
    return inConfig
      ? { value: inConfig, setting: settings.nameOf(name), place: CONFIG }
      : inEnvironment
        ? { value: inEnvironment, setting: variable, place: ENVIRONMENT }
        : undefined;
  };
  const id = read("secretId", "TENCENTCLOUD_SECRET_ID");
  const key = read("secretKey", "TENCENTCLOUD_SECRET_KEY");
  const token = read("securityToken", "TENCENTCLOUD_SECURITY_TOKEN");
  const isPairOfEnvironment = id?.place === ENVIRONMENT && key?.place === ENVIRONMENT;
  return {
    areSet: [id, key, token].some((part) => part !== undefined),
    source() {
      if (!id || !key) {
        const there = id ?? key ?? token;
        const [name, variable] = id
          ? ["secretKey", "TENCENTCLOUD_SECRET_KEY"]
          : ["secretId", "TENCENTCLOUD_SECRET_ID"];
        throw new SettingsError(
          `${there?.setting} is set, but neither ${settings.nameOf(name)} nor ${variable} is: set one of them, or unset ${there?.setting}.`,
        );
      }
      return pairSource(id, key, token ?? (isPairOfEnvironment ? tokenOfSdks(env) : undefined));
    },
  };
}

/** Returns the keys of config and environment, if one is set. Throws SettingsError. */
export function givenKeysOf({ settings, env }: Given): CredentialSource | undefined {
  const keys = keysOfSettings(settings, env);
  return keys.areSet ? keys.source() : undefined;
}

function tokenOfSdks(env: Environment): Part | undefined {
  const setting = ["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"].find((name) => env[name]?.trim());
  return setting ? { value: env[setting]?.trim() ?? "", setting, place: ENVIRONMENT } : undefined;
}

function pairSource(id: Part, key: Part, token: Part | undefined): CredentialSource {
  const keys: Credentials = {
    secretId: id.value,
    secretKey: key.value,
    ...(token && { token: token.value }),
  };
  const names = { secretId: id.setting, secretKey: key.setting, token: token?.setting ?? "" };
  const pair =
    id.place === key.place
      ? `${id.setting} and ${key.setting} of ${id.place}`
      : `${id.setting} of ${id.place} and ${key.setting} of ${key.place}`;
  return givenKeys(legalKeys(keys, names), token ? `${pair}, with ${token.setting} of ${token.place}` : pair);
}
