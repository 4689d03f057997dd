import type { CredentialSource, Found } from "../../cwp/credentials";
import { NoAnswer, SettingsError } from "../../cwp/errors";
import type { Settings } from "../config";

/** A place to look for credentials: undefined means that there are none. */
export interface Place {
  readonly name: string;
  look(signal?: AbortSignal): Promise<Found | undefined>;
}

/**
 * The credentials of the first place that has some. That place stays: what comes after it may be another account, so it never
 * takes over when a renewal fails. `identity` names all that is searched; `before` are the places that were found empty already.
 */
export function searched(
  identity: string,
  before: readonly string[],
  places: readonly Place[],
  settings: Settings,
): CredentialSource {
  let held: Place | undefined;
  return {
    identity,
    async find(signal) {
      for (const place of held ? [held] : places) {
        const found = await place.look(signal);
        if (found) {
          held = place;
          return found;
        }
      }
      if (held) {
        throw new NoAnswer("NetworkFailure", `There are no credentials any more in ${held.name}.`);
      }
      const names = [...before, ...places.map((place) => place.name)];
      throw new SettingsError(
        `No Tencent Cloud credentials were found. Looked in ${names.join(", then in ")}. Set them with "pulumi config set ${settings.nameOf("secretId")}" and "pulumi config set --secret ${settings.nameOf("secretKey")}".`,
      );
    },
  };
}
