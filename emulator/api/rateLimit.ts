/** At most so many requests within any one second, counted apart for each key. Refused requests do not count. */
export class RateLimit {
  readonly #passed = new Map<string, number[]>();

  allows(key: string, perSecond: number, nowMs: number): boolean {
    const recent = (this.#passed.get(key) ?? []).filter((ms) => ms > nowMs - 1000);
    const allowed = recent.length < perSecond;
    this.#passed.set(key, allowed ? [...recent, nowMs] : recent);
    return allowed;
  }
}
