import { WrongField } from "../api/fields";
import { UsageError } from "./usageError";

/**
 * Reads JSON that a person wrote, in `source` (a flag or a file). Throws a UsageError that names the source,
 * the field, and the expected value.
 */
export function readJsonText<Read>(source: string, text: string, read: (value: unknown) => Read): Read {
  const value = parse(source, text);
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof WrongField)) {
      throw error;
    }
    const { field, problem } = error;
    throw new UsageError(field === "" ? `${source} ${problem}.` : `In ${source}, \`${field}\` ${problem}.`);
  }
}

function parse(source: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Of Node's own message only the place: the rest quotes the text, and a wrong file may hold secrets.
    const [, position] = /at position (\d+)/.exec(String(error)) ?? [];
    const line = text.slice(0, Number(position)).split("\n").length;
    const place = position !== undefined && text.includes("\n") ? ` near line ${line}` : "";
    throw new UsageError(`${source} is not valid JSON${place}: expected one JSON object.`);
  }
}
