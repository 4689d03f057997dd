/** Files that hold settings. */
import * as fs from "node:fs";
import { SettingsError } from "../../api/errors";
import { isObject } from "../../api/isObject";

/** The text of a file; undefined if it is not there. Throws SettingsError where it is and cannot be read. */
export function readIfThere(file: string): string | undefined {
  try {
    // Some editors begin a file with a byte order mark, which is neither JSON nor part of a section's name.
    return fs.readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), "code");
    if (code === "ENOENT" || code === "ENOTDIR") {
      return undefined;
    }
    throw new SettingsError(`${file} cannot be read (${code}): check its permissions.`);
  }
}

/**
 * The JSON object in a file; undefined if the file is not there. `remedy` says how to write it again. Quotes
 * nothing of it.
 */
export function readJsonObject(file: string, remedy: string): Record<string, unknown> | undefined {
  const content = readIfThere(file);
  if (content === undefined) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(content);
    if (isObject(value)) {
      return value;
    }
  } catch (error) {
    // The parser's own text quotes what stands around the error, which may be the secret key.
    const position = /position (\d+)/.exec(String(error))?.[1];
    const line = position ? `, line ${content.slice(0, Number(position)).split("\n").length}` : "";
    throw new SettingsError(`${file}${line} is not valid JSON: correct it, or ${remedy}.`);
  }
  throw new SettingsError(`${file} must hold a JSON object: ${remedy}.`);
}

/** A text with something in it, without the blanks around it. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
