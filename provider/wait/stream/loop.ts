import { CwpError, NoAnswer } from "../../api/errors";
import type { CwpClient } from "../../cwp/client";
import type { SyncStatus } from "../../cwp/status";
import { Announcements } from "../report/announcements";
import { debugLine } from "../report/debugLine";
import { endingOf, unfinishedRun } from "../report/endings";
import type { ResourceLog } from "../report/progress";
import { nextStep } from "../run/step";
import {
  beginWait,
  isAwaitingRun,
  markReachable,
  observe,
  type Reached,
  type Result,
  type Wait,
  type Wanted,
} from "../run/wait";
import type { Clock } from "./clock";
import { Memory } from "./memory";
import { Neighbours } from "./neighbours";
import { Pace } from "./pace";
import { type Due, dueRequest, longestRequest, nextRequests } from "./requests";
import type { Turns } from "./turns";
import { WaitingList } from "./waitingList";

/** The request of a call. */
export interface Call extends Wanted {
  /** Shows the progress of the wait. */
  readonly log?: ResourceLog;
  /**
   * Ends the call at once: with a WaitError that holds the unfinished run if there is one, else with the
   * signal's reason.
   */
  readonly signal?: AbortSignal;
}

/** The parts that a loop shares with others of its process. */
interface Surroundings {
  readonly turns: Turns;
  readonly clock: Clock;
  /** The other loops at the endpoint. Default: there are none. */
  readonly neighbours?: Neighbours;
  /** Draws numbers from 0 up to 1. Default: Math.random. */
  readonly random?: () => number;
}

interface Waiting {
  wait: Wait;
  readonly log: ResourceLog | undefined;
  said?: string | undefined;
}

type Request = Result["request"];

/**
 * The loop that all waits of one account share in this process.
 *
 * There is one stream of requests. Every wait that had begun when a request was sent observes its result, and
 * decides for itself (wait.ts) what it means for its own run. A request to start a sync serves every wait
 * that is ready for one. Waits that begin while another wait's run is in progress have their first poll once
 * it has ended. So N resources cost one sync, resources that Pulumi asks for later share the next, and no
 * wait succeeds on a run that began before it.
 */
export class SyncLoop {
  private readonly waiting = new WaitingList<Waiting, Reached>(
    () => this.serve(),
    () => this.onWaitLeft(),
  );
  private readonly memory = new Memory();
  private readonly announcements = new Announcements();
  private wakeUp = new AbortController();
  private inFlight = new AbortController();
  /** The request that is under way, in the form of its result. */
  private underWay: { request: Request; sentAt: number; asks: ReadonlySet<Waiting> } | undefined;
  private lastPollAt = Number.NEGATIVE_INFINITY;
  private readonly pace: Pace;

  private readonly turns: Turns;
  private readonly clock: Clock;
  private readonly neighbours: Neighbours;

  constructor(
    private readonly client: CwpClient,
    { turns, clock, neighbours = new Neighbours(), random = Math.random }: Surroundings,
  ) {
    this.turns = turns;
    this.clock = clock;
    this.neighbours = neighbours;
    this.pace = new Pace(random);
    neighbours.join(this);
  }

  get waits(): Wait[] {
    return this.waiting.items.map(({ wait }) => wait);
  }

  wake(): void {
    this.wakeUp.abort();
  }

  /**
   * Resolves with the status that reaches the call's goal. Rejects with a WaitError, or with the signal's
   * reason.
   */
  async call(call: Call): Promise<SyncStatus> {
    return (await this.reach(call)).status;
  }

  /** Resolves also with the account and the number of starts. Rejects as `call` does. */
  async reach({ log, signal, ...wanted }: Call): Promise<Reached> {
    const begun = beginWait(wanted, this.clock.now());
    // A service that has answered other waits of this process is there.
    const one: Waiting = { wait: this.memory.hasAnswered ? markReachable(begun) : begun, log };
    const end = this.waiting.join(one, signal, () => {
      const cut = this.cutShort(one);
      return unfinishedRun(cut) ? endingOf(cut, { is: "cancelled" }, this.clock.now()) : signal?.reason;
    });
    this.wake();
    this.neighbours.wakeOthers(this);
    return end;
  }

  private async serve(): Promise<void> {
    for (;;) {
      this.settle();
      if (this.waiting.isEmpty) {
        this.announcements.forget();
        return;
      }
      const requestAt = Math.min(...this.requests().map(({ at }) => at));
      const statusAt = this.announcements.nextStatusAt(this.waiting.items, this.clock.now());
      const wait = Math.min(requestAt, statusAt) - this.clock.now();
      if (wait > 0) {
        this.wakeUp = new AbortController();
        await this.clock.sleep(wait, this.wakeUp.signal);
        continue;
      }
      await this.turns.turn();
      // Decided only now: a wait that began while this request waited for its turn is served by it too.
      const request = dueRequest(this.requests(), this.clock.now());
      if (request) {
        await this.send(request);
      }
    }
  }

  /** Ends the calls whose waits succeed or fail, and shows the progress of the others. */
  private settle(): void {
    const now = this.clock.now();
    this.announcements.warnOfLastingRetry(this.waiting.items, now);
    const succeeded: { one: Waiting; status: SyncStatus }[] = [];
    for (const one of this.waiting.items) {
      const step = nextStep(one.wait, now);
      if (step.does === "succeed") {
        const { account = "", starts } = one.wait;
        this.waiting.resolve(one, { status: step.status, account, starts });
        succeeded.push({ one, status: step.status });
      } else if (step.does === "fail") {
        this.waiting.reject(one, endingOf(one.wait, step.why, now));
      } else {
        this.announcements.showStatus(one, now);
      }
    }
    this.announcements.logSummaries(succeeded);
  }

  private requests(): Due[] {
    const stream = {
      pace: this.pace,
      lastPollAt: this.lastPollAt,
      recordNewUntil: this.memory.recordNewUntil,
      othersAwaitRun: this.neighbours.hasAwaitedRun(this),
      othersAreUnasked: this.neighbours.hasUnasked(this),
    };
    return nextRequests(this.waits, stream, this.clock.now());
  }

  /** True if a wait at the endpoint awaits a run. */
  private isRunAwaited(): boolean {
    return this.waits.some(isAwaitingRun) || this.neighbours.hasAwaitedRun(this);
  }

  private async send(request: Request): Promise<void> {
    const sentAt = this.clock.now();
    const mayBeFirst = request === "poll" && !this.isRunAwaited();
    const asks = new Set(this.waiting.items);
    this.underWay = { request, sentAt, asks };
    this.inFlight = new AbortController();
    if (request === "start") {
      this.announcements.warnOfRepeatedStart(asks, sentAt);
    } else {
      this.lastPollAt = sentAt;
    }
    let outcome: Result["outcome"];
    try {
      const { status, account } = await this.client.syncMachines(
        request === "start",
        longestRequest(
          [...asks].map(({ wait }) => wait),
          sentAt,
        ),
        this.inFlight.signal,
      );
      const newestStart = this.memory.newestStartOf(account);
      outcome = { status, account, sentAt, at: this.clock.now(), mayBeFirst, newestStart };
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
    this.pace.record(outcome, this.clock.now());
    this.observeAll({ request, sentAt, outcome }, asks);
  }

  private observeAll(result: Result, asks: ReadonlySet<Waiting>): void {
    const { outcome } = result;
    const isAnswer = !(outcome instanceof Error);
    if (isAnswer) {
      this.memory.record(outcome);
    }
    for (const one of this.waiting.items) {
      if (asks.has(one)) {
        one.wait = observe(one.wait, result);
        one.log?.debug?.(debugLine(result, one.wait, this.clock.now()));
      } else if (isAnswer) {
        one.wait = markReachable(one.wait);
      }
    }
    this.neighbours.wakeOthers(this);
  }

  /** Returns the wait as it ends now: a request to start a sync that is under way may still work. */
  private cutShort(one: Waiting): Wait {
    const { underWay } = this;
    if (underWay?.request !== "start" || !underWay.asks.has(one)) {
      return one.wait;
    }
    return observe(one.wait, { ...underWay, outcome: new NoAnswer("Aborted", "") });
  }

  private onWaitLeft(): void {
    this.neighbours.wakeOthers(this);
    if (this.waiting.isEmpty) {
      // No wait wants the answer any more, and a timer or socket left behind would keep the provider process.
      this.inFlight.abort();
      this.wake();
    }
  }
}
