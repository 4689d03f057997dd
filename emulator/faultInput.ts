import { Failure } from "./failure";
import type { Faults, ForeignSync, GatewayFault, Injection } from "./faults";
import { Fields, wrongType, wrongValue } from "./fields";

/** Reads `Faults` from JSON; `random` cannot be given that way. Throws a Failure that names what is wrong. */
export function readFaults(value: unknown): Faults {
  const fields = new Fields(value, [
    "startLagSeconds",
    "staleSeconds",
    "staleAlways",
    "forgets",
    "emptyTimes",
    "neverEnds",
    "deafTriggers",
    "busyTrigger",
    "laggingTimesSeconds",
    "unknownState",
    "foreignSyncs",
  ]);
  const faults: Faults = {};
  const numbers = ["startLagSeconds", "staleSeconds", "laggingTimesSeconds"] as const;
  for (const name of numbers) {
    const number = fields.number(name);
    if (number !== undefined) {
      faults[name] = number;
    }
  }
  const flags = ["staleAlways", "forgets", "emptyTimes"] as const;
  for (const name of flags) {
    const flag = fields.boolean(name);
    if (flag !== undefined) {
      faults[name] = flag;
    }
  }
  const neverEnds = readCountOrFlag(fields, "neverEnds");
  const deafTriggers = fields.integer("deafTriggers");
  const busyTrigger = fields.oneOf("busyTrigger", ["join", "FailedOperation"]);
  const unknownState = fields.string("unknownState");
  const foreignSyncs = fields.list("foreignSyncs")?.map(readForeignSync);
  return {
    ...faults,
    ...(neverEnds !== undefined && { neverEnds }),
    ...(deafTriggers !== undefined && { deafTriggers }),
    ...(busyTrigger !== undefined && { busyTrigger }),
    ...(unknownState !== undefined && { unknownState }),
    ...(foreignSyncs !== undefined && { foreignSyncs }),
  };
}

/** Reads `{"inject": fault, "times", "on", "after"}`. Throws a Failure that names what is wrong. */
export function readInjection(value: unknown): { fault: GatewayFault; injection: Injection } {
  const fields = new Fields(value, ["inject", "times", "on", "after"]);
  const times = fields.integer("times");
  const on = fields.oneOf("on", ["trigger", "read", "sts", "any"]);
  const after = fields.integer("after");
  return {
    fault: readGatewayFault(fields.value("inject")),
    injection: {
      ...(times !== undefined && { times }),
      ...(on !== undefined && { on }),
      ...(after !== undefined && { after }),
    },
  };
}

const plainFaults: readonly GatewayFault[] = [
  { html: true },
  { truncate: true },
  { empty: true },
  { reset: true },
  { hang: true },
  { loseAnswer: true },
];

function readGatewayFault(value: unknown): GatewayFault {
  const plainNames = plainFaults.flatMap(Object.keys);
  const fields = new Fields(value, ["error", "message", "http", "body", "delaySeconds", ...plainNames]);
  const error = fields.string("error");
  const message = fields.string("message");
  const http = fields.integer("http", 599);
  const body = fields.string("body");
  const delaySeconds = fields.number("delaySeconds");
  if (error !== undefined) {
    return { error, ...(message !== undefined && { message }) };
  }
  if (http !== undefined) {
    if (http < 200) {
      throw wrongValue("http", "an HTTP status from 200 to 599");
    }
    return { http, ...(body !== undefined && { body }) };
  }
  if (body !== undefined) {
    return { body };
  }
  if (delaySeconds !== undefined) {
    return { delaySeconds };
  }
  const plain = plainFaults.find((fault) => Object.keys(fault).some((name) => fields.boolean(name)));
  if (plain === undefined) {
    throw new Failure(
      "MissingParameter",
      `The parameter \`inject\` names no fault. Known: error, http, body, delaySeconds, ${plainNames.join(", ")}.`,
    );
  }
  return plain;
}

function readForeignSync(value: unknown): ForeignSync {
  const fields = new Fields(value, ["atMs", "seconds"]);
  const atMs = fields.number("atMs");
  const seconds = fields.number("seconds");
  if (atMs === undefined || seconds === undefined) {
    throw wrongType("foreignSyncs", "a list of objects with atMs and seconds");
  }
  return { atMs, seconds };
}

function readCountOrFlag(fields: Fields, name: string): number | boolean | undefined {
  return typeof fields.value(name) === "boolean" ? fields.boolean(name) : fields.integer(name);
}
