import { type Found, temporaryKeys } from "../../cwp/credentials";
import { SettingsError } from "../../cwp/errors";

/** The metadata service that every CVM instance can reach, and nothing else. */
export const METADATA_URL = "http://metadata.tencentyun.com";

/** How long the metadata service may take. It answers in milliseconds where there is one. */
const METADATA_MS = 1_500;

/**
 * The temporary credentials of the role that is bound to this CVM instance; undefined where there is no metadata service or no
 * role. Not by the SDK's CvmRoleCredential: that asks without a time limit, by way of `http_proxy`, and keeps a failure for ever.
 */
export async function readCvmRole(role: string | undefined, metadataUrl: string): Promise<Found | undefined> {
  const folder = `${metadataUrl}/latest/meta-data/cam/security-credentials/`;
  const name = role ?? (await ask(folder))?.trim();
  const answer = name ? await ask(folder + encodeURIComponent(name)) : undefined;
  if (answer === undefined) {
    return undefined;
  }
  try {
    const { Code, ...answered } = JSON.parse(answer);
    const found = Code === "Success" ? temporaryKeys(answered, answered.ExpiredTime) : undefined;
    if (found) {
      return found;
    }
  } catch {
    // Said below. The answer may hold a key, so it is not quoted.
  }
  throw new SettingsError(
    `The metadata service gave no credentials for the CVM role "${name}": check in the console that the role is bound to this instance.`,
  );
}

async function ask(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(METADATA_MS), redirect: "error" });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
