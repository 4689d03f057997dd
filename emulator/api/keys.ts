/** The key pairs that the emulator accepts, and the accounts that they belong to. */
import { createHash, randomBytes } from "node:crypto";
import { type Defined, omitUndefined } from "./omitUndefined";

/** A key pair that the emulator accepts. */
export interface Account {
  /** The SecretId, by which an account is named. */
  readonly secretId: string;
  /** The SecretKey, with which requests must be signed. */
  readonly secretKey: string;
  /**
   * The session token of a temporary key: each request must carry it as X-TC-Token. Default: the key is
   * permanent, and a request with a token is refused.
   */
  readonly token?: string;
  /**
   * Key pairs with the same name here belong to one account and share its hosts and syncs. Default: the
   * accountId, or else the secretId.
   */
  readonly account?: string;
  /**
   * The account's number (uin), as GetCallerIdentity answers it. Default: the number of the account's other
   * key pairs; or else 100000000001 for the first account, 100000000002 for the second, and so on.
   */
  readonly accountId?: string;
  /** The code that the account's MFA device shows, six digits. Default: any six digits are accepted. */
  readonly tokenCode?: string;
}

/** The identity of a key pair, as GetCallerIdentity answers it. */
export interface Identity {
  readonly Type: "CAMUser" | "CAMRole";
  readonly AccountId: string;
  readonly UserId: string;
  readonly PrincipalId: string;
  readonly Arn: string;
}

/** A known key pair, given or issued. */
export interface Key {
  readonly secretId: string;
  readonly secretKey: string;
  /** Only temporary keys have a token. */
  readonly token?: string;
  /** The account's name. */
  readonly account: string;
  readonly identity: Identity;
  readonly tokenCode?: string;
}

/** A key pair of the emulator's own making, for a while. */
export interface TemporaryKey extends Key {
  readonly token: string;
  /** When it ends, in real time: milliseconds since the epoch. */
  readonly endMs: number;
}

/** A request for a temporary key. */
export interface KeyRequest {
  readonly account: string;
  readonly identity: Identity;
  /** Its lifetime, in real seconds. */
  readonly seconds: number;
}

const FIRST_ACCOUNT_ID = 100_000_000_001;

/** The key pairs that the emulator accepts: given pairs, and temporary pairs that it issued. */
export class Keys {
  /** The key pair that is meant when none is named. */
  readonly first: Key;
  /** The names of the accounts, each once. */
  readonly accountNames: readonly string[];
  private readonly known: ReadonlyMap<string, Key>;
  private readonly accountIds: ReadonlyMap<string, string>;
  private readonly issued = new Map<string, TemporaryKey>();

  /** Throws an Error if one account has two numbers, or two accounts share one. */
  constructor(
    accounts: readonly [Account, ...Account[]],
    private readonly realTime: () => number,
  ) {
    this.accountNames = [...new Set(accounts.map(accountName))];
    this.accountIds = numberAccounts(accounts, this.accountNames);
    const keys = accounts.map((account) => this.keyOf(account));
    this.first = keys[0] ?? this.keyOf(accounts[0]);
    this.known = new Map(keys.map((key) => [key.secretId, key]));
  }

  /** The key pair, even one that has ended; undefined when there never was one. */
  find(secretId: string): Key | undefined {
    return this.known.get(secretId) ?? this.issued.get(secretId);
  }

  /**
   * The name of the account that has this name, this number or this SecretId; undefined when there is none.
   */
  findAccount(nameOrId: string): string | undefined {
    return (
      this.accountNames.find((name) => name === nameOrId || this.accountIds.get(name) === nameOrId) ??
      this.known.get(nameOrId)?.account
    );
  }

  accountId(accountName: string): string {
    return this.accountIds.get(accountName) ?? "";
  }

  hasEnded({ secretId }: Key): boolean {
    return (this.issued.get(secretId)?.endMs ?? Number.POSITIVE_INFINITY) <= this.realTime();
  }

  /** Makes a temporary key. */
  issue({ account, identity, seconds }: KeyRequest): TemporaryKey {
    const key = {
      secretId: `AKID${randomBytes(32).toString("base64url")}`,
      secretKey: randomBytes(32).toString("base64"),
      token: randomBytes(120).toString("base64url"),
      account,
      identity,
      endMs: this.realTime() + seconds * 1000,
    };
    this.issued.set(key.secretId, key);
    return key;
  }

  /** Ends all temporary keys issued so far. */
  endIssued(): void {
    for (const key of this.issued.values()) {
      this.issued.set(key.secretId, { ...key, endMs: Number.NEGATIVE_INFINITY });
    }
  }

  private keyOf(account: Account): Defined<Key> {
    const { secretId, secretKey, token, tokenCode } = account;
    const name = accountName(account);
    const accountId = this.accountId(name);
    return omitUndefined({
      secretId,
      secretKey,
      token,
      tokenCode,
      account: name,
      identity: {
        Type: "CAMUser" as const,
        AccountId: accountId,
        UserId: accountId,
        PrincipalId: accountId,
        Arn: `qcs::cam:${accountId}:uin/${accountId}`,
      },
    });
  }
}

/**
 * The identity of an assumed role. `principalId` is the number of the account whose key asked for it.
 */
export function roleIdentity(
  arn: string,
  sessionName: string,
  accountId: string,
  principalId: string,
): Identity {
  const roleId = roleNumber(arn);
  return {
    Type: "CAMRole",
    AccountId: accountId,
    UserId: `${roleId}:${sessionName}`,
    PrincipalId: principalId,
    Arn: `qcs::sts:${accountId}:assumed-role/${roleId}`,
  };
}

/** The role's number: the number in its ARN, or a number made from its name, always the same. */
function roleNumber(arn: string): string {
  const [, number] = /:role\/(?:.*\/)?(\d+)$/.exec(arn) ?? [];
  const digits = createHash("sha256").update(arn).digest().readUIntBE(0, 5) % 1e9;
  return number ?? `461168601${String(digits).padStart(9, "0")}`;
}

/** The name under which key pairs share a world. */
function accountName({ account, accountId, secretId }: Account): string {
  return account ?? accountId ?? secretId;
}

function numberAccounts(accounts: readonly Account[], names: readonly string[]): Map<string, string> {
  const ids = new Map<string, string>();
  for (const account of accounts) {
    const name = accountName(account);
    const { accountId } = account;
    if (accountId === undefined) {
      continue;
    }
    if ((ids.get(name) ?? accountId) !== accountId) {
      throw new Error(`The account ${name} of the emulator has two accountIds: expected one.`);
    }
    ids.set(name, accountId);
  }
  const taken = new Set(ids.values());
  if (taken.size < ids.size) {
    throw new Error(
      "Two accounts of the emulator have one accountId: expected two accountIds, or one `account`.",
    );
  }
  names.forEach((name, index) => {
    if (!ids.has(name)) {
      const own = firstFree(FIRST_ACCOUNT_ID + index, taken);
      taken.add(own);
      ids.set(name, own);
    }
  });
  return ids;
}

function firstFree(number: number, taken: ReadonlySet<string>): string {
  return taken.has(String(number)) ? firstFree(number + 1, taken) : String(number);
}

/** When a temporary key ends, as STS and the metadata service say it: in whole seconds, rounded down. */
export function expiry({ endMs }: TemporaryKey): { ExpiredTime: number; Expiration: string } {
  const seconds = Math.floor(endMs / 1000);
  return { ExpiredTime: seconds, Expiration: new Date(seconds * 1000).toISOString().replace(".000Z", "Z") };
}
