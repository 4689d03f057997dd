/** A limit of requests within any one second, counted apart for each key. Refused requests do not count. */
export class RateLimit {
  private readonly seconds = new Map<string, { passed: number[]; refused: number[] }>();

  /**
   * Counts a request. Returns true in `allowed` if it may pass, and the number of requests in this second.
   */
  count(key: string, perSecond: number, nowMs: number): { allowed: boolean; requests: number } {
    const isRecent = (ms: number) => ms > nowMs - 1000;
    const before = this.seconds.get(key);
    const passed = (before?.passed ?? []).filter(isRecent);
    const refused = (before?.refused ?? []).filter(isRecent);
    const allowed = passed.length < perSecond;
    (allowed ? passed : refused).push(nowMs);
    this.seconds.set(key, { passed, refused });
    return { allowed, requests: passed.length + refused.length };
  }
}
