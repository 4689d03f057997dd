import { Failure } from "../../../emulator/world/failure";
import type { Faults } from "../../../emulator/world/faults";
import type { Run } from "../../../emulator/world/status";
import { World } from "../../../emulator/world/world";
import type { CwpClient } from "../../../provider/cwp/client";
import { ApiError, BadAnswer, NoAnswer } from "../../../provider/cwp/errors";
import { parseStatus, type SyncStatus } from "../../../provider/cwp/status";
import type { VirtualClock } from "../../virtualClock";

/** What goes wrong with one request on its way. */
export type Trouble =
  /** An API error: not carried out. */
  | { readonly does: "refuse"; readonly code: string }
  /** The connection fails: not carried out. */
  | { readonly does: "drop" }
  /** Carried out, then the connection fails. */
  | { readonly does: "lose" }
  /** Carried out, answered with something that is not the documented shape. */
  | { readonly does: "garble" }
  /** No answer within any limit. */
  | { readonly does: "hang"; readonly carriedOut: boolean }
  /** Answered `ms` late; carried out at its beginning, or just before the answer. */
  | { readonly does: "delay"; readonly ms: number; readonly carriedOut: "early" | "late" };

/** A trouble, and which request it hits: the one that comes after so many others of its kind. */
export interface Due {
  readonly trouble: Trouble;
  readonly on: "any" | "look" | "trigger";
  readonly after: number;
}

/** A request as it was sent, and whether a trigger in it was certainly refused. */
export interface Sent {
  readonly at: number;
  readonly sync: boolean;
  refused: boolean;
}

const host = "cwp.tencentcloudapi.com";
const EPOCH = Date.UTC(2020, 10, 11, 4, 0, 0);

export interface AccountOptions {
  readonly clock: VirtualClock;
  readonly syncSeconds: number;
  /** Times of foreign syncs are on the virtual clock. */
  readonly faults?: Faults;
  /** How long a request takes there and back. Default 40 ms. */
  readonly latencyMs?: number;
  /** Whether a request is carried out as soon as it is sent (default) or just before its answer comes. */
  readonly carriedOut?: "early" | "late";
  readonly troubles?: readonly Due[];
  /** Whether the request that is sent now is some caller's first question. Default: never. */
  readonly isFirstQuestion?: (sync: boolean) => boolean;
}

/**
 * The client of an account in virtual time, in which the two assumptions of provider/wait/evidence.ts hold: the emulator's model
 * answers, but an idle answer to a caller's first question is true, times included.
 */
export class Account implements CwpClient {
  readonly account = "the-account";
  readonly sent: Sent[] = [];
  inFlight = 0;
  private readonly clock: VirtualClock;
  private readonly world: World;
  private readonly syncSeconds: number;
  private readonly faults: Faults;
  private readonly latencyMs: number;
  private readonly carriedOut: "early" | "late";
  private troubles: Due[];
  private readonly isFirstQuestion: (sync: boolean) => boolean;

  constructor({
    clock,
    syncSeconds,
    faults = {},
    latencyMs = 40,
    carriedOut = "early",
    troubles = [],
    isFirstQuestion = () => false,
  }: AccountOptions) {
    this.clock = clock;
    this.syncSeconds = syncSeconds;
    this.faults = {
      ...faults,
      foreignSyncs: (faults.foreignSyncs ?? []).map((sync) => ({ ...sync, atMs: EPOCH + sync.atMs })),
    };
    this.world = new World({ now: () => EPOCH + clock.now(), syncSeconds, faults: this.faults });
    this.latencyMs = latencyMs;
    this.carriedOut = carriedOut;
    this.troubles = [...troubles];
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

  /** The triggers that were carried out or may have been. */
  get triggers(): Sent[] {
    return this.sent.filter(({ sync, refused }) => sync && !refused);
  }

  async syncMachines(sync: boolean, timeoutMs: number, signal?: AbortSignal): Promise<SyncStatus> {
    const sent = { at: this.clock.now(), sync, refused: false };
    this.sent.push(sent);
    this.inFlight += 1;
    try {
      return await this.answer(sent, timeoutMs, signal);
    } catch (error) {
      throw error instanceof Failure ? new ApiError(error.code, error.message, this.requestId()) : error;
    } finally {
      this.inFlight -= 1;
    }
  }

  private async answer(sent: Sent, timeoutMs: number, signal?: AbortSignal): Promise<SyncStatus> {
    const limit = sent.at + timeoutMs;
    const trouble = this.takeTrouble(sent.sync);
    const isFirst = this.isFirstQuestion(sent.sync);
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

  /** The status as the world shows it; the truth in place of an idle answer to somebody's first question. */
  private serve(sync: boolean, isFirst: boolean) {
    const shown = this.world.syncMachines(sync);
    return isFirst && shown.State !== "SYNCING" ? this.truth(shown.State) : shown;
  }

  private truth(state: string) {
    const { forgets, emptyTimes, unknownState } = this.faults;
    if (state === unknownState) {
      return { State: state, LatestStartTime: "", LatestEndTime: "" };
    }
    const foreignSyncs = this.world.runs.map(({ startMs, endMs }) => ({
      atMs: startMs,
      seconds: (endMs - startMs) / 1000,
    }));
    const now = EPOCH + this.clock.now();
    const candid = new World({
      now: () => now,
      syncSeconds: this.syncSeconds,
      faults: { foreignSyncs, ...(forgets && { forgets }), ...(emptyTimes && { emptyTimes }) },
    });
    return candid.syncMachines(false);
  }

  private takeTrouble(sync: boolean): Trouble | undefined {
    const kind = sync ? "trigger" : "look";
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
    return `request-${this.sent.length}`;
  }
}

/** A time as the service writes it, on the virtual clock; undefined for none. */
export function virtualTime(text: string): number | undefined {
  return text === "" ? undefined : Date.parse(`${text.replace(" ", "T")}+08:00`) - EPOCH;
}
