/**
 * The items that wait for the results of one stream of requests. The stream works while an item waits. An
 * error of the stream ends all items.
 */
export class WaitingList<Item, Outcome> {
  private readonly waiting = new Map<Item, Settle<Outcome>>();
  private isWorking = false;

  /** `work` is called again as long as an item waits, and `onLeft` after each item has left the list. */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly onLeft: () => void,
  ) {}

  get items(): Item[] {
    return [...this.waiting.keys()];
  }

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  has(item: Item): boolean {
    return this.waiting.has(item);
  }

  /** Waits until the item is resolved or rejected. If the signal aborts, rejects with what `why` returns. */
  async join(item: Item, signal: AbortSignal | undefined, why: () => unknown): Promise<Outcome> {
    signal?.throwIfAborted();
    const end = new Promise<Outcome>((resolve, reject) => this.waiting.set(item, { resolve, reject }));
    const leave = () => this.reject(item, why());
    signal?.addEventListener("abort", leave, { once: true });
    if (!this.isWorking) {
      void this.keepWorking();
    }
    try {
      return await end;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  resolve(item: Item, outcome: Outcome): void {
    this.remove(item)?.resolve(outcome);
  }

  reject(item: Item, error: unknown): void {
    this.remove(item)?.reject(error);
  }

  rejectAll(error: unknown): void {
    for (const item of this.items) {
      this.reject(item, error);
    }
  }

  private remove(item: Item): Settle<Outcome> | undefined {
    const settle = this.waiting.get(item);
    if (this.waiting.delete(item)) {
      this.onLeft();
    }
    return settle;
  }

  private async keepWorking(): Promise<void> {
    this.isWorking = true;
    try {
      while (!this.isEmpty) {
        await this.work();
      }
    } catch (fault) {
      this.rejectAll(fault);
    }
    this.isWorking = false;
  }
}

interface Settle<Outcome> {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}
