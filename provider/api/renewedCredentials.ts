/** Credentials that are kept and renewed. */
import type { CredentialSource, Signer } from "./credentials";
import { limitTime } from "./timeLimit";

/**
 * Temporary credentials are renewed this long before they end, or halfway through a life that is shorter than
 * twice that.
 */
const RENEW_BEFORE_MS = 300_000;

/** How long one search for credentials may take, in milliseconds: some have to ask STS three times. */
const SEARCH_MS = 30_000;

/**
 * Keeps what a source has found, and finds it again in time. A failure is not kept, and does no harm while
 * the old ones still work.
 *
 * There is one search at a time, which all clients that need the credentials share: the code of an MFA device
 * serves once. So a client that stops waiting for the search does not end it.
 */
export class RenewedCredentials {
  private held: { readonly found: Signer; readonly renewAt: number } | undefined;
  private search: Promise<Signer> | undefined;

  constructor(
    private readonly source: CredentialSource,
    private readonly now: () => number = Date.now,
  ) {}

  /** Rejects with the signal's reason once that aborts. */
  async get(signal?: AbortSignal): Promise<Signer> {
    if (this.held && this.now() < this.held.renewAt) {
      return this.held.found;
    }
    this.search ??= this.find().finally(() => {
      this.search = undefined;
    });
    return signal ? untilAborted(this.search, signal) : this.search;
  }

  /** Finds them again at the next `get`: the service has refused these. */
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
