/**
 * When resources have come. A resource has come once all its inputs are known, so the hosts that it depends
 * on exist then. It may be created much later, since the engine works on a few resources at a time. A sync
 * that began in between counts.
 */
export class Arrivals {
  private readonly moments = new Map<string, number>();

  /**
   * A resource's inputs were accepted; it came at `moment`. Only the latest time before its create or update
   * counts.
   */
  arrived(urn: string, moment: number): void {
    this.moments.set(urn, moment);
  }

  /**
   * When a resource came whose create or update begins now, and no longer waits for it; undefined where
   * nobody knows.
   */
  take(urn: string): number | undefined {
    const moment = this.moments.get(urn);
    this.moments.delete(urn);
    return moment;
  }

  /** Whether one that still waits for its create or update came at this moment or later. */
  anySince(moment: number): boolean {
    return [...this.moments.values()].some((came) => came >= moment);
  }
}
