import type { CredentialSource, Signer } from "./credentials";
import { limitTime } from "./timeLimit";

/**
 * Temporary credentials are renewed this long before they end, or at half of a life that is shorter than
 * twice this time.
 */
const RENEW_BEFORE_MS = 300_000;

/** The time limit of a search for credentials, in milliseconds: some ask STS three times. */
const SEARCH_MS = 30_000;

/**
 * Keeps the credentials of a source, and finds them again in time. A failure is not kept, and does no harm
 * while the old credentials still work.
 *
 * All clients that need the credentials share one search at a time: the code of an MFA device works once. So
 * a client that stops waiting for the search does not end it.
 */
export class RenewedCredentials {
  private held: { readonly found: Signer; readonly renewAt: number } | undefined;
  private search: Promise<Signer> | undefined;

  constructor(
    private readonly source: CredentialSource,
    private readonly now: () => number = Date.now,
  ) {}

  /** Returns the credentials. Rejects with the signal's reason if it aborts. */
  async get(signal?: AbortSignal): Promise<Signer> {
    if (this.held && this.now() < this.held.renewAt) {
      return this.held.found;
    }
    this.search ??= this.find().finally(() => {
      this.search = undefined;
    });
    return signal ? untilAborted(this.search, signal) : this.search;
  }

  /** Forgets credentials that the service has refused: the next `get` finds them again. */
  forget(refused: Signer): void {
    if (this.held?.found === refused) {
      this.held = undefined;
    }
  }

  private async find(): Promise<Signer> {
    const now = this.now();
    try {
      const found = await limitTime(SEARCH_MS, undefined, ({ signal }) => this.source.find(signal));
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
}

/** Resolves as the promise does, unless the signal aborts before. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
