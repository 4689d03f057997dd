/** Credentials that are kept and renewed. */
import type { CredentialSource, Signer } from "./credentials";

/**
 * Temporary credentials are renewed this long before they end, or halfway through a life that is shorter than
 * twice that.
 */
const RENEW_BEFORE_MS = 300_000;

/**
 * Keeps what a source has found, and finds it again in time. A failure is not kept, and does no harm while
 * the old ones still work.
 */
export class RenewedCredentials {
  private held: { readonly found: Signer; readonly renewAt: number } | undefined;

  constructor(
    private readonly source: CredentialSource,
    private readonly now: () => number = Date.now,
  ) {}

  async get(signal?: AbortSignal): Promise<Signer> {
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

  /** Finds them again at the next `get`: the service has refused what is held. */
  forget(): void {
    this.held = undefined;
  }
}
