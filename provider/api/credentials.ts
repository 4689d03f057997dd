/** Credentials: what they are, where they come from, and whom they stand for. */
import { createHash } from "node:crypto";
import { SettingsError } from "./errors";

/** The secret id and key that sign a request, with the token of temporary credentials. */
export interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string;
}

/** Credentials as a source finds them. */
export interface Signer extends Credentials {
  /** When they end, in milliseconds since 1970. Keys that do not end have no such time. */
  readonly expiresAt?: number;
  /**
   * What tells their account from others, such as the SecretId of permanent keys or the ARN of a role. Never
   * a secret.
   */
  readonly who: string;
  /** Where the user finds them, for an error: `secretId and secretKey in FILE`. Never a secret. */
  readonly source: string;
}

/** Where the credentials of an account come from. */
export interface CredentialSource {
  /** Tells this source from others in this process. It may hold secrets: never show it. */
  readonly identity: string;
  /** The region that goes with it, where it names one. */
  readonly region?: string | undefined;
  /**
   * Finds the credentials again at each call, until `signal` aborts. Throws a CwpError that says what is
   * missing or wrong.
   */
  find(signal?: AbortSignal): Promise<Signer>;
}

/** Keys that were given as they are. */
export function givenKeys(keys: Credentials, source = "given keys"): CredentialSource {
  const found = { ...keys, who: whoOf("keys", keys.secretId), source };
  return { identity: JSON.stringify(keys), find: async () => found };
}

/** Says who signs, as one text: the kind of credentials, and what names their account. */
export function whoOf(kind: "keys" | "login" | "role" | "cvm-role", ...names: readonly string[]): string {
  return JSON.stringify([kind, ...names]);
}

/** A text that stands for an account at an endpoint: the same for the same two, and it gives neither away. */
export function fingerprint(host: string, who: string): string {
  return createHash("sha256")
    .update(JSON.stringify([host, who]))
    .digest("hex")
    .slice(0, 32);
}

/** Temporary keys as Tencent Cloud's services name them; undefined if they are not all there, or cannot be sent. */
export function temporaryKeys(
  answer: unknown,
  expiredTime: unknown,
): (Credentials & Pick<Signer, "expiresAt">) | undefined {
  const { TmpSecretId: secretId, TmpSecretKey: secretKey, Token: token } = Object(answer);
  if (typeof secretId !== "string" || typeof secretKey !== "string" || typeof token !== "string") {
    return undefined;
  }
  if (![secretId, secretKey, token].every((value) => value === "" || isLegal(value))) {
    return undefined;
  }
  return {
    secretId,
    secretKey,
    token,
    ...(typeof expiredTime === "number" && { expiresAt: expiredTime * 1000 }),
  };
}

/**
 * A value with any other character cannot be sent in a header, and Node would quote it, be it a secret, in
 * its error.
 */
function isLegal(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value);
}

/** Throws a SettingsError for a value that cannot be sent in a header. It names the setting only. */
export function refuseIllegal(setting: string, value: string): void {
  if (!isLegal(value)) {
    throw new SettingsError(
      `${setting} holds a character that cannot be right, such as a space, a line break or a typographic dash: copy it again.`,
      "endpoint",
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
