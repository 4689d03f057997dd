/** Makes texts from a network printable, for terminals, logs and the state. */
import { isObject } from "./isObject";

/**
 * Control characters, which a terminal obeys instead of showing them; line and paragraph separators; marks
 * that turn the direction of a text; and halves of a character, which are no text at all to gRPC.
 */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

/** Returns the text with a space in place of each character that cannot be shown. */
export function makePrintable(text: string): string {
  return text.replace(unprintable, " ");
}

/** Makes each text in a value printable, at any depth. */
export function makeAllPrintable(value: unknown): unknown {
  if (typeof value === "string") {
    return makePrintable(value);
  }
  if (Array.isArray(value)) {
    return value.map(makeAllPrintable);
  }
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, makeAllPrintable(field)]))
    : value;
}

/** Returns the printable text, cut to `most` characters. */
export function excerpt(text: string, most: number): string {
  return makePrintable(text.length > most ? `${text.slice(0, most)}…` : text);
}
