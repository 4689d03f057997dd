import type { Step } from "../run/step";
import type { Wait } from "../run/wait";
import { lastingRetry, RETRYING, type ResourceLog, repeatedStart, rowStatus, summaryOf } from "./progress";

/** A wait, and where its resource's messages go. */
interface Listener {
  readonly wait: Wait;
  readonly log: ResourceLog | undefined;
  /** The status that the log was told last. */
  said?: string | undefined;
}

/** A wait that has ended well. */
interface Succeeded {
  readonly one: Listener;
  readonly status: Extract<Step, { does: "succeed" }>["status"];
}

/**
 * Tells the resources' logs how their waits go: a status on change only, a warning or a summary once for all.
 */
export class Announcements {
  /** The kinds of warnings that were given to those who wait now, or to some before them whom they met. */
  private warned = new Set<string>();

  status(one: Listener, now: number): void {
    const text = rowStatus(one.wait, now)?.text;
    if (text !== undefined && text !== one.said) {
      one.said = text;
      one.log?.status(text);
    }
  }

  /** When the status of one of them changes though nothing new is heard. */
  nextStatusAt(among: Iterable<Listener>, now: number): number {
    const told = [...among].filter(({ log }) => log);
    return Math.min(...told.map(({ wait }) => rowStatus(wait, now)?.until ?? Number.POSITIVE_INFINITY));
  }

  summaries(succeeded: readonly Succeeded[]): void {
    for (const goal of ["started", "finished"] as const) {
      const ended = succeeded.filter(({ one }) => one.wait.goal === goal);
      const told = ended.find(({ one }) => one.log);
      if (told) {
        told.one.log?.info(summaryOf(goal, told.status, ended.length));
      }
    }
  }

  repeatedStart(among: Iterable<Listener>, now: number): void {
    this.warn("repeated start", among, now, repeatedStart);
  }

  lastingRetry(among: Iterable<Listener>, now: number): void {
    const warned = this.warn("lasting retry", among, now, lastingRetry);
    if (warned) {
      warned.said = RETRYING;
    }
  }

  /** Nobody waits any more: those who come later are told again. */
  forget(): void {
    this.warned.clear();
  }

  /** Tells one of them. */
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
