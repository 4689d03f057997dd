/** The emulator's own paths, which control it over HTTP. */
import { Fields, wrongType } from "../api/fields";
import { readJsonBody } from "../api/json";
import type { Controls } from "./controls";
import { readFaultsOrInjected } from "./faultInput";
import { readHosts } from "./hostInput";

/** An answer of the emulator's own paths. */
export interface OwnAnswer {
  readonly status: number;
  readonly json: unknown;
}

/** The beginning of the emulator's own paths: JSON, with no signature, on loopback only like the rest. */
export const OWN_PATH = "/_emulator/";

/**
 * The answer to another site, whose page could otherwise control the emulator from a browser on this machine.
 */
export const toAnotherSite: OwnAnswer = {
  status: 403,
  json: {
    error:
      "The emulator's own paths take nothing from the page of another site, or by another host. Use http://127.0.0.1 or http://localhost.",
  },
};

type Command = (body: unknown, controls: Controls, secretId: string | undefined) => unknown;

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["GET hosts", (_body, controls, secretId) => hosts(controls, secretId)],
  ["POST hosts", addHosts],
  ["GET requests", (_body, { requests }) => requests],
  [
    "DELETE requests",
    (_body, controls) => {
      controls.clearRequests();
      return controls.requests;
    },
  ],
  ["POST faults", setFaults],
  ["POST advance", advance],
  ["POST foreign-sync", foreignSync],
]);

/**
 * Carries out a request to one of the emulator's own paths. `?secretId=` chooses an account; default: the
 * first.
 */
export function answerOwnPath(method: string, url: URL, body: string, controls: Controls): OwnAnswer {
  const name = `${method} ${url.pathname.slice(OWN_PATH.length)}`;
  const command = commands.get(name);
  if (command === undefined) {
    const known = [...commands.keys()].map((one) => one.replace(" ", ` ${OWN_PATH}`)).join(", ");
    return {
      status: 404,
      json: { error: `The emulator has no ${method} ${url.pathname}. It has ${known}.` },
    };
  }
  try {
    return {
      status: 200,
      json: command(readJsonBody(body), controls, url.searchParams.get("secretId") ?? undefined),
    };
  } catch (error) {
    return { status: 400, json: { error: error instanceof Error ? error.message : String(error) } };
  }
}

function hosts(controls: Controls, secretId: string | undefined): unknown {
  return controls
    .world(secretId)
    .hosts()
    .map(({ host, visible }) => ({ ...host, visible }));
}

/** Adds one host or a list: all hosts, or none if one is not valid. */
function addHosts(body: unknown, controls: Controls, secretId: string | undefined): unknown {
  for (const host of readHosts(body)) {
    controls.addHost(host, secretId);
  }
  return hosts(controls, secretId);
}

/**
 * `{"inject": fault, "times", "on", "after"}` injects a gateway fault; anything else replaces the faults of
 * the account's CWP.
 */
function setFaults(body: unknown, controls: Controls, secretId: string | undefined): unknown {
  const read = readFaultsOrInjected(body, controls.now());
  if ("fault" in read) {
    controls.inject(read.fault, read.injection);
    return { injected: read.fault, ...read.injection };
  }
  controls.setFaults(read.faults, secretId);
  return read;
}

function advance(body: unknown, controls: Controls): unknown {
  const seconds = new Fields(body, ["seconds"]).number("seconds");
  if (seconds === undefined) {
    throw wrongType("seconds", "a number");
  }
  controls.advance(seconds);
  return { seconds };
}

function foreignSync(body: unknown, controls: Controls, secretId: string | undefined): unknown {
  const world = controls.world(secretId);
  world.startForeignSync(new Fields(body, ["seconds"]).number("seconds"));
  return world.runs;
}
