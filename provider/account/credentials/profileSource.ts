import type { CredentialSource, Signer } from "../../api/credentials";
import { SettingsError } from "../../api/errors";
import { assumedRole } from "./assumedRole";
import { cvmRole } from "./cvmRole";
import type { Given } from "./given";
import { placesInWords } from "./places";
import { type Profile, profileNames, readIniProfile, readRegion, readTccliProfile } from "./profile";

export function profileOfArgument(given: Given): CredentialSource | undefined {
  const { profile } = given.args;
  return profile ? namedProfile(profile, "the argument profile", given) : undefined;
}

export function profileOfSettings(given: Given): CredentialSource | undefined {
  const inConfig = given.settings.read("profile");
  const name = inConfig || given.env.TENCENTCLOUD_PROFILE;
  const setting = inConfig ? given.settings.nameOf("profile") : "TENCENTCLOUD_PROFILE";
  return name ? namedProfile(name, setting, given) : undefined;
}

/** Returns a profile that is read again each time, since `tccli auth login` writes temporary keys there. */
export function namedProfile(name: string, setting: string, given: Given): CredentialSource {
  const { places, metadataUrl, sts } = given;
  return {
    identity: JSON.stringify(["profile", name, places, metadataUrl, sts.host]),
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

export function credentialsOf(
  { keys, role }: Profile,
  { metadataUrl, sts }: Given,
  signal: AbortSignal | undefined,
): Promise<Signer> {
  const base: CredentialSource = keys
    ? { identity: "", find: async () => keys }
    : cvmRole(undefined, metadataUrl, "");
  return (role ? assumedRole(base, role, sts) : base).find(signal);
}
