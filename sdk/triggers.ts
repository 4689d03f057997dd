import { types } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { mistake } from "./mistake";

/**
 * Returns the argument `triggers` if a change of its values shows in the state. Pulumi keeps a Date or a Map
 * as `{}`, so a change of it would never sync. Throws a RunError that names the resource; a promise or an
 * output fails in the same way, once its value is known.
 */
export function keepTriggers(name: string, triggers: unknown): unknown {
  return keep(triggers, "triggers", { name, around: [], isCopy: false });
}

/** The place of a value in the triggers. */
interface Place {
  /** The name of the resource. */
  readonly name: string;
  /** The objects and lists that hold it. */
  readonly around: readonly object[];
  /** True if pulumi.output() has copied it, which has made a Date or a Map into `{}`. */
  readonly isCopy: boolean;
}

function keep(value: unknown, path: string, place: Place): unknown {
  if (pulumi.Output.isInstance(value)) {
    return value.apply(async (known) =>
      keep(known, path, { ...place, around: [], isCopy: !(await isOfResource(value)) }),
    );
  }
  if (types.isPromise(value)) {
    return value.then((known) => keep(known, path, place));
  }
  const wrong = describeLoss(value, place);
  if (wrong !== undefined) {
    throw mistake(`MachineSync "${place.name}" cannot use its triggers: ${path} ${wrong}.`);
  }
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) {
    return value;
  }
  const inside = { ...place, around: [...place.around, value] };
  if (Array.isArray(value)) {
    return value.map((one, index) => keep(one, `${path}[${index}]`, inside));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, keep(one, path + member(key), inside)]),
  );
}

function member(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/**
 * Returns true for an output of a resource: its value was plain from the start. Pulumi's types do not show
 * this method.
 */
async function isOfResource(output: pulumi.Output<unknown>): Promise<boolean> {
  const allResources: unknown = Reflect.get(output, "allResources");
  const all: unknown = allResources instanceof Function ? await allResources.call(output) : undefined;
  return all instanceof Set && all.size > 0;
}

/**
 * Describes the loss of a value in the state, and what to give instead. It never shows the value, which may
 * be secret.
 */
function describeLoss(value: unknown, { around, isCopy }: Place): string | undefined {
  switch (typeof value) {
    case "bigint":
      return "is a BigInt: give its text, as by String()";
    case "symbol":
      return "is a symbol: give its text, as by String()";
    case "function":
      return "is a function: give what it returns";
    case "number":
      return Number.isFinite(value) ? undefined : `is ${value}: give a number that JSON knows, or a text`;
    case "object":
      break;
    default:
      return undefined;
  }
  if (value === null || pulumi.Resource.isInstance(value)) {
    return undefined;
  }
  if (around.includes(value)) {
    return "holds itself: leave that part out";
  }
  if (isCopy && isPlain(value) && Object.keys(value).length === 0) {
    return "is an empty object, which is what pulumi.output() makes of a Date, a Map, a Set, a URL, a RegExp or an Error: give its text";
  }
  const [, why] = losses.find(([fits]) => fits(value)) ?? [];
  return why ?? (Array.isArray(value) || isPlain(value) ? undefined : ofClass(value));
}

const losses: readonly (readonly [fits: (value: object) => boolean, why: string])[] = [
  [types.isDate, "is a Date: give its text, as by toISOString()"],
  [types.isMap, "is a Map: give a list, as by Array.from()"],
  [types.isSet, "is a Set: give a list, as by Array.from()"],
  [types.isRegExp, "is a RegExp: give its text, as by String()"],
  [(value) => value instanceof URL, "is a URL: give its text, as by String()"],
  [types.isNativeError, "is an Error: give its message"],
  [(value) => ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value), "is binary: give a hash of it"],
  [
    (value) => pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value),
    "is an asset: give a hash of its content",
  ],
];

function ofClass(value: object): string {
  return `is an instance of ${value.constructor?.name || "a class"}: give a plain object, a list or a text`;
}

/** Returns true for an object of a literal, even of another realm, as in a test runner. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
