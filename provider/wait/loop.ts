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
import { CLOSEST_POLLS_MS } from "./schedule";
import type { Turns } from "./turns";
import {
  awaitsRun,
  beginWait,
  caughtUp,
  heard,
  isDense,
  isLimit,
  knowsNewest,
  nextStep,
  type Step,
  type Told,
  tell,
  toKnowNewestAt,
  type Wait,
  type Wanted,
} from "./wait";

/** What one call asks for. */
export interface Call extends Wanted {
  /** Is told how the wait goes. */
  readonly log?: ResourceLog;
  /** Ends the call at once: with a WaitError that holds the unfinished run where there is one, else with the signal's reason. */
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

/** The longest that one request may take, in milliseconds. */
export const REQUEST_MS = 9_000;
/** A request under way at a deadline is cut there, but is given this long at least. */
export const SHORTEST_REQUEST_MS = 1_000;
/** How long a start may wait for the first answer of those that have just come, so that the sync counts for them too. */
const GATHER_MS = 2_000;

/** How a call ended that fulfilled its goal. */
export interface Reached {
  readonly status: SyncStatus;
  /** The account that has answered (CwpClient.account). */
  readonly account: string;
  /** How many requests to start a sync it took, that of a resumed run included. */
  readonly starts: number;
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
 * There is one stream of requests. Every answer tells all waits whose resources had come when it was asked for, and each judges
 * for itself (wait.ts) what it means for its own run. A request to start a sync serves every wait that is ready for one. Those
 * that come while another's run is in progress ask their first question once it has ended. So N resources cost one sync, those
 * that come too late for it share the next, and none is served by a run that began before it came.
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

  /** Resolves with the status that fulfils the call's goal. Rejects with a WaitError, or with the signal's reason. */
  async call(call: Call): Promise<SyncStatus> {
    return (await this.reach(call)).status;
  }

  /** The same, and what it took. */
  async reach({ log, signal, ...wanted }: Call): Promise<Reached> {
    signal?.throwIfAborted();
    let leave = () => {};
    const end = new Promise<Reached>((resolve, reject) => {
      const wait = caughtUp(beginWait(wanted, this.clock.now()), this.memory.history);
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
    if (!this.serving) {
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
      const now = this.clock.now();
      const wait = Math.min(...this.requests(now).map(({ at }) => at)) - now;
      if (wait > 0) {
        this.wakeUp = new AbortController();
        await this.clock.sleep(wait, this.wakeUp.signal);
        continue;
      }
      await this.turns.turn();
      // Decided only now: whoever came while this request waited for its turn is served by it too.
      const request = this.dueRequest();
      if (request) {
        await this.send(request);
      }
    }
  }

  /** Ends the calls that have come to their end, and tells the others how far they are. */
  private settle(): void {
    const now = this.clock.now();
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

  /** The next request of each wait, at the moment that the pace of all allows. */
  private requests(now: number): { wait: Wait; request: Request; at: number }[] {
    const someoneAwaitsRun = this.someoneAwaitsRun();
    return [...this.waiting].map(({ wait }) => {
      const step = nextStep(wait, now);
      if (!("at" in step)) {
        return { wait, request: "poll", at: now };
      }
      const { request, at } = this.paced(wait, step, now, someoneAwaitsRun);
      // A deadline, and with it the last poll, does not wait for a pause to end.
      return {
        wait,
        request,
        at: Math.min(wait.deadline, Math.max(at, this.pace.restUntil(!knowsNewest(wait)))),
      };
    });
  }

  private paced(
    wait: Wait,
    { does, at }: Extract<Step, { at: number }>,
    now: number,
    someoneAwaitsRun: boolean,
  ): { request: Request; at: number } {
    const spaced = this.lastPollAt + CLOSEST_POLLS_MS;
    if (does === "start") {
      return this.isGathering(wait, now)
        ? { request: "poll", at: spaced }
        : { request: "start", at: Math.max(at, this.memory.recordNewUntil) };
    }
    const others = wait.goal !== "status" && (wait.known.is === "unasked" || wait.known.is === "blocked");
    if (others && someoneAwaitsRun) {
      // Those who wait for the run see its end too. An own question helps only to know which run is the newest.
      return {
        request: "poll",
        at: knowsNewest(wait) ? wait.deadline : Math.max(toKnowNewestAt(wait), spaced),
      };
    }
    return { request: "poll", at: isDense(wait, at) ? at : Math.max(at, spaced) };
  }

  /** Whether resources have had no first answer yet: a sync that starts now could not be told from an older one. */
  private isGathering({ known }: Wait, now: number): boolean {
    const unheard =
      this.arrivals.anySince(this.lastFirstAt) ||
      [...this.waiting].some(({ wait }) => wait.known.is === "unasked");
    return known.is === "idle" && now - known.since < GATHER_MS && unheard && !this.someoneAwaitsRun();
  }

  private someoneAwaitsRun(): boolean {
    return [...this.waiting].some(({ wait }) => awaitsRun(wait));
  }

  private dueRequest(): Request | undefined {
    const now = this.clock.now();
    const due = this.requests(now).filter(({ at }) => at <= now);
    return due.find(({ request }) => request === "start")?.request ?? due[0]?.request;
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
        this.limit(sentAt),
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
    this.keepPace(outcome);
    this.tellAll({ request, sentAt, account: this.client.account, outcome }, asks);
  }

  private tellAll(told: Told, asks: ReadonlySet<Waiting>): void {
    this.memory.keep(told);
    const now = this.clock.now();
    for (const one of this.waiting) {
      if (asks.has(one) || one.wait.came < told.sentAt) {
        one.wait = tell(one.wait, told);
      } else if (!(told.outcome instanceof Error)) {
        one.wait = heard(one.wait, now);
      }
    }
    if (told.outcome instanceof Error) {
      this.announcements.lastingRetry(this.waiting, now);
    }
  }

  private keepPace(outcome: Told["outcome"]): void {
    const now = this.clock.now();
    if (!(outcome instanceof Error)) {
      this.pace.answered(now);
    } else if (isLimit(outcome)) {
      this.pace.refused(now);
    } else {
      this.pace.failed(now);
    }
  }

  /** A request ends by the next deadline, so that the last poll then need not wait for it. A last poll that came late is shorter. */
  private limit(now: number): number {
    const ends = [...this.waiting].map(({ wait: { deadline } }) =>
      deadline > now ? deadline : deadline + REQUEST_MS,
    );
    return Math.min(REQUEST_MS, Math.max(SHORTEST_REQUEST_MS, Math.min(...ends) - now));
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
