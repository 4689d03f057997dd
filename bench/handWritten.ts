import { setTimeout as sleep } from "node:timers/promises";
import { emulatorAccount } from "../emulator";

const POLL_MS = 5_000;
const RETRY_MS = 1_000;

/**
 * The code that people write with the SDK: start a sync, poll until it is FINISHED, and retry requests that
 * were refused for their rate. Resolves with the start of the sync that is then the latest. Rejects after the
 * time limit.
 */
export async function syncByHand(url: string, limitMs: number): Promise<string> {
  const { Client } = await import(
    "tencentcloud-sdk-nodejs-cwp/tencentcloud/services/cwp/v20180228/cwp_client"
  );
  const httpProfile = { endpoint: new URL(url).host, protocol: "http://" };
  const client = new Client({ credential: emulatorAccount, profile: { httpProfile } });
  const end = performance.now() + limitMs;

  async function send(sync: boolean) {
    for (;;) {
      try {
        return await client.SyncMachines({ Sync: sync });
      } catch (error) {
        if (Reflect.get(Object(error), "code") !== "RequestLimitExceeded" || performance.now() > end) {
          throw error;
        }
        await sleep(RETRY_MS);
      }
    }
  }

  await send(true);
  while (performance.now() < end) {
    await sleep(POLL_MS);
    const { State: state, LatestStartTime: start } = await send(false);
    if (state === "FINISHED") {
      return start ?? "";
    }
  }
  throw new Error(`The sync had not finished after ${limitMs / 1000} s.`);
}
