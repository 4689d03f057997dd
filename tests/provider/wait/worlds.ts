import assert from "node:assert/strict";
import type { CwpClient } from "../../../provider/cwp/client";
import type { SyncStatus } from "../../../provider/cwp/status";
import type { AccountStatus } from "../../../provider/cwp/syncMachines";
import { CLOSEST_MS } from "../../../provider/wait/run/schedule";
import { isAwaitingRun, type Wait } from "../../../provider/wait/run/wait";
import { type UnfinishedRun, WaitError } from "../../../provider/wait/run/waitError";
import { type Call, SyncLoop } from "../../../provider/wait/stream/loop";
import { Neighbours } from "../../../provider/wait/stream/neighbours";
import { Turns } from "../../../provider/wait/stream/turns";
import { VirtualClock } from "../../virtualClock";
import { Account, type AccountOptions, type Logged } from "./account";

/* Lives through a planned world in virtual time, and writes its history down. */

/**
 * A process: one loop, or several as for credentials that were found in several ways, on one of the accounts,
 * until all loops move to another account. Times are in milliseconds.
 */
export interface PlannedProcess {
  readonly account: number;
  readonly moves?: { readonly at: number; readonly to: number } | undefined;
  /** Default: 1. */
  readonly loops?: number | undefined;
}

/** One call of a plan, with the other events of its resource. */
export interface PlannedCall {
  readonly process: number;
  /** The loop of the process. Default: the first. */
  readonly loop?: number | undefined;
  /** The time of its resource's check, and the time from that to the call; undefined: it is not checked. */
  readonly at: number;
  readonly calledAfter?: number | undefined;
  readonly goal: Call["goal"];
  readonly timeoutMs: number;
  readonly abortsAfter?: number | undefined;
  readonly resumes: readonly PlannedResume[];
}

/** The process that resumes an unfinished run of a call, and its way. */
interface PlannedResume {
  readonly process: number;
  readonly loop?: number | undefined;
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
   * The most calls that one process has at the same time, as the engine limits them. Default: any number.
   */
  readonly parallel?: number | undefined;
  readonly random: number;
}

/** The text of a row in place of a warning in these worlds. */
export const WARNING = "a warning";

/** One call with its result. */
export interface Ended {
  readonly call: Call;
  readonly process: number;
  readonly loop: number;
  /** The times of the call and of its end. */
  readonly called: number;
  readonly at: number;
  readonly outcome: { readonly status: SyncStatus } | { readonly error: unknown };
  readonly abortedAt: number | undefined;
  /** The account that answered last, which is also the run's account. */
  readonly account: Account;
  readonly resumes: boolean;
  /** A run that began later counts: the begin of the call that started the run which this call resumes. */
  readonly counts: number;
  /** The texts of its row, one after the other. */
  readonly shown: readonly string[];
}

export interface History {
  readonly plan: Plan;
  readonly accounts: readonly Account[];
  readonly ended: readonly Ended[];
  /** The rest after the last call had ended. */
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

class Process {
  /** The URNs of the resources that were checked, and are not called yet. */
  readonly checked = new Set<string>();
  private readonly loops: readonly Loop[];
  private queue: (() => void)[] = [];
  private slots: number;

  constructor(
    number: number,
    { loops = 1, ...planned }: PlannedProcess,
    accounts: readonly Account[],
    clock: VirtualClock,
    plan: Plan,
  ) {
    const random = draws(plan.random + number);
    const neighbours = new Neighbours(this.checked);
    const surroundings = { turns: new Turns(clock), clock, neighbours, random };
    const present = () => {
      const { account, moves } = planned;
      return accounts[moves && clock.now() >= moves.at ? moves.to : account] ?? assert.fail();
    };
    this.slots = plan.parallel ?? Number.POSITIVE_INFINITY;
    const isRunAwaited = () => this.waits.some(isAwaitingRun);
    this.loops = Array.from(
      { length: loops },
      (_, i) => new Loop(number, i, present, isRunAwaited, surroundings),
    );
  }

  loop(number = 0): Loop {
    return this.loops[number % this.loops.length] ?? assert.fail();
  }

  get waits(): readonly Wait[] {
    return this.loops.flatMap(({ loop }) => loop.waits);
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
}

class Loop {
  readonly loop: SyncLoop;
  /** The account that answered last. */
  answered: Account;

  constructor(
    private readonly process: number,
    readonly number: number,
    private readonly present: () => Account,
    private readonly isRunAwaited: () => boolean,
    surroundings: ConstructorParameters<typeof SyncLoop>[1],
  ) {
    this.answered = present();
    const syncMachines: CwpClient["syncMachines"] = (...request) => this.send(...request);
    this.loop = new SyncLoop({ syncMachines }, surroundings);
  }

  private async send(sync: boolean, timeoutMs: number, signal?: AbortSignal): Promise<AccountStatus> {
    const account = this.present();
    const hasMoved = account !== this.answered;
    const mayBeFirst = !sync && !this.isRunAwaited();
    const isFirst = mayBeFirst && (hasMoved || this.loop.waits.some(({ known }) => known.is === "unasked"));
    const by = { by: this.process, loop: this.number };
    const answer = await account.request({ ...by, sync, isFirst }, timeoutMs, signal);
    this.answered = account;
    return answer;
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
    { process: number, loop, calledAfter, abortsAfter }: Partial<PlannedCall> & { process: number },
    call: Call,
    counts?: number,
  ): Promise<Ended> {
    const process = processOf(number);
    const urn = `urn ${urns++}`;
    if (calledAfter !== undefined) {
      process.checked.add(urn);
      await clock.sleep(calledAfter);
    }
    await process.begin();
    const called = clock.now();
    process.checked.delete(urn);
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
    const its = process.loop(loop);
    const outcome = await its.loop.call({ ...call, log, signal: abort.signal }).then(
      (status) => ({ status }),
      (error: unknown) => ({ error }),
    );
    over.abort();
    process.end();
    const account = its.answered;
    const resumes = call.run?.account === account.name;
    const end = {
      call,
      process: number,
      loop: its.number,
      called,
      at: clock.now(),
      outcome,
      abortedAt,
      account,
      resumes,
      counts: resumes ? (counts ?? called) : called,
      shown,
    };
    ended.push(end);
    return end;
  }

  const calls = plan.calls.map(async (planned) => {
    await clock.sleep(planned.at);
    const { goal, timeoutMs } = planned;
    let end = await one(planned, { goal, timeoutMs });
    let origin = end.called;
    for (const resume of planned.resumes) {
      const run = unfinishedIn(end);
      if (!run) {
        return;
      }
      if (run !== end.call.run && !end.resumes) {
        origin = end.called;
      }
      await clock.sleep(resume.after);
      const { account: _none, ...old } = run;
      end = await one(resume, { goal, timeoutMs: resume.timeoutMs, run: resume.isOld ? old : run }, origin);
    }
  });
  const checks = (plan.neverCreated ?? []).map(async ({ process, at }) => {
    await clock.sleep(at);
    processOf(process).checked.add(`urn ${urns++}`);
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

/** All requests of a process, or of one of its loops, in order. */
export function requestsOf({ accounts }: History, process: number, loop?: number): Logged[] {
  return accounts
    .flatMap(({ log }) => log.filter((sent) => sent.by === process && sent.loop === (loop ?? sent.loop)))
    .sort((one, other) => one.at - other.at);
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
