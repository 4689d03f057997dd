import { ApiError, CwpError } from "../../api/errors";
import type { MachineClient } from "../../cwp/client";
import { ALL_REGIONS, type Machine, type MachinePage } from "../../cwp/describeMachines";
import { addFailure, errorOf, type FailureRow, isOver } from "../run/failureRow";
import type { Clock } from "./clock";
import { Pace } from "./pace";
import { longestRequest } from "./requests";
import { beginSearch, learnPage, narrow, nextPart, type Part, type Search } from "./search";
import type { Turns } from "./turns";
import { WaitingList } from "./waitingList";

/** The result of a look-up. */
export interface LookedUp {
  readonly found: ReadonlyMap<string, Machine>;
  /** All requests that did not show the missing hosts were sent at this moment or later. */
  readonly askedAt: number;
  /** The account that has answered. */
  readonly account: string;
}

/** The bounds of a look-up. */
export interface LookUpLimits {
  /** The moment of the last request, on the list's clock. Then it gives up. */
  readonly deadline: number;
  /** The service has answered before, for example to the wait. Default: only if it has answered a look-up. */
  readonly isReached?: boolean;
  /** Ends it at once, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

interface Surroundings {
  readonly turns: Turns;
  readonly clock: Clock;
  /** The region to ask for if the service refuses to list all regions at once. */
  readonly region?: string | undefined;
  readonly random?: () => number;
}

/** A look-up of some hosts in CWP's list. */
interface Want {
  readonly ids: ReadonlySet<string>;
  readonly since: number;
  readonly deadline: number;
  readonly isReached: boolean;
  found: Map<string, Machine>;
  /** The failures since the last good answer to any look-up of this process. */
  failures: FailureRow | undefined;
}

/**
 * CWP's list of machines, in which all waits of one account in this process look up their hosts.
 *
 * There is one stream of requests, at a pace of its own, since the API counts each action apart. A search
 * (search.ts) looks for all ids that are wanted when it begins, each id once. Look-ups that begin meanwhile
 * observe what it still shows, and share the next one.
 */
export class MachineList {
  private readonly wants = new WaitingList<Want, LookedUp>(
    () => this.search(),
    () => this.onLookUpLeft(),
  );
  private wakeUp = new AbortController();
  private inFlight = new AbortController();
  private region = ALL_REGIONS;
  private totals: Search["totals"] = new Map();
  /** The service has answered, if only with an error. */
  private isReached = false;
  private askedAt = Number.NEGATIVE_INFINITY;
  private account: string | undefined;
  private readonly pace: Pace;

  constructor(
    private readonly client: MachineClient,
    private readonly surroundings: Surroundings,
  ) {
    this.pace = new Pace(surroundings.random ?? Math.random);
  }

  /** Looks up each of the hosts once. Rejects with a CwpError, or with the signal's reason. */
  async lookUp(
    ids: Iterable<string>,
    { deadline, isReached = false, signal }: LookUpLimits,
  ): Promise<LookedUp> {
    const want: Want = {
      ids: new Set(ids),
      since: this.surroundings.clock.now(),
      deadline,
      isReached,
      found: new Map(),
      failures: undefined,
    };
    const end = this.wants.join(want, signal, () => signal?.reason);
    this.wakeUp.abort();
    return end;
  }

  /**
   * Looks for all ids that are wanted now. Ends early if no look-up wants them any more, or another account
   * answers.
   */
  private async search(): Promise<void> {
    // Waits whose runs end at the same moment look up in the same turn of the event loop, and share the
    // search.
    await this.surroundings.clock.sleep(0);
    const asks = this.wants.items;
    const askedAt = this.surroundings.clock.now();
    const wanted = new Set(asks.flatMap(({ ids, found }) => [...ids].filter((id) => !found.has(id))));
    let search = beginSearch(wanted, this.totals);
    for (;;) {
      search = narrow(search, (id) => asks.some((want) => this.wants.has(want) && want.ids.has(id)));
      const part = nextPart(search);
      if (!part) {
        break;
      }
      const answer = await this.ask(part);
      if (!answer || this.isAnotherAccount(answer.page.account)) {
        return;
      }
      this.recordPage(answer.page.machines, answer.sentAt);
      try {
        search = learnPage(search, part, answer.page);
      } catch (error) {
        this.wants.rejectAll(error);
        return;
      }
      this.totals = search.totals;
    }
    for (const want of asks) {
      this.resolve(want, askedAt);
    }
  }

  /** Sends the question until it is answered. Undefined if no look-up waits for the answer any more. */
  private async ask(part: Part): Promise<{ page: MachinePage; sentAt: number } | undefined> {
    const { clock, turns, region: other } = this.surroundings;
    let { region } = this;
    for (;;) {
      this.endLate();
      if (this.wants.isEmpty) {
        return undefined;
      }
      const now = clock.now();
      // A deadline, and with it the last request, does not wait for a pause to end.
      const pause =
        Math.min(this.pace.restUntil(false), ...this.wants.items.map(({ deadline }) => deadline)) - now;
      if (pause > 0) {
        this.wakeUp = new AbortController();
        await clock.sleep(pause, this.wakeUp.signal);
        continue;
      }
      await turns.turn();
      const sentAt = clock.now();
      this.askedAt = sentAt;
      this.inFlight = new AbortController();
      try {
        const page = await this.client.describeMachines(
          { ...part, region },
          longestRequest(this.wants.items, sentAt),
          this.inFlight.signal,
        );
        this.region = region;
        this.isReached = true;
        for (const want of this.wants.items) {
          want.failures = undefined;
        }
        this.pace.answered(clock.now());
        return { page, sentAt };
      } catch (error) {
        if (!(error instanceof CwpError)) {
          throw error;
        }
        if (this.inFlight.signal.aborted) {
          return undefined;
        }
        if (region === ALL_REGIONS && other !== undefined && isParameterRefused(error)) {
          region = other;
          continue;
        }
        this.recordFailure(error, sentAt);
      }
    }
  }

  private recordFailure(error: CwpError, sentAt: number): void {
    const now = this.surroundings.clock.now();
    this.pace.record(error, now);
    this.isReached ||= error instanceof ApiError;
    for (const want of this.wants.items) {
      if (want.since > sentAt) {
        continue;
      }
      want.failures = addFailure(want.failures, error, sentAt);
      if (isOver(want.failures, this.isReached || want.isReached)) {
        this.wants.reject(want, errorOf(want.failures, now));
      }
    }
  }

  /**
   * Records what a page shows for all look-ups that had begun before its request. A look-up that misses
   * nothing any more ends.
   */
  private recordPage(machines: readonly Machine[], sentAt: number): void {
    for (const want of this.wants.items) {
      if (want.since > sentAt) {
        continue;
      }
      for (const machine of machines) {
        if (want.ids.has(machine.instanceId)) {
          want.found.set(machine.instanceId, machine);
        }
      }
      if (want.found.size === want.ids.size) {
        this.resolve(want, sentAt);
      }
    }
  }

  /** Returns true if another account answers now. What was found in the list before does not hold for it. */
  private isAnotherAccount(account: string): boolean {
    const before = this.account;
    this.account = account;
    if (before === undefined || before === account) {
      return false;
    }
    this.totals = new Map();
    for (const want of this.wants.items) {
      want.found.clear();
    }
    return true;
  }

  /** Ends the look-ups that have sent a last request at their deadline. */
  private endLate(): void {
    for (const want of this.wants.items) {
      if (this.askedAt >= want.deadline && this.askedAt >= want.since) {
        this.wants.reject(
          want,
          want.failures
            ? errorOf(want.failures, this.surroundings.clock.now())
            : new CwpError("LookUpTimeout", "The time was over before CWP's whole list was read.", "never"),
        );
      }
    }
  }

  private resolve(want: Want, askedAt: number): void {
    this.wants.resolve(want, { found: want.found, askedAt, account: this.account ?? "" });
  }

  private onLookUpLeft(): void {
    if (this.wants.isEmpty) {
      this.inFlight.abort();
      this.wakeUp.abort();
    }
  }
}

/** Returns true if the service refuses a parameter: it may not know the word for all regions. */
export function isParameterRefused({ code }: CwpError): boolean {
  return /^InvalidParameter(Value)?(\.|$)/.test(code);
}
