import type { ActionName } from "../api/action";
import { actionNames } from "../api/apis";
import { Fields, WrongField, within, wrongType, wrongValue } from "../api/fields";
import { omitUndefined } from "../api/omitUndefined";
import {
  choice,
  type FieldReader,
  flag,
  listOf,
  number,
  readObject,
  text,
  wholeNumber,
} from "../api/readObject";
import type { Faults, ForeignSync } from "../world/faults";
import type { GatewayFault, Injection } from "./injectedFaults";

/** The readers of lasting faults of CWP in JSON: all of `Faults` but `random`. */
const faultReaders = (nowMs: number) =>
  ({
    startLagSeconds: number,
    staleSeconds: number,
    staleAlways: flag,
    forgets: flag,
    emptyTimes: flag,
    neverEnds: countOrFlag,
    deafTriggers: wholeNumber,
    busyTrigger: choice(["join", "FailedOperation", "ResourceInUse"]),
    laggingTimesSeconds: number,
    laggingStateSeconds: number,
    unknownState: text,
    foreignSyncs: listOf((one) => readForeignSync(one, nowMs)),
    backToBackSeconds: positive,
    laggingListSeconds: number,
    looseFilters: flag,
    deniedActions: listOf(readActionName),
  }) satisfies Record<Exclude<keyof Faults, "random">, FieldReader<unknown>>;

const plainFaults: readonly GatewayFault[] = [
  { html: true },
  { truncate: true },
  { empty: true },
  { reset: true },
  { hang: true },
  { loseAnswer: true },
];

/** The faults of single requests, as JSON names them. */
const gatewayFaultNames = ["error", "http", "body", "delaySeconds", ...plainFaults.flatMap(Object.keys)];

/** The requests that a fault of single requests can hit. */
const requestNames = ["start", "trigger", "read", "sts", "any", "metadata", ...actionNames] as const;

/** A gateway fault, and the requests that it hits. */
export interface Injected {
  readonly fault: GatewayFault;
  readonly injection: Injection;
}

/**
 * Reads the body of `POST /_emulator/faults`: `{"inject": fault, …}`, or lasting faults. `nowMs` is the
 * emulated time, from which `inSeconds` counts. Throws a WrongField.
 */
export function readFaultsOrInjected(value: unknown, nowMs: number): { faults: Faults } | Injected {
  return typeof value === "object" && value !== null && "inject" in value
    ? readInjected(value)
    : { faults: readFaults(value, nowMs) };
}

/** Reads lasting faults. Throws a WrongField. */
export function readFaults(value: unknown, nowMs: number): Faults {
  return readObject(value, faultReaders(nowMs));
}

/** Reads `{"inject": fault, "times", "on", "after"}`. Throws a WrongField. */
export function readInjected(value: unknown): Injected {
  const { inject: fault, ...injection } = readObject(value, {
    inject: (fields) => within("inject", () => readGatewayFault(fields.value("inject"))),
    times: wholeNumber,
    on: choice(requestNames),
    after: wholeNumber,
  });
  if ("error" in fault && injection.on === "metadata") {
    throw wrongValue("on", "another than metadata, which has no error codes");
  }
  return { fault, injection };
}

function readGatewayFault(value: unknown): GatewayFault {
  const fields = new Fields(value, [...gatewayFaultNames, "message"]);
  const error = fields.string("error");
  const message = fields.string("message");
  const http = fields.integer("http", 599);
  const body = fields.string("body");
  const delaySeconds = fields.number("delaySeconds");
  if (error !== undefined) {
    return omitUndefined({ error, message });
  }
  if (http !== undefined) {
    if (http < 200) {
      throw wrongValue("http", "an HTTP status from 200 to 599");
    }
    return omitUndefined({ http, body });
  }
  if (body !== undefined) {
    return { body };
  }
  if (delaySeconds !== undefined) {
    return { delaySeconds };
  }
  const plain = plainFaults.find((fault) => Object.keys(fault).some((name) => fields.boolean(name)));
  if (plain === undefined) {
    const known = gatewayFaultNames.join(", ");
    throw new WrongField(
      "MissingParameter",
      `The parameter \`inject\` names no fault. Known: ${known}.`,
      "",
      `names no fault: expected one of ${known}`,
    );
  }
  return plain;
}

/** The least time ahead for a sync "now": a world ignores syncs that are already past when faults are set. */
const SOON_MS = 10;

function readForeignSync(value: unknown, nowMs: number): ForeignSync {
  const { inSeconds, atMs, seconds } = readObject(value, {
    inSeconds: number,
    atMs: number,
    seconds: number,
  });
  if (seconds === undefined) {
    throw wrongType("seconds", "a number");
  }
  if (inSeconds === undefined && atMs !== undefined) {
    return { atMs, seconds };
  }
  if (inSeconds !== undefined && atMs === undefined) {
    return { atMs: nowMs + Math.max(SOON_MS, inSeconds * 1000), seconds };
  }
  throw wrongType("inSeconds", "a number, or atMs in its place");
}

function countOrFlag(fields: Fields, name: string): number | boolean | undefined {
  return typeof fields.value(name) === "boolean" ? fields.boolean(name) : fields.integer(name);
}

function positive(fields: Fields, name: string): number | undefined {
  const value = fields.number(name);
  if (value === 0) {
    throw wrongValue(name, "more than 0");
  }
  return value;
}

function readActionName(value: unknown): ActionName {
  const known = actionNames.find((name) => name === value);
  if (known === undefined) {
    throw wrongValue("", `one of ${actionNames.join(", ")}`);
  }
  return known;
}
