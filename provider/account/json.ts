/** JSON in settings and answers. */

/**
 * The value of a JSON text; undefined if it is none. Quotes nothing of it, as the parser's error would: it
 * may be a secret.
 */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
