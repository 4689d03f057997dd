import { createHash } from "node:crypto";
import { SettingsError } from "./errors";

/** The secret id and key that sign a request, with the token of temporary credentials. */
export interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string;
}

/** The credentials that a source finds. */
export interface Signer extends Credentials {
  /** Their end, in milliseconds since 1970; undefined for keys that do not end. */
  readonly expiresAt?: number;
  /**
   * The identity of their account, such as the SecretId of permanent keys or the ARN of a role. Never a
   * secret.
   */
  readonly who: string;
  /**
   * The place in which the user finds them, for an error: `secretId and secretKey in FILE`. Never a secret.
   */
  readonly source: string;
}

/** The source of an account's credentials. */
export interface CredentialSource {
  /** Identifies this source in this process. It may hold secrets: never show it. */
  readonly identity: string;
  /** The region, if the source names a region. */
  readonly region?: string | undefined;
  /**
   * Finds the credentials again at each call, until `signal` aborts. Throws a CwpError that says what is
   * missing or wrong.
   */
  find(signal?: AbortSignal): Promise<Signer>;
}

/** Returns the source of keys that were given as they are. */
export function givenKeys(keys: Credentials, source = "given keys"): CredentialSource {
  const found = { ...keys, who: whoOf("keys", keys.secretId), source };
  return { identity: JSON.stringify(keys), find: async () => found };
}

/** Identifies the signer in a text: the kind of credentials, and the names of their account. */
export function whoOf(kind: "keys" | "login" | "role" | "cvm-role", ...names: readonly string[]): string {
  return JSON.stringify([kind, ...names]);
}

/** Hashes an account and an endpoint: the same text for the same two, which shows neither. */
export function fingerprint(host: string, who: string): string {
  return createHash("sha256")
    .update(JSON.stringify([host, who]))
    .digest("hex")
    .slice(0, 32);
}

/** Reads temporary keys from an answer of Tencent Cloud; undefined if a key is missing or cannot be sent. */
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
 * Returns true if a value can be sent in a header. Else Node would quote it in its error, even if it is a
 * secret.
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

/**
 * Returns the keys if they can all be sent. `names` are the settings of the keys, for the error. Throws
 * SettingsError.
 */
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
