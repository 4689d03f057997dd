import { Failure } from "../../../emulator/world/failure";
import type { Faults } from "../../../emulator/world/faults";
import { type Run, showStatus } from "../../../emulator/world/status";
import { World } from "../../../emulator/world/world";
import { ApiError, BadAnswer, NoAnswer } from "../../../provider/api/errors";
import type { CwpClient } from "../../../provider/cwp/client";
import { parseStatus, type SyncStatus } from "../../../provider/cwp/status";
import type { AccountStatus } from "../../../provider/cwp/syncMachines";
import type { VirtualClock } from "../../virtualClock";

/** A fault of one request on its way. */
export type Trouble =
  /** An API error: not carried out. */
  | { readonly does: "refuse"; readonly code: string }
  /** The connection fails: not carried out. */
  | { readonly does: "drop" }
  /** Carried out, then the connection fails. */
  | { readonly does: "lose" }
  /** Carried out, but the answer does not have the documented shape. */
  | { readonly does: "garble" }
  /** No answer within any limit. */
  | { readonly does: "hang"; readonly carriedOut: boolean }
  /** Answered `ms` late; carried out at its beginning, or just before the answer. */
  | { readonly does: "delay"; readonly ms: number; readonly carriedOut: "early" | "late" };

/** A trouble, and the request that it hits, after so many requests of its kind. */
export interface Due {
  readonly trouble: Trouble;
  readonly on: "any" | "poll" | "start";
  readonly after: number;
}

/** A request as it was sent; for a start, also if it was certainly refused. */
export interface Sent {
  readonly at: number;
  readonly sync: boolean;
  readonly refused: boolean;
}

/** A request with its result. */
export interface Logged {
  readonly at: number;
  readonly sync: boolean;
  refused: boolean;
  /** The process that sent it, and the loop of that process. */
  readonly by: number;
  readonly loop: number;
  /** The time of its end; undefined while it is in flight. */
  endedAt?: number;
  /** The good answer, or the failure. */
  status?: SyncStatus;
  error?: unknown;
}

const host = "cwp.tencentcloudapi.com";
const EPOCH = Date.UTC(2020, 10, 11, 4, 0, 0);

export interface AccountOptions {
  readonly clock: VirtualClock;
  readonly syncSeconds: number;
  /** Times of foreign syncs are on the virtual clock. */
  readonly faults?: Faults;
  /** The duration of a request, there and back. Default 40 ms. */
  readonly latencyMs?: number;
  /** `early` (default): a request is carried out as soon as it is sent; `late`: just before its answer. */
  readonly carriedOut?: "early" | "late";
  readonly troubles?: readonly Due[];
  /** The most requests that the service takes within any one second. Default: any number. */
  readonly perSecond?: number;
  /** True if the request that is sent now is some wait's first poll. Default: never. */
  readonly isFirstQuestion?: (sync: boolean) => boolean;
  /** The client's name for this account. */
  readonly name?: string;
  /**
   * Until this moment answers have no times: `NOTASK`: the answers of an idle account, as if it had had no
   * sync; `none`: all answers.
   */
  readonly blank?: { readonly untilMs: number; readonly as: "NOTASK" | "none" } | undefined;
}

/**
 * An account in virtual time, and its client. The assumptions of provider/wait/run/evidence.ts hold: the
 * emulator's model answers, but an idle answer to a wait's first poll is true, times included.
 */
export class Account implements CwpClient {
  readonly name: string;
  readonly log: Logged[] = [];
  inFlight = 0;
  private readonly clock: VirtualClock;
  private readonly world: World;
  private readonly faults: Faults;
  private readonly latencyMs: number;
  private readonly carriedOut: "early" | "late";
  private troubles: Due[];
  private readonly perSecond: number;
  private readonly isFirstQuestion: (sync: boolean) => boolean;
  private readonly blank: AccountOptions["blank"];
  /** The times of the requests that were taken in the last second. */
  private taken: number[] = [];

  constructor({
    clock,
    syncSeconds,
    faults = {},
    latencyMs = 40,
    carriedOut = "early",
    troubles = [],
    perSecond = Number.POSITIVE_INFINITY,
    isFirstQuestion = () => false,
    name = "the account",
    blank,
  }: AccountOptions) {
    this.name = name;
    this.blank = blank;
    this.clock = clock;
    this.faults = {
      ...faults,
      foreignSyncs: (faults.foreignSyncs ?? []).map((sync) => ({ ...sync, atMs: EPOCH + sync.atMs })),
    };
    this.world = new World({ now: () => EPOCH + clock.now(), syncSeconds, faults: this.faults });
    this.latencyMs = latencyMs;
    this.carriedOut = carriedOut;
    this.troubles = [...troubles];
    this.perSecond = perSecond;
    this.isFirstQuestion = isFirstQuestion;
  }

  /** The syncs that have started, on the virtual clock. */
  get runs(): Run[] {
    return this.world.runs.map(({ startMs, endMs, by }) => ({
      startMs: startMs - EPOCH,
      endMs: endMs - EPOCH,
      by,
    }));
  }

  get sent(): Sent[] {
    return this.log.map(({ at, sync, refused }) => ({ at, sync, refused }));
  }

  /** The starts that were carried out or may have been. */
  get starts(): Logged[] {
    return this.log.filter(({ sync, refused }) => sync && !refused);
  }

  syncMachines(sync: boolean, timeoutMs: number, signal?: AbortSignal): Promise<AccountStatus> {
    return this.request({ by: 0, loop: 0, sync, isFirst: this.isFirstQuestion(sync) }, timeoutMs, signal);
  }

  /** Sends a request of one process. `isFirst`: it is the first poll of one of its waits. */
  async request(
    { by, loop, sync, isFirst }: { by: number; loop: number; sync: boolean; isFirst: boolean },
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<AccountStatus> {
    const logged: Logged = { at: this.clock.now(), sync, refused: false, by, loop };
    this.log.push(logged);
    this.inFlight += 1;
    try {
      logged.status = await this.answer(logged, isFirst, timeoutMs, signal);
      return { status: logged.status, account: this.name };
    } catch (error) {
      const known =
        error instanceof Failure ? new ApiError(error.code, error.message, this.requestId()) : error;
      logged.error = known;
      logged.refused ||= error instanceof Failure && error.code === "ResourceInUse";
      throw known;
    } finally {
      logged.endedAt = this.clock.now();
      this.inFlight -= 1;
    }
  }

  private async answer(
    sent: Logged,
    isFirst: boolean,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<SyncStatus> {
    const limit = sent.at + timeoutMs;
    const trouble = this.isFull(sent.at)
      ? ({ does: "refuse", code: "RequestLimitExceeded" } as const)
      : this.takeTrouble(sent.sync);
    const until = async (at: number) => {
      if (at > this.clock.now()) {
        await this.clock.sleep(Math.min(at, limit) - this.clock.now(), signal);
      }
      if (signal?.aborted || at > limit) {
        throw new NoAnswer("RequestTimeout", `${host} did not answer within ${timeoutMs / 1000} s.`);
      }
    };
    const delayed = trouble?.does === "delay";
    const back = sent.at + this.latencyMs + (delayed ? trouble.ms : 0);
    sent.refused = trouble?.does === "refuse";
    const carriedOut = !(
      sent.refused ||
      trouble?.does === "drop" ||
      (trouble?.does === "hang" && !trouble.carriedOut)
    );
    if ((delayed ? trouble.carriedOut : this.carriedOut) === "late") {
      await until(back);
    }
    const status = carriedOut ? this.serve(sent.sync, isFirst) : undefined;
    await until(trouble?.does === "hang" ? Number.POSITIVE_INFINITY : back);
    if (trouble?.does === "refuse") {
      throw new ApiError(trouble.code, "The request was refused", this.requestId());
    }
    if (trouble?.does === "drop" || trouble?.does === "lose") {
      throw new NoAnswer(
        "NetworkFailure",
        `No connection to ${host}: read ECONNRESET. Check the network, tencentcloud-cwp:endpoint and the proxy settings (HTTPS_PROXY, NO_PROXY).`,
      );
    }
    if (trouble?.does === "garble" || !status) {
      throw new BadAnswer("it is not the JSON of a Tencent Cloud API");
    }
    return parseStatus({ ...status, RequestId: this.requestId() });
  }

  /** The status as the world shows it; the truth in place of an idle answer to a first poll. */
  private serve(sync: boolean, isFirst: boolean) {
    const shown = this.world.syncMachines(sync);
    const status = isFirst && shown.State !== "SYNCING" ? this.truth(shown.State) : shown;
    if (!this.blank || this.clock.now() >= this.blank.untilMs) {
      return status;
    }
    const noTimes = { LatestStartTime: "", LatestEndTime: "" };
    if (this.blank.as === "none") {
      return { ...status, ...noTimes };
    }
    return status.State === "SYNCING" ? status : { State: "NOTASK", ...noTimes };
  }

  private truth(state: string) {
    const { forgets = false, emptyTimes = false, unknownState } = this.faults;
    return state === unknownState
      ? { State: state, LatestStartTime: "", LatestEndTime: "" }
      : showStatus(this.world.runs, EPOCH + this.clock.now(), { forgets, emptyTimes });
  }

  /** Returns true if the service has taken so many requests within a second that it refuses this request. */
  private isFull(now: number): boolean {
    if (this.perSecond === Number.POSITIVE_INFINITY) {
      return false;
    }
    this.taken = this.taken.filter((at) => at > now - 1000);
    const isFull = this.taken.length >= this.perSecond;
    if (!isFull) {
      this.taken.push(now);
    }
    return isFull;
  }

  private takeTrouble(sync: boolean): Trouble | undefined {
    const kind = sync ? "start" : "poll";
    let taken: Trouble | undefined;
    this.troubles = this.troubles.flatMap((due) => {
      if (taken || (due.on !== "any" && due.on !== kind)) {
        return [due];
      }
      if (due.after === 0) {
        taken = due.trouble;
        return [];
      }
      return [{ ...due, after: due.after - 1 }];
    });
    return taken;
  }

  private requestId(): string {
    return `request-${this.log.length}`;
  }
}

/** A time as the service writes it, on the virtual clock; undefined for none. */
export function virtualTime(text: string): number | undefined {
  return text === "" ? undefined : Date.parse(`${text.replace(" ", "T")}+08:00`) - EPOCH;
}
