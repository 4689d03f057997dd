import { CLOSEST_MS } from "../run/schedule";
import type { Clock } from "./clock";

/**
 * Spaces out all requests of this process, of all accounts: one every CLOSEST_MS, which is half of what the
 * API allows an account (20 a second).
 */
export class Turns {
  private free = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  /** Resolves when one request may be sent. */
  async turn(): Promise<void> {
    const now = this.clock.now();
    const at = Math.max(now, this.free);
    this.free = at + CLOSEST_MS;
    if (at > now) {
      await this.clock.sleep(at - now);
    }
  }
}
