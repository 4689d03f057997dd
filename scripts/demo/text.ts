/** The demo's own sentences. */

/** The text in lines that are not longer than this, if no word is. Line breaks and indents of the text do not count. */
export function wrapped(text: string, columns: number): string {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = `${last} ${word}`;
    }
  }
  return lines.join("\n");
}

/** `1 request`, `2 requests`, `no request`. */
export function plural(count: number, noun: string): string {
  return count === 0 ? `no ${noun}` : `${count} ${noun}${count === 1 ? "" : "s"}`;
}
