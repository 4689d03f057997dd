import type { CwpClient } from "../cwp/client";
import { CwpError, NoAnswer } from "../cwp/errors";
import type { SyncStatus } from "../cwp/status";
import { Announcements } from "./announcements";
import { Arrivals } from "./arrivals";
import type { Clock } from "./clock";
import { endingOf, unfinishedRun } from "./endings";
import { Memory } from "./memory";
import { Pace } from "./pace";
import type { ResourceLog } from "./progress";
import { type Due, dueRequest, longestRequest, nextRequests } from "./requests";
import { nextStep } from "./step";
import type { Turns } from "./turns";
import {
  awaitsRun,
  beginWait,
  caughtUp,
  heard,
  type Reached,
  type Told,
  tell,
  type Wait,
  type Wanted,
} from "./wait";

/** What one call asks for. */
export interface Call extends Wanted {
  /** Is told how the wait goes. */
  readonly log?: ResourceLog;
  /**
   * Ends the call at once: with a WaitError that holds the unfinished run where there is one, else with the
   * signal's reason.
   */
  readonly signal?: AbortSignal;
}

/** What a loop shares with others of its process. */
interface Surroundings {
  readonly turns: Turns;
  readonly clock: Clock;
  /** When resources have come that still wait for their create or update. Default: none have. */
  readonly arrivals?: Arrivals;
  /** Draws numbers from 0 up to 1. Default: Math.random. */
  readonly random?: () => number;
}

interface Waiting {
  wait: Wait;
  readonly log: ResourceLog | undefined;
  said?: string | undefined;
  readonly resolve: (reached: Reached) => void;
  readonly reject: (error: unknown) => void;
}

type Request = Told["request"];

/**
 * What all waits of one account share in this process.
 *
 * There is one stream of requests. Every answer tells all waits whose resources had come when it was asked
 * for, and each judges for itself (wait.ts) what it means for its own run. A request to start a sync serves
 * every wait that is ready for one. Those that come while another's run is in progress ask their first
 * question once it has ended. So N resources cost one sync, those that come too late for it share the next,
 * and none is served by a run that began before it came.
 */
export class SyncLoop {
  private readonly waiting = new Set<Waiting>();
  private readonly memory = new Memory();
  private readonly announcements = new Announcements();
  private serving = false;
  private wakeUp = new AbortController();
  private inFlight = new AbortController();
  /** The request that is under way, as a failure would be told. */
  private underWay: { request: Request; sentAt: number; asks: ReadonlySet<Waiting> } | undefined;
  private lastPollAt = Number.NEGATIVE_INFINITY;
  /** When the last poll was sent whose good answer may be a first one (A1). */
  private lastFirstAt = Number.NEGATIVE_INFINITY;
  private readonly pace: Pace;

  private readonly turns: Turns;
  private readonly clock: Clock;
  private readonly arrivals: Arrivals;

  constructor(
    private readonly client: CwpClient,
    { turns, clock, arrivals = new Arrivals(), random = Math.random }: Surroundings,
  ) {
    this.turns = turns;
    this.clock = clock;
    this.arrivals = arrivals;
    this.pace = new Pace(random);
  }

  /**
   * Resolves with the status that fulfils the call's goal. Rejects with a WaitError, or with the signal's
   * reason.
   */
  async call(call: Call): Promise<SyncStatus> {
    return (await this.reach(call)).status;
  }

  /** The same, and what it took. */
  async reach({ log, signal, ...wanted }: Call): Promise<Reached> {
    signal?.throwIfAborted();
    let leave = () => {};
    const end = new Promise<Reached>((resolve, reject) => {
      const now = this.clock.now();
      const begun = beginWait(wanted, now);
      // A service that has answered others of this process is there.
      const wait = caughtUp(this.memory.hasAnswered ? heard(begun) : begun, this.memory.history);
      const one: Waiting = { wait, log, resolve, reject };
      leave = () => {
        const cut = this.cutShort(one);
        this.remove(one);
        reject(unfinishedRun(cut) ? endingOf(cut, { is: "cancelled" }, this.clock.now()) : signal?.reason);
      };
      this.waiting.add(one);
    });
    signal?.addEventListener("abort", leave, { once: true });
    this.wakeUp.abort();
    if (this.serving) {
      // What is known already need not wait for the request under way.
      this.settle();
    } else {
      this.serving = true;
      this.serve().catch((fault: unknown) => {
        this.serving = false;
        for (const one of this.waiting) {
          this.remove(one);
          one.reject(fault);
        }
      });
    }
    try {
      return await end;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  private async serve(): Promise<void> {
    for (;;) {
      this.settle();
      if (this.waiting.size === 0) {
        this.serving = false;
        this.announcements.forget();
        return;
      }
      const requestAt = Math.min(...this.requests().map(({ at }) => at));
      const statusAt = this.announcements.nextStatusAt(this.waiting, this.clock.now());
      const wait = Math.min(requestAt, statusAt) - this.clock.now();
      if (wait > 0) {
        this.wakeUp = new AbortController();
        await this.clock.sleep(wait, this.wakeUp.signal);
        continue;
      }
      await this.turns.turn();
      // Decided only now: whoever came while this request waited for its turn is served by it too.
      const request = dueRequest(this.requests(), this.clock.now());
      if (request) {
        await this.send(request);
      }
    }
  }

  /** Ends the calls that have come to their end, and tells the others how far they are. */
  private settle(): void {
    const now = this.clock.now();
    this.announcements.lastingRetry(this.waiting, now);
    const succeeded: { one: Waiting; status: SyncStatus }[] = [];
    for (const one of this.waiting) {
      const step = nextStep(one.wait, now);
      if (step.does === "succeed") {
        this.remove(one);
        one.resolve({ status: step.status, account: one.wait.account ?? "", starts: one.wait.starts });
        succeeded.push({ one, status: step.status });
      } else if (step.does === "fail") {
        this.remove(one);
        one.reject(endingOf(one.wait, step.why, now));
      } else {
        this.announcements.status(one, now);
      }
    }
    this.announcements.summaries(succeeded);
  }

  private requests(): Due[] {
    const stream = {
      pace: this.pace,
      lastPollAt: this.lastPollAt,
      recordNewUntil: this.memory.recordNewUntil,
      someoneIsUnheard: this.arrivals.anySince(this.lastFirstAt),
    };
    return nextRequests(
      [...this.waiting].map(({ wait }) => wait),
      stream,
      this.clock.now(),
    );
  }

  private someoneAwaitsRun(): boolean {
    return [...this.waiting].some(({ wait }) => awaitsRun(wait));
  }

  private async send(request: Request): Promise<void> {
    const sentAt = this.clock.now();
    const mayBeFirst = request === "poll" && !this.someoneAwaitsRun();
    const asks = new Set(this.waiting);
    this.underWay = { request, sentAt, asks };
    this.inFlight = new AbortController();
    if (request === "start") {
      this.announcements.repeatedStart(asks, sentAt);
    } else {
      this.lastPollAt = sentAt;
    }
    let outcome: Told["outcome"];
    try {
      const status = await this.client.syncMachines(
        request === "start",
        longestRequest(
          [...asks].map(({ wait }) => wait),
          sentAt,
        ),
        this.inFlight.signal,
      );
      this.lastFirstAt = mayBeFirst ? sentAt : this.lastFirstAt;
      const newestStart = this.memory.newestStartOf(this.client.account);
      outcome = { status, sentAt, at: this.clock.now(), mayBeFirst, newestStart };
    } catch (error) {
      if (!(error instanceof CwpError)) {
        throw error;
      }
      if (this.inFlight.signal.aborted) {
        return;
      }
      outcome = error;
    } finally {
      this.underWay = undefined;
    }
    this.pace.told(outcome, this.clock.now());
    this.tellAll({ request, sentAt, account: this.client.account, outcome }, asks);
  }

  private tellAll(told: Told, asks: ReadonlySet<Waiting>): void {
    this.memory.keep(told);
    for (const one of this.waiting) {
      if (asks.has(one) || one.wait.came < told.sentAt) {
        one.wait = tell(one.wait, told);
      } else if (!(told.outcome instanceof Error)) {
        one.wait = heard(one.wait);
      }
    }
  }

  /** The wait if it ends now: a request to start a sync that is under way may work all the same. */
  private cutShort(one: Waiting): Wait {
    const { underWay } = this;
    if (underWay?.request !== "start" || !underWay.asks.has(one)) {
      return one.wait;
    }
    const outcome = new NoAnswer("Aborted", "");
    return tell(one.wait, { ...underWay, account: this.client.account, outcome });
  }

  private remove(one: Waiting): void {
    this.waiting.delete(one);
    if (this.waiting.size === 0) {
      // Nobody wants the answer any more, and a timer or socket left behind would keep the provider process.
      this.inFlight.abort();
      this.wakeUp.abort();
    }
  }
}
