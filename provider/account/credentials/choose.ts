/** Which credentials sign, in the Tencent Cloud provider's order. */
import type { CredentialSource } from "../../api/credentials";
import { SettingsError } from "../../api/errors";
import type { StsConnection } from "../../api/sts";
import type { Environment, Settings } from "../config";
import { refuseUnsupported } from "../providerSettings";
import { assumedRole } from "./assumedRole";
import { cvmRole } from "./cvmRole";
import type { Given } from "./given";
import { keysOfSettings } from "./keys";
import { METADATA_URL } from "./metadata";
import { profilePlaces } from "./places";
import { podVariables, readPodIdentity } from "./podIdentity";
import { DEFAULT_PROFILE, readRegion, readTccliRole } from "./profile";
import { namedProfile } from "./profileSource";
import { type AssumeRole, type NamedRole, roleOfConfig, roleOfEnvironment } from "./role";
import { samlOfConfig, samlOfEnvironment } from "./saml";
import { search } from "./search";
import { webIdentityOfConfig, webIdentityOfEnvironment } from "./webIdentity";

/** The arguments that say who signs. They come before all settings. */
interface Args {
  readonly profile?: string | undefined;
  readonly assumeRole?: AssumeRole | undefined;
}

/**
 * Who signs: the one that the Tencent Cloud provider would have sign under these settings. It takes them in
 * this order, and each replaces what came before: keys, or else a profile; `camRoleName`; the profile's role;
 * the role of the environment; that of the config; a SAML assertion or web identity of the config; TKE's pod
 * identity where `enablePodOidc` is true. Beyond the provider, where it finds nothing: TCCLI_PROFILE, the
 * SDKs' credentials file, the machine's CVM role, TKE's pod identity.
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
  if (!args.profile && !isPodAsked(settings)) {
    refuseUnsupported(settings, env);
  }
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

function isPodAsked(settings: Settings): boolean {
  const enabled = settings.read("enablePodOidc")?.trim() || "false";
  if (enabled !== "true" && enabled !== "false") {
    throw new SettingsError(`${settings.nameOf("enablePodOidc")} must be true or false.`);
  }
  return enabled === "true";
}

/** TKE's pod identity, where it is asked for by name. */
function podSource({ settings, env, sts }: Given): CredentialSource | undefined {
  if (!isPodAsked(settings)) {
    return undefined;
  }
  const name = settings.nameOf("enablePodOidc");
  return {
    identity: JSON.stringify(["pod", podVariables.map((variable) => env[variable]), sts.host]),
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

/**
 * A web identity or SAML assertion of the environment. The provider takes one only where the role has a
 * session name too.
 */
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
