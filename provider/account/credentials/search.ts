import type { CredentialSource, Signer } from "../../api/credentials";
import { NoAnswer, SettingsError } from "../../api/errors";
import { readCvmRole } from "./cvmRole";
import type { Given } from "./given";
import { podVariables, readPodIdentity } from "./podIdentity";
import { DEFAULT_PROFILE, readIniProfile, readRegion, readTccliProfile } from "./profile";
import { credentialsOf, namedProfile } from "./profileSource";

/** A place of credentials: undefined means that there are none. */
interface Place {
  readonly name: string;
  find(signal?: AbortSignal): Promise<Signer | undefined>;
}

/**
 * Finds credentials if no setting names any: in the first place that has some. This place stays: a later
 * place may belong to another account, so a renewal that fails never changes to it.
 */
export function search(given: Given): CredentialSource {
  const { settings, env, sts, places, metadataUrl } = given;
  const { nameOf } = settings;
  const pod = podVariables.map((name) => env[name]);
  let held: Place | undefined;
  return {
    region: readRegion(DEFAULT_PROFILE, places),
    identity: JSON.stringify(["searched", places, env.TCCLI_PROFILE, metadataUrl, pod, sts.host]),
    async find(signal) {
      for (const place of held ? [held] : placesToLook(given)) {
        const found = await place.find(signal);
        if (found) {
          held = place;
          return found;
        }
      }
      if (held) {
        const message = `There are no credentials any more in ${held.name}.`;
        throw new NoAnswer("NetworkFailure", message, "yes", "credentials");
      }
      const names = [
        `the Pulumi config (${nameOf("secretId")} and ${nameOf("secretKey")})`,
        "the environment (TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY)",
        ...placesToLook(given).map(({ name }) => name),
      ];
      throw new SettingsError(
        `No Tencent Cloud credentials were found. Looked in ${names.join(", then in ")}. Set them with "pulumi config set ${nameOf("secretId")}" and "pulumi config set --secret ${nameOf("secretKey")}".`,
      );
    },
  };
}

function placesToLook(given: Given): Place[] {
  const { env, sts, places, metadataUrl } = given;
  const otherProfile = env.TCCLI_PROFILE;
  return [
    {
      name: `the profile "${DEFAULT_PROFILE}" of ${places.tccli ?? "tccli"}`,
      async find(signal) {
        const profile = readTccliProfile(DEFAULT_PROFILE, places);
        return profile?.keys || profile?.isCvmRole ? credentialsOf(profile, given, signal) : undefined;
      },
    },
    ...(otherProfile
      ? [
          {
            name: `the profile "${otherProfile}" (TCCLI_PROFILE)`,
            find: (signal?: AbortSignal) => namedProfile(otherProfile, "TCCLI_PROFILE", given).find(signal),
          },
        ]
      : []),
    {
      name: `the section [${DEFAULT_PROFILE}] of ${places.ini.join(" or ")}`,
      async find(signal) {
        const profile = readIniProfile(DEFAULT_PROFILE, places);
        return profile?.keys && credentialsOf(profile, given, signal);
      },
    },
    {
      name: "the CVM role of this machine",
      find: (signal) => readCvmRole(undefined, metadataUrl, signal),
    },
    { name: "TKE's pod identity (TKE_ROLE_ARN)", find: (signal) => readPodIdentity(env, sts, signal) },
  ];
}
