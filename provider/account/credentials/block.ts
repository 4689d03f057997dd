import { SettingsError } from "../../api/errors";
import { isObject } from "../../api/isObject";
import type { Settings } from "../config";
import { parseJson } from "../json";

/** A group of settings of the config. */
export interface Block {
  /** The user's name for it, such as `tencentcloud:assumeRole`. */
  readonly setting: string;
  /** Its most important field, for an error. */
  readonly what: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Reads a block by its names. The Tencent Cloud provider's two Pulumi packages have it as an object, and as a
 * list of one object under the plural name. Undefined if it is not set. Throws SettingsError.
 */
export function readBlock(names: readonly string[], what: string, settings: Settings): Block | undefined {
  const blocks = names.flatMap((name) => {
    const written = settings.read(name)?.trim();
    const setting = settings.nameOf(name);
    const values = written ? oneObject(written, setting, what) : undefined;
    return values ? [{ setting, what, values }] : [];
  });
  const [first, second] = blocks;
  if (first && second) {
    throw new SettingsError(`${first.setting} and ${second.setting} are both set: keep one of them.`);
  }
  return first;
}

function oneObject(written: string, setting: string, what: string): Record<string, unknown> | undefined {
  const value = parseJson(written);
  if (Array.isArray(value) && value.length === 0) {
    return undefined;
  }
  const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (!isObject(only)) {
    throw wrongBlock({ setting, what }, `it must be an object with a ${what}`);
  }
  return only;
}

export function wrongBlock({ setting, what }: Pick<Block, "setting" | "what">, wrong: string): SettingsError {
  return new SettingsError(
    `${setting} cannot be used: ${wrong}. Set it with "pulumi config set --path ${setting}.${what}".`,
  );
}

/**
 * Reads the fields of a block as text. As in the provider, an absent or empty field defaults to the
 * environment. Throws SettingsError for a field that is not known or no text.
 */
export function readFields<Name extends string>(
  block: Block,
  defaults: Readonly<Record<Name, string | undefined>>,
): Partial<Record<Name, string>> {
  const { values } = block;
  for (const [name, value] of Object.entries(values)) {
    if (!(name in defaults)) {
      throw wrongBlock(block, `it has no property ${name}`);
    }
    if (!["string", "number"].includes(typeof value) && value !== null) {
      throw wrongBlock(block, `${name} must be a text`);
    }
  }
  const names = Object.keys(defaults) as Name[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = String(values[name] ?? "").trim() || defaults[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  ) as Partial<Record<Name, string>>;
}
