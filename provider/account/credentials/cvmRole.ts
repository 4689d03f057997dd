/** Credentials of the role that is bound to a CVM instance. */
import { type CredentialSource, type Signer, temporaryKeys, whoOf } from "../../api/credentials";
import { SettingsError } from "../../api/errors";
import { parsedJson } from "../json";
import { assumedRole } from "./assumedRole";
import type { Given } from "./given";
import { keysOfSettings } from "./keys";
import { askMetadata } from "./metadata";
import { profileName, readRegion, readTccliRole } from "./profile";

/**
 * The temporary credentials of the role that is bound to this CVM instance; undefined where there is no
 * metadata service or no role. Throws a NoAnswer where there seems to be one that does not answer well now.
 * Not by the SDK's CvmRoleCredential: that asks without a time limit, by way of `http_proxy`, and keeps a
 * failure for ever.
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

/** A role's name; undefined for anything else, such as the page of a network that wants a login. */
function nameIn(answer: string | undefined): string | undefined {
  const name = answer?.trim() ?? "";
  return /^[\w+=,.@-]{1,128}$/.test(name) ? name : undefined;
}

function keysIn(answer: string) {
  const { Code, ...answered } = Object(parsedJson(answer));
  return Code === "Success" ? temporaryKeys(answered, answered.ExpiredTime) : undefined;
}

/**
 * What was learnt of the account's own number, for the life of the process, so that a role stays the same one
 * in it.
 */
const appIds = new Map<string, string>();

/**
 * The account's own number: roles of the same name in two accounts are told apart by it. "" where it cannot
 * be had.
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

/** The CVM role that the settings name, with the role of the profile on top of it, as the provider has it. */
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

/**
 * The same where the settings ask for it: then it must be there. `otherwise` says what else the user may do.
 */
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
