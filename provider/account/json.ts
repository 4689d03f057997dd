/**
 * Returns the value of a JSON text; undefined if it is not JSON. Quotes nothing of it, unlike the parser's
 * error: it may be a secret.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
