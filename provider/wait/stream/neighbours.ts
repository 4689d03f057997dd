import { isAwaitingRun, type Wait } from "../run/wait";
import { isUnasked } from "./requests";

/** The part of a stream of requests that its neighbours know. */
interface Stream {
  readonly waits: readonly Wait[];
  /** Decides again what to send next, and when. */
  wake(): void;
}

/**
 * The streams of this process at one endpoint. Credentials that were found in two ways have two streams, but
 * may belong to one account: then one stream may start the run that the other stream sees.
 */
export class Neighbours {
  private readonly streams = new Set<Stream>();

  /** `checked` holds the URNs of resources that Pulumi is about to create or update, at any endpoint. */
  constructor(private readonly checked: ReadonlySet<string> = new Set()) {}

  join(stream: Stream): void {
    this.streams.add(stream);
  }

  /** True if a wait of another stream awaits a run. */
  hasAwaitedRun(stream: Stream): boolean {
    return this.others(stream).some(({ waits }) => waits.some(isAwaitingRun));
  }

  /** True if waits are about to begin, or some of another stream have no first answer. */
  hasUnasked(stream: Stream): boolean {
    return this.checked.size > 0 || this.others(stream).some(({ waits }) => waits.some(isUnasked));
  }

  /** The waits of a stream have changed. */
  wakeOthers(stream: Stream): void {
    for (const other of this.others(stream)) {
      other.wake();
    }
  }

  private others(stream: Stream): Stream[] {
    return [...this.streams].filter((other) => other !== stream);
  }
}
