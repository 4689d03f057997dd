import { randomBytes } from "node:crypto";

/** A key pair that the emulator accepts. */
export interface Account {
  /** The SecretId, by which an account is named. */
  readonly secretId: string;
  /** The SecretKey, with which requests must be signed. */
  readonly secretKey: string;
  /** The session token, for a temporary key: each request must carry it as X-TC-Token. Default: none is asked for. */
  readonly token?: string;
  /** Key pairs with the same name here belong to one account and share its hosts and syncs. Default: the secretId. */
  readonly account?: string;
}

/** A key pair of the emulator's own making, for a while. */
export interface TemporaryKey extends Required<Account> {
  /** When it ends, in real time: milliseconds since the epoch. */
  readonly endMs: number;
}

/** The name under which key pairs share a world. */
export function accountName({ account, secretId }: Account): string {
  return account ?? secretId;
}

/** The key pairs that the emulator accepts: those it was given, and the temporary ones that it issued. */
export class Keys {
  /** The one that is meant when none is named. */
  readonly first: Account;
  readonly accountNames: ReadonlySet<string>;
  readonly #realTime: () => number;
  readonly #given: ReadonlyMap<string, Account>;
  readonly #issued = new Map<string, TemporaryKey>();

  constructor(accounts: readonly [Account, ...Account[]], realTime: () => number) {
    this.#realTime = realTime;
    this.first = accounts[0];
    this.accountNames = new Set(accounts.map(accountName));
    this.#given = new Map(accounts.map((account) => [account.secretId, account]));
  }

  /** The key pair, even one that has ended; undefined when there never was one. */
  find(secretId: string): Account | undefined {
    return this.#given.get(secretId) ?? this.#issued.get(secretId);
  }

  hasEnded({ secretId }: Account): boolean {
    return (this.#issued.get(secretId)?.endMs ?? Number.POSITIVE_INFINITY) <= this.#realTime();
  }

  /** Makes a temporary key of an account (default: the first one's) that ends after so many real seconds. */
  issue(seconds: number, account: string = accountName(this.first)): TemporaryKey {
    const key = {
      secretId: `AKID${randomBytes(32).toString("base64url")}`,
      secretKey: randomBytes(32).toString("base64"),
      token: randomBytes(120).toString("base64url"),
      account,
      endMs: this.#realTime() + seconds * 1000,
    };
    this.#issued.set(key.secretId, key);
    return key;
  }

  /** Ends all temporary keys issued so far. */
  endIssued(): void {
    for (const key of this.#issued.values()) {
      this.#issued.set(key.secretId, { ...key, endMs: Number.NEGATIVE_INFINITY });
    }
  }
}

/** When a temporary key ends, as STS and the metadata service say it: in whole seconds, rounded down. */
export function expiry({ endMs }: TemporaryKey): { ExpiredTime: number; Expiration: string } {
  const seconds = Math.floor(endMs / 1000);
  return { ExpiredTime: seconds, Expiration: new Date(seconds * 1000).toISOString().replace(".000Z", "Z") };
}
