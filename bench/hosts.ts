/**
 * Measures the cost of a wait until CWP lists many hosts: syncs, requests and time, over HTTP against the
 * emulator.
 */
import { emulatorAccount, startEmulator } from "../emulator";
import { givenKeys } from "../provider/api/credentials";
import { connect } from "../provider/cwp/client";
import { systemClock } from "../provider/wait/stream/clock";
import { SyncLoop } from "../provider/wait/stream/loop";
import { MachineList } from "../provider/wait/stream/machineList";
import { Turns } from "../provider/wait/stream/turns";
import { untilListed } from "../provider/wait/stream/untilListed";

export const HOSTS_SYNC_SECONDS = 10;

export interface HostsFigures {
  readonly resources: number;
  /** Hosts of each resource, and all machines that CWP lists in the end. */
  readonly hosts: number;
  readonly listed: number;
  readonly syncs: number;
  readonly polls: number;
  readonly lookUps: number;
  /** From the beginning to the end of the last wait, with the sync. */
  readonly seconds: number;
}

const cases = [
  { resources: 1, hosts: 1, listed: 10_000 },
  { resources: 100, hosts: 10, listed: 1_000 },
  { resources: 1, hosts: 1_000, listed: 1_000 },
];

export async function measureHosts(report: (step: string) => void): Promise<HostsFigures[]> {
  const figures: HostsFigures[] = [];
  for (const one of cases) {
    report(`hosts: ${one.resources} resources of ${one.hosts} hosts among ${one.listed}`);
    figures.push(await measure(one));
  }
  return figures;
}

async function measure({ resources, hosts, listed }: (typeof cases)[number]): Promise<HostsFigures> {
  const emulator = await startEmulator({ syncSeconds: HOSTS_SYNC_SECONDS });
  try {
    const ids = Array.from({ length: listed }, (_, i) => `ins-${i}`);
    for (const id of ids) {
      emulator.addHost({ id });
    }
    const { protocol, host } = new URL(emulator.url);
    if (protocol !== "http:") {
      throw new Error("The emulator speaks no HTTP.");
    }
    const client = connect({ protocol, host, credentials: givenKeys(emulatorAccount) });
    const shared = { turns: new Turns(systemClock), clock: systemClock };
    const waits = {
      loop: new SyncLoop(client, shared),
      list: new MachineList(client, shared),
      clock: systemClock,
    };
    const began = performance.now();
    await Promise.all(
      Array.from({ length: resources }, (_, i) =>
        untilListed(waits, ids.slice(i * hosts, (i + 1) * hosts), { timeoutMs: 600_000 }),
      ),
    );
    const seconds = (performance.now() - began) / 1000;
    const lookUps = emulator.requests.filter(({ action }) => action === "DescribeMachines").length;
    const syncs = emulator.requests.filter(({ sync }) => sync === true).length;
    return {
      resources,
      hosts,
      listed,
      syncs,
      polls: emulator.requests.length - lookUps - syncs,
      lookUps,
      seconds,
    };
  } finally {
    await emulator.stop();
  }
}
