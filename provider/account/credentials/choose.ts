import type { CredentialSource, Found } from "../../cwp/credentials";
import { SettingsError } from "../../cwp/errors";
import type { StsConnection } from "../../cwp/sts";
import type { Environment, Settings } from "../config";
import { refuseUnsupported } from "../providerSettings";
import { assumedRole } from "./assumedRole";
import { METADATA_URL, readCvmRole } from "./cvmRole";
import { keysOfSettings } from "./keys";
import { type ProfilePlaces, placesInWords, profilePlaces } from "./places";
import { podVariables, readPodIdentity } from "./podIdentity";
import {
  type Profile,
  profileNames,
  readIniProfile,
  readRegion,
  readTccliProfile,
  readTccliRole,
} from "./profile";
import { type AssumeRole, type NamedRole, roleOfConfig, roleOfEnvironment } from "./role";
import { samlOfConfig, samlOfEnvironment } from "./saml";
import { searched } from "./searched";
import { webIdentityOfConfig, webIdentityOfEnvironment } from "./webIdentity";

const DEFAULT_PROFILE = "default";

/** What the choice is made from. */
interface Given {
  readonly settings: Settings;
  readonly env: Environment;
  readonly sts: StsConnection;
  readonly places: ProfilePlaces;
  readonly metadataUrl: string;
}

/** The arguments that say who signs. They come before all settings. */
interface Args {
  readonly profile?: string | undefined;
  readonly assumeRole?: AssumeRole | undefined;
}

/**
 * Who signs: the one that the Tencent Cloud provider would have sign under these settings. It takes them in this order, and each
 * replaces what came before: keys, or else a profile; `camRoleName`; the profile's role; the role of the environment; that of
 * the config; a SAML assertion or web identity of the config; TKE's pod identity where `enablePodOidc` is true. Beyond the
 * provider, where it finds nothing: TCCLI_PROFILE, the SDKs' credentials file, the machine's CVM role, TKE's pod identity.
 */
export function chooseSource(
  args: Args,
  settings: Settings,
  env: Environment,
  sts: StsConnection,
): { source: CredentialSource; warnings: string[] } {
  const metadataUrl = env.TENCENTCLOUD_METADATA_URL || METADATA_URL;
  const given = { settings, env, sts, places: profilePlaces(settings, env), metadataUrl };
  const warnings: string[] = [];
  const base = args.profile
    ? namedProfile(args.profile, "the argument profile", given)
    : (podSource(given) ?? federatedOfConfig(given));
  const chain = args.assumeRole
    ? [{ role: args.assumeRole, setting: "the argument assumeRole" }]
    : args.profile || !base
      ? rolesOfSettings(given, warnings)
      : [];
  const start = base ?? federatedOfEnvironment(given) ?? ownCredentials(given);
  return { source: chain.reduce((source, role) => assumedRole(source, role, sts), start), warnings };
}

/** The roles of environment and config, in the order in which they are assumed. */
function rolesOfSettings({ settings, env, sts }: Given, warnings: string[]): NamedRole[] {
  const ofEnvironment = federatedOfEnvironment({ env, sts }) ? undefined : roleOfEnvironment(env);
  const ofConfig = roleOfConfig(settings, env);
  if (env.TENCENTCLOUD_ASSUME_ROLE_ARN && !env.TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME && !ofConfig) {
    warnings.push(
      "TENCENTCLOUD_ASSUME_ROLE_ARN is ignored, as by the Tencent Cloud provider: it counts only together with TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME.",
    );
  }
  return [ofEnvironment, ofConfig].filter((role) => role !== undefined);
}

/** TKE's pod identity, where it is asked for by name. */
function podSource({ settings, env, sts }: Given): CredentialSource | undefined {
  const enabled = settings.read("enablePodOidc")?.trim();
  const name = settings.nameOf("enablePodOidc");
  if (!enabled || enabled === "false") {
    refuseUnsupported(settings, env);
    return undefined;
  }
  if (enabled !== "true") {
    throw new SettingsError(`${name} must be true or false.`);
  }
  return {
    identity: JSON.stringify(["pod", podVariables.map((variable) => env[variable]), sts]),
    async find(signal) {
      const found = await readPodIdentity(env, sts, signal);
      if (!found) {
        throw new SettingsError(
          `${name} is true, but this is no pod with an identity: TKE sets ${podVariables.join(", ")} there. Give the pod a service account with a role, or set ${name} to false.`,
        );
      }
      return found;
    },
  };
}

function federatedOfConfig({ settings, env, sts }: Given): CredentialSource | undefined {
  const webIdentity = webIdentityOfConfig(settings, env, sts);
  const saml = samlOfConfig(settings, env, sts);
  if (webIdentity && saml) {
    throw new SettingsError(
      `${settings.nameOf("assumeRoleWithWebIdentity")} and ${settings.nameOf("assumeRoleWithSaml")} are both set: keep one of them.`,
    );
  }
  return webIdentity ?? saml;
}

/** A web identity or SAML assertion of the environment. The provider takes one only where the role has a session name too. */
function federatedOfEnvironment({ env, sts }: Pick<Given, "env" | "sts">): CredentialSource | undefined {
  if (!env.TENCENTCLOUD_ASSUME_ROLE_ARN || !env.TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME) {
    return undefined;
  }
  const webIdentity = webIdentityOfEnvironment(env, sts);
  if (webIdentity && env.TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION) {
    throw new SettingsError(
      "TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION and TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN are both set: keep one of them.",
    );
  }
  return webIdentity ?? samlOfEnvironment(env, sts);
}

/** Keys, profile or CVM role, as the settings name them. */
function ownCredentials(given: Given): CredentialSource {
  const { settings, env, sts, places, metadataUrl } = given;
  const keys = keysOfSettings(settings, env);
  const inConfig = settings.read("profile");
  const profile = inConfig || env.TENCENTCLOUD_PROFILE;
  const camRole = settings.read("camRoleName") || env.TENCENTCLOUD_CAM_ROLE_NAME;
  const region = keys.areSet ? undefined : readRegion(profile || DEFAULT_PROFILE, places);
  if (camRole) {
    const role = keys.areSet ? undefined : readTccliRole(profile || DEFAULT_PROFILE, places);
    const otherwise = `${settings.nameOf("camRoleName")} and TENCENTCLOUD_CAM_ROLE_NAME`;
    const source = { ...cvmRole(camRole, metadataUrl, `, or unset ${otherwise}`), region };
    return role ? assumedRole(source, role, sts) : source;
  }
  if (keys.areSet) {
    return keys.source();
  }
  return profile
    ? namedProfile(profile, inConfig ? settings.nameOf("profile") : "TENCENTCLOUD_PROFILE", given)
    : { ...search(given), region };
}

/** A profile, read anew with each look-up, since `tccli auth login` writes temporary keys there. */
function namedProfile(name: string, setting: string, given: Given): CredentialSource {
  const { places, metadataUrl, sts } = given;
  return {
    identity: JSON.stringify(["profile", name, places, metadataUrl, sts]),
    region: readRegion(name, places),
    async find(signal) {
      const tccli = readTccliProfile(name, places);
      const profile = [tccli, readIniProfile(name, places)].find((one) => one?.keys || one?.isCvmRole);
      if (profile) {
        return credentialsOf(profile, given, signal);
      }
      if (tccli) {
        throw new SettingsError(
          `There are no keys in ${tccli.file} (${setting}): run "tccli configure --profile ${name}".`,
        );
      }
      const there = profileNames(places).map((known) => `"${known}"`);
      throw new SettingsError(
        `There is no profile "${name}" (${setting}) in ${placesInWords(places)}. ${there.length > 0 ? `There are ${there.join(", ")}.` : 'There is none at all: make one with "tccli configure".'}`,
      );
    },
  };
}

/** What is looked through where no setting names credentials. */
function search(given: Given): CredentialSource {
  const { settings, env, sts, places, metadataUrl } = given;
  const { nameOf } = settings;
  const otherProfile = env.TCCLI_PROFILE;
  const fromTccli = async (signal?: AbortSignal) => {
    const profile = readTccliProfile(DEFAULT_PROFILE, places);
    return profile?.keys || profile?.isCvmRole ? credentialsOf(profile, given, signal) : undefined;
  };
  const fromIni = async (signal?: AbortSignal) => {
    const profile = readIniProfile(DEFAULT_PROFILE, places);
    return profile?.keys && credentialsOf(profile, given, signal);
  };
  return searched(
    JSON.stringify([
      "searched",
      places,
      otherProfile,
      metadataUrl,
      podVariables.map((name) => env[name]),
      sts,
    ]),
    [
      `the Pulumi config (${nameOf("secretId")} and ${nameOf("secretKey")})`,
      "the environment (TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY)",
    ],
    [
      { name: `the profile "${DEFAULT_PROFILE}" of ${places.tccli ?? "tccli"}`, look: fromTccli },
      ...(otherProfile
        ? [
            {
              name: `the profile "${otherProfile}" (TCCLI_PROFILE)`,
              look: (signal?: AbortSignal) => namedProfile(otherProfile, "TCCLI_PROFILE", given).find(signal),
            },
          ]
        : []),
      { name: `the section [default] of ${places.ini.join(" or ")}`, look: fromIni },
      {
        name: "the CVM role of this machine",
        look: (signal?: AbortSignal) => readCvmRole(undefined, metadataUrl, signal),
      },
      {
        name: "TKE's pod identity (TKE_ROLE_ARN)",
        look: (signal?: AbortSignal) => readPodIdentity(env, sts, signal),
      },
    ],
    settings,
  );
}

function credentialsOf(
  { keys, role }: Profile,
  { metadataUrl, sts }: Given,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const base: CredentialSource = keys
    ? { identity: "", find: async () => keys }
    : cvmRole(undefined, metadataUrl, "");
  return (role ? assumedRole(base, role, sts) : base).find(signal);
}

function cvmRole(role: string | undefined, metadataUrl: string, otherwise: string): CredentialSource {
  return {
    identity: JSON.stringify(["cvm-role", role, metadataUrl]),
    async find(signal) {
      const found = await readCvmRole(role, metadataUrl, signal);
      if (!found) {
        throw new SettingsError(
          `The CVM role${role ? ` "${role}"` : ""} gave no credentials: this machine reaches no metadata service, or no such role is bound to it. Bind the role to the instance${otherwise}.`,
        );
      }
      return found;
    },
  };
}
