import { SettingsError } from "./errors";

/** The secret id and key that sign a request, with the token of temporary credentials. */
export interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string;
}

/** Where the credentials of an account come from. */
export interface CredentialSource {
  /** Tells this identity from others in this process. It may hold secrets: never show it. */
  readonly identity: string;
  /** The region that goes with it, where it names one. */
  readonly region?: string | undefined;
  /** Looks the credentials up, each time anew, until `signal` aborts. Throws a CwpError that says what is missing or wrong. */
  find(signal?: AbortSignal): Promise<Found>;
}

/** Credentials, and when they end, in milliseconds since 1970; keys that do not end have no such time. */
export interface Found extends Credentials {
  readonly expiresAt?: number;
}

/** Keys that were given as they are. */
export function givenKeys(keys: Credentials): CredentialSource {
  return { identity: JSON.stringify(keys), find: async () => keys };
}

/** Temporary keys as Tencent Cloud's services name them; undefined if they are not all there. */
export function temporaryKeys(answer: unknown, expiredTime: unknown): Found | undefined {
  const { TmpSecretId: secretId, TmpSecretKey: secretKey, Token: token } = Object(answer);
  if (typeof secretId !== "string" || typeof secretKey !== "string" || typeof token !== "string") {
    return undefined;
  }
  return {
    secretId,
    secretKey,
    token,
    ...(typeof expiredTime === "number" && { expiresAt: expiredTime * 1000 }),
  };
}

/** Temporary credentials are renewed this long before they end, or halfway through a life that is shorter than twice that. */
const RENEW_BEFORE_MS = 300_000;

/** Keeps what a source has found and looks again in time. A failure is not kept, and does no harm while the old ones still work. */
export class Renewing {
  private held: { readonly found: Found; readonly renewAt: number } | undefined;

  constructor(
    private readonly source: CredentialSource,
    private readonly now: () => number = Date.now,
  ) {}

  async get(signal?: AbortSignal): Promise<Credentials> {
    const now = this.now();
    if (this.held && now < this.held.renewAt) {
      return this.held.found;
    }
    try {
      const found = await this.source.find(signal);
      const { expiresAt = Number.POSITIVE_INFINITY } = found;
      this.held = { found, renewAt: expiresAt - Math.min(RENEW_BEFORE_MS, (expiresAt - now) / 2) };
      return found;
    } catch (error) {
      if (this.held && now < (this.held.found.expiresAt ?? 0)) {
        return this.held.found;
      }
      throw error;
    }
  }

  /** Looks again at the next `get`: the service has refused what is held. */
  forget(): void {
    this.held = undefined;
  }
}

/** A value with any other character cannot be sent in a header, and Node would quote it, be it a secret, in its error. */
export function refuseIllegal(setting: string, value: string): void {
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new SettingsError(
      `${setting} holds a character that cannot be right, such as a space, a line break or a typographic dash: copy it again.`,
    );
  }
}

/** Keys that can all be sent. `names` say where each was found, for the error. Throws SettingsError. */
export function legalKeys(
  keys: Credentials,
  names: Readonly<Record<keyof Credentials, string>>,
): Credentials {
  for (const part of ["secretId", "secretKey", "token"] as const) {
    const value = keys[part];
    if (value) {
      refuseIllegal(names[part], value);
    }
  }
  return keys;
}
