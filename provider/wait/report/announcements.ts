import type { Step } from "../run/step";
import type { Wait } from "../run/wait";
import { lastingRetry, RETRYING, type ResourceLog, repeatedStart, rowStatus, summaryOf } from "./progress";

/** A wait, and the log of its resource. */
interface Listener {
  readonly wait: Wait;
  readonly log: ResourceLog | undefined;
  /** The status that the log shows. */
  said?: string | undefined;
}

/** A wait that has ended well. */
interface Succeeded {
  readonly one: Listener;
  readonly status: Extract<Step, { does: "succeed" }>["status"];
}

/**
 * Writes the progress of waits to the logs of their resources: a status only when it changes, a warning or a
 * summary once for all waits.
 */
export class Announcements {
  /** The kinds of warnings that were given since a wait began while no other waited. */
  private warned = new Set<string>();

  showStatus(one: Listener, now: number): void {
    const text = rowStatus(one.wait, now)?.text;
    if (text !== undefined && text !== one.said) {
      one.said = text;
      one.log?.status(text);
    }
  }

  /** Returns the moment at which the status of a wait changes even without a new answer. */
  nextStatusAt(among: Iterable<Listener>, now: number): number {
    const logged = [...among].filter(({ log }) => log);
    return Math.min(...logged.map(({ wait }) => rowStatus(wait, now)?.until ?? Number.POSITIVE_INFINITY));
  }

  logSummaries(succeeded: readonly Succeeded[]): void {
    for (const goal of ["started", "finished"] as const) {
      const ended = succeeded.filter(({ one }) => one.wait.goal === goal);
      const first = ended.find(({ one }) => one.log);
      if (first) {
        first.one.log?.info(summaryOf(goal, first.status, ended.length));
      }
    }
  }

  warnOfRepeatedStart(among: Iterable<Listener>, now: number): void {
    this.warn("repeated start", among, now, repeatedStart);
  }

  warnOfLastingRetry(among: Iterable<Listener>, now: number): void {
    const warned = this.warn("lasting retry", among, now, lastingRetry);
    if (warned) {
      warned.said = RETRYING;
    }
  }

  /** No wait is left: later waits get each warning again. */
  forget(): void {
    this.warned.clear();
  }

  /** Warns in the first log whose wait has something to warn of. */
  private warn(
    kind: string,
    among: Iterable<Listener>,
    now: number,
    text: (wait: Wait, now: number) => string | undefined,
  ): Listener | undefined {
    if (this.warned.has(kind)) {
      return undefined;
    }
    for (const one of among) {
      const warning = one.log && text(one.wait, now);
      if (warning) {
        this.warned.add(kind);
        one.log.warning(warning);
        return one;
      }
    }
    return undefined;
  }
}
