import { CwpError } from "../../api/errors";
import type { Machine } from "../../cwp/describeMachines";
import type { SyncStatus } from "../../cwp/status";
import { LOOKING_UP } from "../report/progress";
import { SETTLE_MS, SETTLE_POLLS } from "../run/evidence";
import { MOST_STARTS, type Reached } from "../run/wait";
import { type UnfinishedRun, WaitError } from "../run/waitError";
import type { Clock } from "./clock";
import type { Call, SyncLoop } from "./loop";
import type { LookedUp, LookUpLimits, MachineList } from "./machineList";
import { SHORTEST_REQUEST_MS } from "./requests";

/**
 * A wait with hosts ends well when a sync has finished that began after the wait did, and CWP then lists each
 * of the hosts.
 *
 * The list may lag behind the end of a sync as the status does, so hosts that it lacks are looked up again
 * for the settle time. After a sync that read the hosts too early for a host, another sync starts: three in
 * all, as many as a wait may start.
 */

/** The parts that the waits of one account share. */
export interface AccountWaits {
  readonly loop: SyncLoop;
  readonly list: MachineList;
  readonly clock: Clock;
}

/** A wait for hosts that has ended well. */
export interface Listed extends Pick<Reached, "status" | "account"> {
  /** By instance id, one for each host. */
  readonly machines: ReadonlyMap<string, Machine>;
}

/** A sync has finished, and not all hosts are known to be listed. */
export class NotListed extends WaitError {
  constructor(
    code: string,
    message: string,
    requestId: string,
    last: SyncStatus,
    account: string,
    /** The machines of the hosts that are listed. */
    readonly machines: ReadonlyMap<string, Machine>,
    unfinished?: UnfinishedRun,
  ) {
    super(code, message, requestId, unfinished, last, account);
    this.name = "NotListed";
  }
}

/** The most host names in an error or a warning. */
const MOST_NAMES = 20;

/**
 * Syncs until CWP lists the hosts. Rejects with a NotListed once a sync has finished; before that, as
 * SyncLoop.call does.
 */
export async function untilListed(
  { loop, list, clock }: AccountWaits,
  hosts: readonly string[],
  call: Omit<Call, "goal" | "mostStarts">,
): Promise<Listed> {
  const { log, signal } = call;
  const deadline = clock.now() + call.timeoutMs;
  let starts = 0;
  let before: Before | undefined;
  for (let syncs = 1; ; syncs += 1) {
    const mostStarts = MOST_STARTS - starts;
    const reached = await (before === undefined
      ? loop.reach({ ...call, goal: "finished" })
      : syncAgain(loop, { ...call, timeoutMs: deadline - clock.now(), mostStarts }, before, syncs - 1));
    if (hosts.length === 0) {
      return { ...reached, machines: new Map() };
    }
    log?.status(LOOKING_UP);
    const result = await lookUpFor({ list, clock }, hosts, reached, syncs, { deadline, signal });
    if (result.missing.length === 0) {
      return { ...reached, machines: result.found };
    }
    starts += reached.starts;
    if (syncs >= MOST_STARTS || starts >= MOST_STARTS || clock.now() >= deadline) {
      throw notListed(reached, result, syncs);
    }
    log?.warning(`${describeMissing(result.missing, syncs)}: starting another sync.`);
    before = { reached, result };
  }
}

/**
 * Returns the hosts' machines if this account answers and lists each of them now; else undefined. Rejects
 * with a CwpError or the signal's reason.
 */
export async function findIfListed(
  { list }: Pick<AccountWaits, "list">,
  hosts: readonly string[],
  account: string,
  limits: LookUpLimits,
): Promise<ReadonlyMap<string, Machine> | undefined> {
  const answer = await list.lookUp(hosts, limits);
  return answer.account === account && answer.found.size === new Set(hosts).size ? answer.found : undefined;
}

/** The hosts that were found, and the missing hosts. */
interface Hosts {
  readonly found: ReadonlyMap<string, Machine>;
  readonly missing: readonly string[];
}

/** A sync that has ended, and its look-up, which missed a host. */
interface Before {
  readonly reached: Reached;
  readonly result: Hosts;
}

/** Syncs again after a look-up that missed a host. */
async function syncAgain(
  loop: SyncLoop,
  call: Omit<Call, "goal">,
  { reached, result }: Before,
  syncs: number,
): Promise<Reached> {
  try {
    return await loop.reach({ ...call, goal: "finished", run: undefined });
  } catch (error) {
    const unfinished = error instanceof WaitError ? error.unfinished : undefined;
    const { last = reached.status, account = reached.account } =
      error instanceof WaitError && unfinished ? error : {};
    const message = `${describeMissing(result.missing, syncs)}. ${reasonOf(error)}`;
    throw notListedBy(error, message, { status: last, account }, result.found, unfinished);
  }
}

/**
 * Looks up the hosts after the end of a sync. A host is missing only if it is so when the list can no longer
 * lag behind the sync.
 */
async function lookUpFor(
  { list, clock }: Pick<AccountWaits, "list" | "clock">,
  hosts: readonly string[],
  reached: Reached,
  syncs: number,
  { deadline, signal }: LookUpLimits,
): Promise<Hosts> {
  const ended = clock.now();
  const limits = { deadline: Math.max(deadline, ended + SHORTEST_REQUEST_MS), isReached: true, signal };
  const found = new Map<string, Machine>();
  const missing = () => [...new Set(hosts)].filter((id) => !found.has(id));
  let isFirst = true;
  for (; ; isFirst = false) {
    let answer: LookedUp;
    try {
      answer = await list.lookUp(missing(), limits);
    } catch (error) {
      const message = isFirst
        ? "The machine sync has finished, but its hosts could not be looked up"
        : describeMissing(missing(), syncs);
      throw notListedBy(
        error,
        `${message}. ${reasonOf(error)} Run "pulumi up" again to look up the hosts.`,
        reached,
        found,
      );
    }
    if (answer.account !== reached.account) {
      // Another account synced: what this account lists says nothing of that sync.
      return { found: new Map(), missing: [...new Set(hosts)] };
    }
    for (const [id, machine] of answer.found) {
      found.set(id, machine);
    }
    const settled = ended + SETTLE_MS + 1;
    if (missing().length === 0 || answer.askedAt >= Math.min(settled, limits.deadline)) {
      return { found, missing: missing() };
    }
    const next = Math.min(answer.askedAt + SETTLE_MS / SETTLE_POLLS, settled, limits.deadline);
    await clock.sleep(next - clock.now(), signal ?? new AbortController().signal);
  }
}

function notListed({ status, account }: Reached, { found, missing }: Hosts, syncs: number): NotListed {
  const message = `${describeMissing(missing, syncs)}. Check that it is a host of the account that the keys belong to, on the same site (China or international), that it is a CVM or another machine that CWP protects, and that its security service was not turned off. Then run "pulumi up" again: it looks up the hosts before it syncs.`;
  return new NotListed("HostsNotListed", message, status.requestId, status, account, found);
}

/** Returns the NotListed for an error, or for the reason of a signal. */
function notListedBy(
  error: unknown,
  message: string,
  { status, account }: Pick<Reached, "status" | "account">,
  found: ReadonlyMap<string, Machine>,
  unfinished?: UnfinishedRun,
): NotListed {
  const { code = "Cancelled", requestId = "", topic = undefined } = error instanceof CwpError ? error : {};
  return Object.assign(new NotListed(code, message, requestId, status, account, found, unfinished), {
    topic,
  });
}

function describeMissing(missing: readonly string[], syncs: number): string {
  const more = missing.length > MOST_NAMES ? ` and ${missing.length - MOST_NAMES} more` : "";
  const names = missing.slice(0, MOST_NAMES).join(", ");
  return `CWP does not list ${names}${more} after ${syncs} ${syncs === 1 ? "machine sync" : "machine syncs"}`;
}

function reasonOf(error: unknown): string {
  return error instanceof CwpError ? error.message : "The wait was cancelled.";
}
