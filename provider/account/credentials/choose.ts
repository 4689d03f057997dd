import { homedir } from "node:os";
import { join } from "node:path";
import { type CredentialSource, type Credentials, givenKeys, legalKeys } from "../../cwp/credentials";
import { SettingsError } from "../../cwp/errors";
import type { StsConnection } from "../../cwp/sts";
import type { Config, Environment } from "../config";
import { assumedRole } from "./assumedRole";
import { METADATA_URL, readCvmRole } from "./cvmRole";
import { readPodIdentity } from "./podIdentity";
import { type Profile, type ProfilePlaces, profileNames, readProfile, readRegion } from "./profile";
import { searched } from "./searched";

const DEFAULT_PROFILE = "default";

/** Keys, profile and CVM role, as each level of settings names them. */
interface Level {
  readonly place: string;
  readonly secretId: string;
  readonly secretKey: string;
  readonly tokens: readonly string[];
  readonly profiles: readonly string[];
  readonly camRoleName: string;
  readonly read: Config;
}

/** A level that names anything decides: half a pair, or a profile that is not there, is an error and not the next level's turn. */
export function chooseSource(
  profile: string | undefined,
  config: Config,
  env: Environment,
  sts: StsConnection,
): CredentialSource {
  const folder = config("tencentcloud:sharedCredentialsDir") || env.TENCENTCLOUD_SHARED_CREDENTIALS_DIR;
  const metadataUrl = env.TENCENTCLOUD_METADATA_URL || METADATA_URL;
  const named = (name: string, setting: string) =>
    namedProfile(name, setting, profilePlaces(folder), metadataUrl, sts);
  if (profile) {
    return named(profile, "the argument profile");
  }
  const levels: readonly Level[] = [
    {
      place: "the Pulumi config",
      secretId: "tencentcloud:secretId",
      secretKey: "tencentcloud:secretKey",
      tokens: ["tencentcloud:securityToken"],
      profiles: ["tencentcloud:profile"],
      camRoleName: "tencentcloud:camRoleName",
      read: config,
    },
    {
      place: "the environment",
      secretId: "TENCENTCLOUD_SECRET_ID",
      secretKey: "TENCENTCLOUD_SECRET_KEY",
      tokens: ["TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"],
      profiles: ["TENCENTCLOUD_PROFILE", "TCCLI_PROFILE"],
      camRoleName: "TENCENTCLOUD_CAM_ROLE_NAME",
      read: (name) => env[name],
    },
  ];
  for (const level of levels) {
    const keys = readKeys(level);
    if (keys) {
      return givenKeys(keys);
    }
    const setting = level.profiles.find(level.read);
    if (setting) {
      return named(level.read(setting) ?? "", setting);
    }
    const role = level.read(level.camRoleName);
    if (role) {
      return cvmRole(role, metadataUrl);
    }
  }
  const places = profilePlaces(folder);
  return searched(
    levels.map(({ place, secretId, secretKey }) => `${place} (${secretId} and ${secretKey})`),
    [
      {
        name: `the profile "${DEFAULT_PROFILE}" of ${places.tccli} and ${places.ini}`,
        look: async (signal) => {
          const profile = readProfile(DEFAULT_PROFILE, places);
          return profile && credentialsOf(profile, metadataUrl, sts).find(signal);
        },
      },
      { name: "the CVM role of this machine", look: () => readCvmRole(undefined, metadataUrl) },
      { name: "TKE's pod identity (TKE_ROLE_ARN)", look: (signal) => readPodIdentity(env, sts, signal) },
    ],
    readRegion(DEFAULT_PROFILE, places),
  );
}

function profilePlaces(folder: string | undefined): ProfilePlaces {
  const home = homedir();
  return {
    tccli: folder ? folder.replace(/^~(?=$|[\\/])/, home) : join(home, ".tccli"),
    ini: join(home, ".tencentcloud", "credentials"),
  };
}

/** Id and key come from the same level: half a pair of one is never completed from the next. */
function readKeys({ place, read, ...names }: Level): Credentials | undefined {
  const secretId = read(names.secretId)?.trim();
  const secretKey = read(names.secretKey)?.trim();
  if (!secretId && !secretKey) {
    return undefined;
  }
  if (!secretId || !secretKey) {
    const [there, missing] = secretId ? [names.secretId, names.secretKey] : [names.secretKey, names.secretId];
    throw new SettingsError(`${there} is set in ${place}, but ${missing} is not: set both, or neither.`);
  }
  const tokenName = names.tokens.find((name) => read(name)?.trim()) ?? "";
  const token = read(tokenName)?.trim();
  return legalKeys({ secretId, secretKey, ...(token && { token }) }, { ...names, token: tokenName });
}

/** A profile, read anew with each lookup, since `tccli auth login` writes temporary keys there. */
function namedProfile(
  name: string,
  setting: string,
  places: ProfilePlaces,
  metadataUrl: string,
  sts: StsConnection,
): CredentialSource {
  return {
    identity: JSON.stringify(["profile", name, places]),
    region: readRegion(name, places),
    async find(signal) {
      const profile = readProfile(name, places);
      if (!profile) {
        const there = profileNames(places).map((known) => `"${known}"`);
        throw new SettingsError(
          `There is no profile "${name}" (${setting}) in ${places.tccli} or ${places.ini}. ${there.length > 0 ? `There are ${there.join(", ")}.` : 'There is none at all: make one with "tccli configure".'}`,
        );
      }
      return credentialsOf(profile, metadataUrl, sts).find(signal);
    },
  };
}

function credentialsOf(
  { keys, assumeRole }: Profile,
  metadataUrl: string,
  sts: StsConnection,
): CredentialSource {
  const base = keys ? givenKeys(keys) : cvmRole(undefined, metadataUrl);
  return assumeRole ? assumedRole(base, assumeRole, sts) : base;
}

function cvmRole(role: string | undefined, metadataUrl: string): CredentialSource {
  return {
    identity: JSON.stringify(["cvm-role", role, metadataUrl]),
    async find() {
      const found = await readCvmRole(role, metadataUrl);
      if (!found) {
        const otherwise = role ? ", or unset tencentcloud:camRoleName and TENCENTCLOUD_CAM_ROLE_NAME" : "";
        throw new SettingsError(
          `The CVM role${role ? ` "${role}"` : ""} gave no credentials: this machine reaches no metadata service, or no such role is bound to it. Bind the role to the instance${otherwise}.`,
        );
      }
      return found;
    },
  };
}
