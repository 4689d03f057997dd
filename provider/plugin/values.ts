/** Values in the engine's form for a plugin, which may be wrapped, and in the core's plain form. */
import { isDeepStrictEqual } from "node:util";
import { isObject } from "../api/isObject";
import { UNKNOWN } from "../machineSync/inputs";

export type Properties = Readonly<Record<string, unknown>>;

/**
 * The key that marks an object as a value of a special kind; its value is the kind. (Pulumi's
 * sdk/go/common/resource/sig.)
 */
const KIND = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** The texts for a value that a preview does not know: one for each type that the value will have. */
const unknowns: ReadonlySet<unknown> = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/**
 * The names that dynamic resources keep beside their properties. A resource that the plugin has taken over
 * may still have them.
 */
const ofDynamicResources: ReadonlySet<string> = new Set(["__provider", "__urn", "timeouts"]);

/** Returns the properties without their wrappings, and without the leftovers of a dynamic resource. */
export function unwrapAll(properties: Properties): Record<string, unknown> {
  return fromEntries(withoutLeftovers(properties), unwrap);
}

export function withoutLeftovers(properties: Properties): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !ofDynamicResources.has(name)));
}

/**
 * Returns the plain properties, each in its form in `wrapped` if its value is the same: so the state keeps a
 * secret in a property as a secret, and nothing else of that property.
 */
export function rewrap(plain: object, wrapped: Properties): Record<string, unknown> {
  const properties: Properties = { ...plain };
  const kept = Object.entries(wrapped).filter(
    ([name, value]) => name in properties && isDeepStrictEqual(unwrap(value), properties[name]),
  );
  return { ...properties, ...Object.fromEntries(kept) };
}

export function secret(value: unknown): unknown {
  const already = isObject(value) && value[KIND] === SECRET;
  return already || isUnknown(value) ? value : { [KIND]: SECRET, value };
}

/** Returns true if the new value keeps something secret that the old value has in the clear. */
export function hasNewSecret(before: unknown, after: unknown): boolean {
  if (isObject(before) && before[KIND] === SECRET) {
    return false;
  }
  if (isObject(after) && after[KIND] === SECRET) {
    return true;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return after.some((value, index) => hasNewSecret(before[index], value));
  }
  return (
    isObject(before) &&
    isObject(after) &&
    Object.keys(after).some((name) => hasNewSecret(before[name], after[name]))
  );
}

export function isUnknown(value: unknown): boolean {
  return unknowns.has(value);
}

function unwrap(value: unknown): unknown {
  if (isUnknown(value)) {
    return UNKNOWN;
  }
  if (Array.isArray(value)) {
    return value.map(unwrap);
  }
  if (!isObject(value)) {
    return value;
  }
  const kind = value[KIND];
  if (kind === SECRET || kind === OUTPUT) {
    return "value" in value ? unwrap(value.value) : UNKNOWN;
  }
  if (kind === ASSET || kind === ARCHIVE) {
    // The engine keeps a value without its contents, so the hash identifies them.
    return { kind, hash: value.hash };
  }
  return fromEntries(value, unwrap);
}

function fromEntries(object: Properties, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
