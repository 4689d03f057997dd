import type { CwpClient } from "../cwp/client";
import { CwpError } from "../cwp/errors";
import type { SyncStatus } from "../cwp/status";
import type { Clock } from "./clock";
import type { Answer } from "./evidence";
import type { Pace } from "./pace";
import { lastingRetry, type ResourceLog, repeatedTrigger, statusOf, summaryOf } from "./progress";
import {
  answered,
  arrive,
  awaitsRun,
  type Caller,
  failed,
  needsTrigger,
  nextStep,
  overheard,
  type Step,
  triggered,
  triggerFailed,
} from "./wait";
import type { UnfinishedRun } from "./waitError";

/** What one call asks for. */
export interface Call {
  readonly goal: Caller["goal"];
  /** How long the call may take, in milliseconds. Its last look is then, and it ends within ten seconds more. */
  readonly timeoutMs: number;
  /** The run to go on waiting for, where an earlier call left one. */
  readonly run?: UnfinishedRun | undefined;
  /** Is told how the wait goes. */
  readonly log?: ResourceLog;
  /** Ends the call at once, with the signal's reason as its error. */
  readonly signal?: AbortSignal;
}

/** The longest that one request may take, in milliseconds. */
export const REQUEST_MS = 9_000;
/** A request under way at a deadline is cut there, but is given this long at least. */
const SHORTEST_REQUEST_MS = 1_000;
/** How long a trigger may wait for the first answer of callers that have just come, so that they can ride on it. */
const GATHER_MS = 2_000;
/** The wait after a first failure, and the longest one. It doubles each time, less a random part of up to a half. */
const BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 8_000;
/** The service writes times in whole seconds: a run within the same second as the one before would leave the same record. */
const RECORD_MS = 1_000;

interface Waiting {
  caller: Caller;
  readonly log: ResourceLog | undefined;
  /** The status that the log was told last. */
  said?: string | undefined;
  readonly resolve: (status: SyncStatus) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The machine syncs of one account, for all callers of this process.
 *
 * There is one stream of requests. Every answer tells all callers that were there when it was asked for, and each judges for
 * itself (wait.ts) what it means for its own run. A trigger serves every caller that is ready for one. Callers that come
 * while another's run is going ask their first question once it has ended. So N callers cost one sync, those that come too
 * late for it share the next, and none is served by a run that began before it came.
 */
export class MachineSyncs {
  private readonly waiting = new Set<Waiting>();
  private serving = false;
  private wakeUp = new AbortController();
  private inFlight = new AbortController();
  private failuresInRow = 0;
  private notBefore = Number.NEGATIVE_INFINITY;
  private newestStart: string | undefined;
  private recordNewUntil = Number.NEGATIVE_INFINITY;
  /** The warnings that were given to those who wait now, or to some before them whom they met. */
  private warned = new Set<string>();

  constructor(
    private readonly client: CwpClient,
    private readonly pace: Pace,
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {}

  /** Resolves with the status that fulfils the call's goal. Rejects with a WaitError, or with the signal's reason. */
  async call({ goal, timeoutMs, run, log, signal }: Call): Promise<SyncStatus> {
    signal?.throwIfAborted();
    let leave = () => {};
    const end = new Promise<SyncStatus>((resolve, reject) => {
      const one = { caller: arrive(goal, this.clock.now(), timeoutMs, run), log, resolve, reject };
      leave = () => {
        this.remove(one);
        reject(signal?.reason);
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
        this.warned.clear();
        return;
      }
      const wait = this.nextRequestAt() - this.clock.now();
      if (wait > 0) {
        this.wakeUp = new AbortController();
        await this.clock.sleep(wait, this.wakeUp.signal);
        continue;
      }
      await this.pace.turn();
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
      const step = nextStep(one.caller, now);
      if (step.does === "succeed") {
        this.remove(one);
        one.resolve(step.status);
        succeeded.push({ one, status: step.status });
      } else if (step.does === "fail") {
        this.remove(one);
        one.reject(step.error);
      } else {
        this.say(one, now);
      }
    }
    for (const goal of ["started", "finished"] as const) {
      const ended = succeeded.filter(({ one }) => one.caller.goal === goal);
      const told = ended.find(({ one }) => one.log);
      told?.one.log?.info(summaryOf(goal, told.status, ended.length));
    }
  }

  private say(one: Waiting, now: number): void {
    const status = statusOf(one.caller, now);
    if (status !== undefined && status !== one.said) {
      one.said = status;
      one.log?.status(status);
    }
  }

  /** One warning of a kind is enough, however many wait. */
  private warn(
    kind: string,
    among: readonly Waiting[],
    text: (caller: Caller, now: number) => string | undefined,
  ): void {
    const now = this.clock.now();
    for (const { caller, log } of this.warned.has(kind) ? [] : among) {
      const warning = log && text(caller, now);
      if (warning) {
        this.warned.add(kind);
        log.warning(warning);
        return;
      }
    }
  }

  private nextRequestAt(): number {
    const now = this.clock.now();
    const due = [...this.waiting].map(({ caller }) => {
      const step = nextStep(caller, now);
      return "at" in step ? this.dueAt(caller, step) : now;
    });
    return Math.min(...due);
  }

  /** A deadline, and with it the last look, does not wait for a back-off to end. */
  private dueAt(caller: Caller, step: Extract<Step, { at: number }>): number {
    const { deadline } = caller;
    if (this.holdsBack(caller, this.clock.now())) {
      return deadline;
    }
    const notBefore =
      step.does === "trigger" ? Math.max(this.notBefore, this.recordNewUntil) : this.notBefore;
    return Math.min(deadline, Math.max(step.at, notBefore));
  }

  /** Whether a caller keeps its first question until the run that others wait for has ended. */
  private holdsBack({ goal, known, deadline }: Caller, now: number): boolean {
    return goal !== "status" && known.is === "unasked" && now < deadline && this.someoneAwaitsRun();
  }

  private someoneAwaitsRun(): boolean {
    return [...this.waiting].some(({ caller }) => awaitsRun(caller));
  }

  private dueRequest(): "look" | "trigger" | undefined {
    const now = this.clock.now();
    let look = false;
    let newcomer = false;
    let readySince = Number.POSITIVE_INFINITY;
    for (const { caller } of this.waiting) {
      const step = nextStep(caller, now);
      if (!("at" in step) || this.dueAt(caller, step) > now) {
        continue;
      }
      if (step.does === "trigger" && caller.known.is === "watching") {
        readySince = Math.min(readySince, caller.known.since);
      } else {
        look = true;
        newcomer ||= caller.known.is === "unasked";
      }
    }
    const ready = readySince < Number.POSITIVE_INFINITY;
    if (ready && !(newcomer && now - readySince < GATHER_MS)) {
      return "trigger";
    }
    return ready || look ? "look" : undefined;
  }

  private async send(request: "look" | "trigger"): Promise<void> {
    const sentAt = this.clock.now();
    const told = [...this.waiting];
    // A first question is a look, and one of its own time: neither a trigger's answer nor one during another's run will do.
    const notYet = new Set(
      told.filter(({ caller }) =>
        request === "trigger" ? caller.known.is === "unasked" : this.holdsBack(caller, sentAt),
      ),
    );
    this.inFlight = new AbortController();
    if (request === "trigger") {
      this.warn("repeated trigger", told, repeatedTrigger);
    }
    try {
      const status = await this.client.syncMachines(
        request === "trigger",
        this.limit(sentAt),
        this.inFlight.signal,
      );
      const answer = { status, sentAt, at: this.clock.now(), newestStart: this.newestStart ?? "" };
      this.note(answer);
      for (const one of told) {
        const wanted = request === "trigger" && needsTrigger(one.caller);
        const tell = notYet.has(one) ? overheard : wanted ? triggered : answered;
        one.caller = tell(one.caller, answer);
      }
    } catch (error) {
      if (!(error instanceof CwpError)) {
        throw error;
      }
      if (this.inFlight.signal.aborted) {
        return;
      }
      this.backOff();
      for (const one of told) {
        const wanted = request === "trigger" && needsTrigger(one.caller);
        one.caller = wanted ? triggerFailed(one.caller, error, sentAt) : failed(one.caller, error, sentAt);
      }
      this.warn("lasting retry", told, lastingRetry);
    }
  }

  /** A request ends by the next deadline, so that the last look then need not wait for it. A last look that came late is shorter. */
  private limit(now: number): number {
    const ends = [...this.waiting].map(({ caller: { deadline } }) =>
      deadline > now ? deadline : deadline + REQUEST_MS,
    );
    return Math.min(REQUEST_MS, Math.max(SHORTEST_REQUEST_MS, Math.min(...ends) - now));
  }

  private note({ status, at }: Answer): void {
    this.failuresInRow = 0;
    this.notBefore = Number.NEGATIVE_INFINITY;
    const { newestStart = status.latestStartTime } = this;
    if (status.latestStartTime > newestStart) {
      this.recordNewUntil = at + RECORD_MS;
    }
    this.newestStart = status.latestStartTime > newestStart ? status.latestStartTime : newestStart;
  }

  private backOff(): void {
    const longest = Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** this.failuresInRow);
    this.failuresInRow += 1;
    this.notBefore = this.clock.now() + longest * (1 - this.random() / 2);
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
