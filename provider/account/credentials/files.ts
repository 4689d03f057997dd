import * as fs from "node:fs";
import { SettingsError } from "../../api/errors";
import { isObject } from "../../api/isObject";

/** Reads a file; undefined if it does not exist. Throws SettingsError if it exists and cannot be read. */
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
 * Reads the JSON object in a file; undefined if the file does not exist. `remedy` says how to write it again.
 * Quotes nothing of it.
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
    // The parser's message quotes the text around the error, which may be the secret key.
    const position = /position (\d+)/.exec(String(error))?.[1];
    const line = position ? `, line ${content.slice(0, Number(position)).split("\n").length}` : "";
    throw new SettingsError(`${file}${line} is not valid JSON: correct it, or ${remedy}.`);
  }
  throw new SettingsError(`${file} must hold a JSON object: ${remedy}.`);
}

/** Returns a text that is not empty, without the blanks around it. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
