/** The schedules that are measured: this package and its peers. */

import { createHttpPoller, type OperationResponse } from "@azure/core-lro";
import { createWaiter, WaiterState, waiterServiceDefaults } from "@smithy/util-waiter";
import { nextPoll } from "../provider/wait/run/schedule";
import { seededRandom } from "./runs";
import { inVirtualTime } from "./virtualTime";

/**
 * The moment at which a run's end was seen, in milliseconds since the run began, and the number of requests
 * of the whole wait.
 */
export interface Sighting {
  readonly at: number;
  readonly requests: number;
}

/** Before the polls, each schedule starts the sync. This package sends one poll before that. */
const START = 1;
const FIRST_POLL = 1;

export interface Schedule {
  readonly name: string;
  /** True if it uses the length of the run before. */
  readonly usesHistory: boolean;
  /** Watches a run of this length until its end is seen. `before` is the length of the run before, in ms. */
  readonly watch: (length: number, before: number | undefined) => Sighting | Promise<Sighting>;
}

export const OURS = "pulumi-tencentcloud-cwp";

export const ours: Schedule = {
  name: OURS,
  usesHistory: true,
  watch: follow(ourPolls, START + FIRST_POLL),
};

/**
 * This package and its peers, each with a new seed of its own, so that its random numbers are the same each
 * time.
 */
export function schedules(): Schedule[] {
  return [
    ours,
    peer("fixed 2 s", follow(every(2_000))),
    peer("fixed 5 s (tccli --waiter)", follow(every(5_000))),
    peer("@smithy/util-waiter (AWS SDK)", smithy(seededRandom(2))),
    peer("@azure/core-lro", coreLro),
    peer("StateChangeConf (Terraform SDK)", follow(stateChangeConf)),
    peer("1 to 15 s backoff (Pulumi google-native)", follow(googleNative(seededRandom(3)))),
  ];
}

function peer(name: string, watch: Schedule["watch"]): Schedule {
  return { name, usesHistory: false, watch };
}

/** The times of all polls of a run that never ends. */
type Polls = (before: number | undefined) => Iterable<number>;

/** Polls at these times until the run has ended. */
function follow(
  polls: Polls,
  requestsBefore = START,
): (length: number, before: number | undefined) => Sighting {
  return (length, before) => {
    let requests = requestsBefore;
    for (const at of polls(before)) {
      requests += 1;
      if (at >= length) {
        return { at, requests };
      }
    }
    throw new Error(
      `A schedule stopped after ${requests} requests, before the end of a run of ${length} ms.`,
    );
  };
}

function* ourPolls(before: number | undefined): Generator<number> {
  for (let at = nextPoll(0, before); ; at = nextPoll(at, before)) {
    yield at;
  }
}

function every(ms: number): Polls {
  return function* () {
    for (let at = ms; ; at += ms) {
      yield at;
    }
  };
}

/**
 * `StateChangeConf.WaitForStateContext` of the Terraform plugin SDK v2 with its defaults: MinTimeout and
 * PollInterval are 0.
 */
function* stateChangeConf(): Generator<number> {
  let at = 0;
  let wait = 0;
  for (;;) {
    yield at;
    wait = Math.min(10_000, 2 * (wait || 100));
    at += wait;
  }
}

/**
 * `waitForResourceOpCompletion` of pulumi-google-native: jpillora/backoff with Min 1 s, Max 15 s, Factor 1.5
 * and Jitter.
 */
function googleNative(random: () => number): Polls {
  return function* () {
    const least = 1_000;
    let at = 0;
    for (let attempt = 0; ; attempt += 1) {
      const wait = Math.min(15_000, least * 1.5 ** attempt);
      at += least + random() * (wait - least);
      yield at;
    }
  };
}

/** The package itself, with its defaults (minDelay 2 s, maxDelay 120 s); it has none for maxWaitTime. */
function smithy(random: () => number): Schedule["watch"] {
  return (length) => {
    let requests = START;
    return inVirtualTime(random, async (now) => {
      await createWaiter(
        { ...waiterServiceDefaults, client: undefined, maxWaitTime: 30 * 60 },
        undefined,
        async () => {
          requests += 1;
          return { state: now() >= length ? WaiterState.SUCCESS : WaiterState.RETRY };
        },
      );
      return { at: now(), requests };
    });
  };
}

/** The package itself, with its default intervalInMs, on an operation that answers with a `status`. */
function coreLro(length: number): Promise<Sighting> {
  let requests = START;
  const answer = (ended: boolean): OperationResponse => ({
    flatResponse: {},
    rawResponse: {
      statusCode: 200,
      request: { method: "POST", url: "/sync" },
      headers: { "operation-location": "/sync/1" },
      body: { status: ended ? "Succeeded" : "Running" },
    },
  });
  return inVirtualTime(Math.random, async (now) => {
    await createHttpPoller({
      sendInitialRequest: async () => answer(false),
      sendPollRequest: async () => {
        requests += 1;
        return answer(now() >= length);
      },
    }).pollUntilDone();
    return { at: now(), requests };
  });
}
