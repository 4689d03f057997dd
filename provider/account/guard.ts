import { type CredentialSource, fingerprint } from "../api/credentials";
import { SettingsError } from "../api/errors";
import { accountIdOf, type StsConnection } from "../api/sts";
import type { Settings } from "./config";
import { parseJson } from "./json";

/** The account ids of identities, for the life of the process. Keys are fingerprints. */
const known = new Map<string, string>();

/**
 * Returns a source that gives credentials only if `allowedAccountIds` and `forbiddenAccountIds` let their
 * account pass. It asks STS once for each identity.
 */
export function guardSource(
  source: CredentialSource,
  settings: Settings,
  sts: StsConnection,
): CredentialSource {
  const allowed = accountIds("allowedAccountIds", settings);
  const forbidden = accountIds("forbiddenAccountIds", settings);
  if (allowed.length === 0 && forbidden.length === 0) {
    return source;
  }
  return {
    ...source,
    identity: JSON.stringify(["guarded", source.identity, allowed, forbidden, sts.host]),
    async find(signal) {
      const found = await source.find(signal);
      const key = fingerprint(sts.host, JSON.stringify([source.identity, found.who]));
      const id = known.get(key) ?? (await accountIdOf(sts, found, signal));
      known.set(key, id);
      if (allowed.length > 0 && !allowed.includes(id)) {
        throw new SettingsError(
          `The credentials in use (${found.source}) belong to the account ${id}, but ${settings.nameOf("allowedAccountIds")} allows only ${allowed.join(", ")}. Use the credentials of an account that it allows, or add this one to it.`,
        );
      }
      if (forbidden.includes(id)) {
        throw new SettingsError(
          `The credentials in use (${found.source}) belong to the account ${id}, which ${settings.nameOf("forbiddenAccountIds")} forbids: ${forbidden.join(", ")}. Use the credentials of another account.`,
        );
      }
      return found;
    },
  };
}

/** Reads a list of account ids. `pulumi config set --path` writes them as numbers. */
function accountIds(name: string, settings: Settings): string[] {
  const text = settings.read(name)?.trim();
  if (!text) {
    return [];
  }
  const ids = parseJson(text);
  if (!Array.isArray(ids) || !ids.every((id) => /^\d+$/.test(String(id)))) {
    throw new SettingsError(
      `${settings.nameOf(name)} must be a list of account ids. Set it with "pulumi config set --path ${settings.nameOf(name)}[0] 100000000001".`,
    );
  }
  return ids.map(String);
}
