import type { CredentialSource, Found } from "../../cwp/credentials";
import { SettingsError } from "../../cwp/errors";

/** A place to look for credentials: undefined means that there are none. */
export interface Place {
  readonly name: string;
  look(signal?: AbortSignal): Promise<Found | undefined>;
}

/** The credentials of the first place that has some. `before` are the places that were found empty already. */
export function searched(
  before: readonly string[],
  places: readonly Place[],
  region?: string,
): CredentialSource {
  return {
    identity: "searched",
    region,
    async find(signal) {
      for (const place of places) {
        const found = await place.look(signal);
        if (found) {
          return found;
        }
      }
      const names = [...before, ...places.map(({ name }) => name)];
      throw new SettingsError(
        `No Tencent Cloud credentials were found. Looked in ${names.join(", then in ")}. Set them with "pulumi config set tencentcloud:secretId" and "pulumi config set --secret tencentcloud:secretKey".`,
      );
    },
  };
}
