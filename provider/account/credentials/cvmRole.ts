import { type CredentialSource, type Signer, temporaryKeys, whoOf } from "../../api/credentials";
import { SettingsError } from "../../api/errors";
import { parseJson } from "../json";
import { assumedRole } from "./assumedRole";
import type { Given } from "./given";
import { keysOfSettings } from "./keys";
import { askMetadata } from "./metadata";
import { profileName, readRegion, readTccliRole } from "./profile";

/**
 * Reads the temporary credentials of the role that is bound to this CVM instance; undefined if there is no
 * metadata service or no role. Throws a NoAnswer if the metadata service seems to fail now. It does not use
 * the SDK's CvmRoleCredential, which asks without a time limit, through `http_proxy`, and keeps a failure for
 * ever.
 */
export async function readCvmRole(
  role: string | undefined,
  metadataUrl: string,
  signal?: AbortSignal,
): Promise<Signer | undefined> {
  const data = `${metadataUrl}/latest/meta-data/`;
  const folder = `${data}cam/security-credentials/`;
  const name = role ?? nameIn(await askMetadata(folder, signal));
  const answer = name ? await askMetadata(folder + encodeURIComponent(name), signal) : undefined;
  if (name === undefined || answer === undefined) {
    return undefined;
  }
  const keys = keysIn(answer);
  if (!keys) {
    throw new SettingsError(
      `The metadata service gave no credentials for the CVM role "${name}": check in the console that the role is bound to this instance.`,
    );
  }
  return {
    ...keys,
    who: whoOf("cvm-role", name, await appId(data, signal)),
    source: `the CVM role "${name}" of this machine`,
  };
}

/** Returns a role's name; undefined for anything else, such as the login page of a network. */
function nameIn(answer: string | undefined): string | undefined {
  const name = answer?.trim() ?? "";
  return /^[\w+=,.@-]{1,128}$/.test(name) ? name : undefined;
}

function keysIn(answer: string) {
  const { Code, ...answered } = Object(parseJson(answer));
  return Code === "Success" ? temporaryKeys(answered, answered.ExpiredTime) : undefined;
}

/** The numbers of accounts, for the life of the process, in which a role must stay the same. */
const appIds = new Map<string, string>();

/**
 * Returns the account's own number, which separates roles of the same name in two accounts; "" if it is not
 * known.
 */
async function appId(data: string, signal: AbortSignal | undefined): Promise<string> {
  const known = appIds.get(data);
  if (known !== undefined) {
    return known;
  }
  let answer: string | undefined;
  try {
    answer = (await askMetadata(`${data}app-id`, signal))?.trim();
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
  }
  const id = answer && /^\d+$/.test(answer) ? answer : "";
  appIds.set(data, id);
  return id;
}

/**
 * Returns the CVM role that the settings name, and on top of it the role of the profile, as in the provider.
 */
export function camRole(given: Given): CredentialSource | undefined {
  const { settings, env, sts, places, metadataUrl } = given;
  const name = settings.read("camRoleName") || env.TENCENTCLOUD_CAM_ROLE_NAME;
  if (!name) {
    return undefined;
  }
  const otherwise = `${settings.nameOf("camRoleName")} and TENCENTCLOUD_CAM_ROLE_NAME`;
  const own = cvmRole(name, metadataUrl, `, or unset ${otherwise}`);
  if (keysOfSettings(settings, env).areSet) {
    return own;
  }
  const profile = profileName(given);
  const source = { ...own, region: readRegion(profile, places) };
  const role = readTccliRole(profile, places);
  return role ? assumedRole(source, role, sts) : source;
}

/** Returns the source of a CVM role that must be there. `otherwise` is what else the user may do. */
export function cvmRole(role: string | undefined, metadataUrl: string, otherwise: string): CredentialSource {
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
