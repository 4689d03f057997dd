import assert from "node:assert/strict";
import { type Emulator, emulatorAccount, startEmulator } from "../../../emulator";
import type { Signer } from "../../../provider/api/credentials";
import { CwpError } from "../../../provider/api/errors";
import { RenewedCredentials } from "../../../provider/api/renewedCredentials";
import { SignedCalls } from "../../../provider/api/signedCalls";
import { cleanEnvironment } from "../../environment";
import { refusal } from "../../refusal";

const LONG_MS = 5_000;
const keys: Signer = { ...emulatorAccount, who: "test", source: "the test" };

describe("Signed calls", () => {
  cleanEnvironment();

  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator.stop());
  beforeEach(() => emulator.clearRequests());

  /** Calls with the credentials that `find` gives to each search. */
  function callsWith(find: (search: number) => Promise<Signer> | Signer) {
    let searches = 0;
    const source = {
      identity: "test",
      async find() {
        searches += 1;
        return find(searches);
      },
    };
    const { host } = new URL(emulator.url);
    const calls = new SignedCalls(
      { name: "cwp", version: "2018-02-28", protocol: "http:", host },
      new RenewedCredentials(source),
    );
    const ask = (timeoutMs = LONG_MS, signal?: AbortSignal) =>
      calls.send("SyncMachines", { Sync: false }, timeoutMs, signal);
    return { ask, searches: () => searches };
  }

  for (const part of ["secretId", "secretKey", "token"] as const) {
    it(`are sent again if another search finds another ${part}`, async () => {
      emulator.inject({ error: "AuthFailure" });
      const { ask, searches } = callsWith((search) => (search === 1 ? keys : { ...keys, [part]: "another" }));
      // The emulator knows no other keys.
      assert.match((await refusal(ask())).message, /^AuthFailure\./);
      assert.deepEqual([searches(), emulator.requests.length], [2, 2]);
    });
  }

  for (const [code, isRetried] of [
    ["AuthFailure", true],
    ["AuthFailure.InvalidAuthorization", true],
    ["AuthFailureOfAnotherKind", false],
    ["FailedOperation.AuthFailure.X", false],
    ["AuthFailure.SignatureExpire", false],
  ] as const) {
    it(`are ${isRetried ? "" : "not "}sent again after ${code}`, async () => {
      emulator.inject({ error: code });
      const { ask } = callsWith((search) => (search === 1 ? keys : { ...keys, secretId: "AKIDanother" }));
      await refusal(ask());
      assert.equal(emulator.requests.length, isRetried ? 2 : 1);
    });
  }

  it("are not sent again if the search finds the same", async () => {
    emulator.inject({ error: "AuthFailure" });
    const { ask, searches } = callsWith(() => ({ ...keys }));
    const error = await refusal(ask());
    assert.equal(Reflect.get(error, "code"), "AuthFailure");
    assert.deepEqual([searches(), emulator.requests.length], [2, 1]);
  });

  it("say that the search was not over in time, which may pass, and that nothing was sent", async () => {
    const { ask } = callsWith(() => new Promise(() => {}));
    const error = await refusal(ask(100));
    assert.ok(error instanceof CwpError);
    assert.deepEqual(
      [error.code, error.retry, error.topic, error.sent],
      ["RequestTimeout", "yes", "credentials", false],
    );
    assert.match(error.message, /^The credentials were not found in time/);
    assert.deepEqual(emulator.requests, []);
  });

  it("end at once if nothing waits for them any more, also during the search", async () => {
    const leave = new AbortController();
    const { ask } = callsWith(() => {
      leave.abort();
      return new Promise(() => {});
    });
    const error = await refusal(ask(LONG_MS, leave.signal));
    assert.equal(Reflect.get(error, "code"), "Aborted");
    assert.match(error.message, /was given up/);
  });
});

describe("Credentials that are kept", () => {
  const find = () => Promise.resolve({ ...keys });

  it("are not forgotten for a refusal of others", async () => {
    const kept = new RenewedCredentials({ identity: "test", find });
    kept.forget(keys);
    const first = await kept.get();
    kept.forget({ ...first });
    assert.equal(await kept.get(), first);
    kept.forget(first);
    assert.notEqual(await kept.get(), first);
  });

  it("are given to nothing that has ended, and leave no listener on a signal", async () => {
    const kept = new RenewedCredentials({ identity: "test", find });
    const gone = AbortSignal.abort(new Error("gone"));
    assert.equal((await refusal(kept.get(gone))).message, "gone");
    const { signal } = new AbortController();
    let listeners = 0;
    signal.addEventListener = () => {
      listeners += 1;
    };
    signal.removeEventListener = () => {
      listeners -= 1;
    };
    await new RenewedCredentials({ identity: "test", find }).get(signal);
    assert.equal(listeners, 0);
  });
});
