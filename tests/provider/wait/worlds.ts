import assert from "node:assert/strict";
import type { SyncStatus } from "../../../provider/cwp/status";
import { Arrivals } from "../../../provider/wait/arrivals";
import { type Call, SyncLoop } from "../../../provider/wait/loop";
import { CLOSEST_MS } from "../../../provider/wait/schedule";
import { Turns } from "../../../provider/wait/turns";
import type { Wait } from "../../../provider/wait/wait";
import { type UnfinishedRun, WaitError } from "../../../provider/wait/waitError";
import { VirtualClock } from "../../virtualClock";
import { Account, type AccountOptions, type Logged } from "./account";

/* Lives through a planned world in virtual time, and writes its history down. */

/**
 * A process: a loop of its own, on one of the accounts, until it moves to another one. Times are in
 * milliseconds.
 */
export interface PlannedProcess {
  readonly account: number;
  readonly moves?: { readonly at: number; readonly to: number } | undefined;
}

/** One call of a plan, with what its caller does beside waiting. */
export interface PlannedCall {
  readonly process: number;
  /**
   * When its resource comes, and how much later it is called; undefined: its resource comes with the call.
   */
  readonly at: number;
  readonly calledAfter?: number | undefined;
  /** Its inputs are accepted once before, this much earlier, as when the engine checks a resource twice. */
  readonly checkedBefore?: number | undefined;
  readonly goal: Call["goal"];
  readonly timeoutMs: number;
  readonly abortsAfter?: number | undefined;
  readonly resumes: readonly PlannedResume[];
}

/** When a call leaves an unfinished run: which process resumes it, and how. */
interface PlannedResume {
  readonly process: number;
  readonly after: number;
  readonly calledAfter?: number | undefined;
  readonly timeoutMs: number;
  /** The run names no account, as version 0.1.0 wrote it. */
  readonly isOld?: boolean;
}

export interface Plan {
  readonly accounts: readonly Omit<AccountOptions, "clock" | "isFirstQuestion" | "name">[];
  readonly processes: readonly PlannedProcess[];
  readonly calls: readonly PlannedCall[];
  /** Resources that are checked and never created. */
  readonly neverCreated?: readonly { readonly process: number; readonly at: number }[];
  /**
   * How many calls one process has at the same time at most, as the engine limits them. Default: any number.
   */
  readonly parallel?: number | undefined;
  readonly random: number;
}

/** What a row shows in these worlds in place of a warning. */
export const WARNING = "a warning";

/** One call as it went. */
export interface Ended {
  readonly call: Call;
  readonly process: number;
  /** When its resource came, when it was called and when it ended. */
  readonly came: number;
  readonly called: number;
  readonly at: number;
  readonly outcome: { readonly status: SyncStatus } | { readonly error: unknown };
  readonly abortedAt: number | undefined;
  /** The account that answered last, and the run's account is that one too. */
  readonly account: Account;
  readonly resumes: boolean;
  /**
   * A run that began later counts: when the resource came first for which the run was started that it
   * resumes.
   */
  readonly counts: number;
  /** What its row showed, one after the other. */
  readonly shown: readonly string[];
}

export interface History {
  readonly plan: Plan;
  readonly accounts: readonly Account[];
  readonly ended: readonly Ended[];
  /** As it was when the last call had ended. */
  readonly left: {
    readonly sleepers: number;
    readonly inFlight: number;
    readonly requests: number;
    readonly waits: number;
  };
}

/** A linear congruential generator (Numerical Recipes' constants). */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * A private part of the loop. The world must know what the loop knows, to tell the truth exactly where A1
 * says so.
 */
function inside<T>(loop: SyncLoop, name: string): T {
  const part: T | undefined = Reflect.get(loop, name);
  assert.ok(part !== undefined, `SyncLoop has no "${name}" any more: tests/provider/wait/worlds.ts reads it`);
  return part;
}

class Process {
  readonly loop: SyncLoop;
  readonly arrivals = new Arrivals();
  /** The account that was asked last, and the one that answered last. */
  private asked: Account;
  answered: Account;
  /** The resources that wait for their call, and those of them that have had no first answer. */
  private readonly pending = new Map<string, number>();
  private readonly unheard = new Map<string, number>();
  private queue: (() => void)[] = [];
  private slots: number;

  constructor(
    private readonly number: number,
    private readonly planned: PlannedProcess,
    private readonly accounts: readonly Account[],
    private readonly clock: VirtualClock,
    plan: Plan,
  ) {
    const process = this;
    this.asked = this.present;
    this.answered = this.present;
    this.slots = plan.parallel ?? Number.POSITIVE_INFINITY;
    this.loop = new SyncLoop(
      {
        get account() {
          return process.asked.account;
        },
        syncMachines: (sync, timeoutMs, signal) => process.send(sync, timeoutMs, signal),
      },
      { turns: new Turns(clock), clock, arrivals: this.arrivals, random: draws(plan.random + number) },
    );
  }

  get waits(): readonly Wait[] {
    return [...inside<Iterable<{ wait: Wait }>>(this.loop, "waiting")].map(({ wait }) => wait);
  }

  checked(urn: string): void {
    this.arrivals.arrived(urn, this.clock.now());
    this.pending.set(urn, this.clock.now());
    this.unheard.set(urn, this.clock.now());
  }

  /** Waits until the engine has room for one more call. */
  async begin(): Promise<void> {
    if (this.slots === 0) {
      await new Promise<void>((resolve) => {
        this.queue.push(resolve);
      });
    }
    this.slots -= 1;
  }

  end(): void {
    this.slots += 1;
    this.queue.shift()?.();
  }

  /** When the resource came whose call begins now. */
  take(urn: string): number | undefined {
    this.pending.delete(urn);
    this.unheard.delete(urn);
    return this.arrivals.take(urn);
  }

  private get present(): Account {
    const { account, moves } = this.planned;
    const index = moves && this.clock.now() >= moves.at ? moves.to : account;
    const present = this.accounts[index];
    assert.ok(present);
    return present;
  }

  private async send(sync: boolean, timeoutMs: number, signal?: AbortSignal): Promise<SyncStatus> {
    const account = this.present;
    const hasMoved = account !== this.answered;
    const sentAt = this.clock.now();
    const mayBeFirst = !sync && !inside<() => boolean>(this.loop, "someoneAwaitsRun").call(this.loop);
    const isFirst = mayBeFirst && (hasMoved || this.asksFirst(sentAt));
    this.asked = account;
    const status = await account.request({ by: this.number, sync, isFirst }, timeoutMs, signal);
    this.answered = account;
    if (hasMoved) {
      // What was heard of another account is worth nothing on this one.
      this.pending.forEach((came, urn) => {
        this.unheard.set(urn, came);
      });
    }
    if (mayBeFirst) {
      for (const [urn, came] of this.unheard) {
        if (came < sentAt) {
          this.unheard.delete(urn);
        }
      }
    }
    return status;
  }

  /**
   * Whether a poll of this moment is the first question of a wait, or of a resource that waits for its call.
   */
  private asksFirst(now: number): boolean {
    return (
      this.waits.some(({ known }) => known.is === "unasked") ||
      [...this.unheard.values()].some((came) => came < now)
    );
  }
}

export async function live(plan: Plan): Promise<History> {
  const clock = new VirtualClock();
  const accounts = plan.accounts.map(
    ({ faults, ...options }, i) =>
      new Account({
        clock,
        ...options,
        faults: { ...faults, random: draws(plan.random + i) },
        name: `account ${i}`,
      }),
  );
  const processes = plan.processes.map((planned, i) => new Process(i, planned, accounts, clock, plan));
  const ended: Ended[] = [];
  let left: History["left"] | undefined;
  let urns = 0;

  const processOf = (number: number) => {
    const process = processes[number];
    assert.ok(process);
    return process;
  };

  /** Waits until the resource is called, and then until its call ends. */
  async function one(
    { process: number, calledAfter, abortsAfter }: Partial<PlannedCall> & { process: number },
    wanted: Call,
    counts?: number,
    checkedBefore?: number,
  ): Promise<Ended> {
    const process = processOf(number);
    const urn = `urn ${urns++}`;
    if (checkedBefore !== undefined) {
      process.checked(urn);
      await clock.sleep(checkedBefore);
    }
    if (calledAfter !== undefined) {
      process.checked(urn);
      await clock.sleep(calledAfter);
    }
    await process.begin();
    const called = clock.now();
    const came = process.take(urn);
    const call = { ...wanted, came };
    const abort = new AbortController();
    const over = new AbortController();
    let abortedAt: number | undefined;
    if (abortsAfter !== undefined) {
      void clock.sleep(abortsAfter, over.signal).then(() => {
        if (!over.signal.aborted) {
          abortedAt = clock.now();
          abort.abort(new Error("aborted"));
        }
      });
    }
    const shown: string[] = [];
    const show = (text: string) => void shown.push(text);
    const log = { status: show, warning: () => show(WARNING), info() {} };
    const outcome = await process.loop.call({ ...call, log, signal: abort.signal }).then(
      (status) => ({ status }),
      (error: unknown) => ({ error }),
    );
    over.abort();
    process.end();
    const account = process.answered;
    const resumes = call.run?.account === account.account;
    const end = {
      call,
      process: number,
      came: came ?? called,
      called,
      at: clock.now(),
      outcome,
      abortedAt,
      account,
      resumes,
      counts: resumes ? (counts ?? called) : (came ?? called),
      shown,
    };
    ended.push(end);
    return end;
  }

  const calls = plan.calls.map(async (planned) => {
    await clock.sleep(planned.at);
    const { goal, timeoutMs, checkedBefore } = planned;
    let end = await one(planned, { goal, timeoutMs }, undefined, checkedBefore);
    let origin = end.came;
    for (const resume of planned.resumes) {
      const run = unfinishedIn(end);
      if (!run) {
        return;
      }
      if (run !== end.call.run && !end.resumes) {
        origin = end.came;
      }
      await clock.sleep(resume.after);
      const { account: _none, ...old } = run;
      end = await one(resume, { goal, timeoutMs: resume.timeoutMs, run: resume.isOld ? old : run }, origin);
    }
  });
  const checks = (plan.neverCreated ?? []).map(async ({ process, at }) => {
    await clock.sleep(at);
    processOf(process).checked(`urn ${urns++}`);
  });
  void Promise.all([...calls, ...checks]).then(() => {
    left = {
      sleepers: clock.pending.filter((wakesAt) => wakesAt > clock.now() + CLOSEST_MS).length,
      inFlight: sum(accounts.map(({ inFlight }) => inFlight)),
      requests: sum(accounts.map(({ log }) => log.length)),
      waits: sum(processes.map(({ waits }) => waits.length)),
    };
  });
  await clock.run();
  assert.ok(left, "a call never ends");
  return { plan, accounts, ended, left };
}

export function unfinishedIn({ outcome }: Ended): UnfinishedRun | undefined {
  const error = "error" in outcome ? outcome.error : undefined;
  return error instanceof WaitError ? error.unfinished : undefined;
}

/** All requests of a process, in order. */
export function requestsOf({ accounts }: History, process: number): Logged[] {
  return accounts
    .flatMap(({ log }) => log.filter(({ by }) => by === process))
    .sort((one, other) => one.at - other.at);
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
