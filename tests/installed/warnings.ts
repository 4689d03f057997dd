/** The installer's warnings that did not appear without this package. */
export function warningsOfOurs(without: string, added: string): string[] {
  const known = new Set(warnings(without));
  return warnings(added).filter((line) => !known.has(line));
}

function warnings(printed: string): string[] {
  return (
    printed
      .split("\n")
      // pnpm draws a tree, whose branches change with the packages.
      .map((line) => line.replace(/^[\s│├└─┬]+/, "").trim())
      .filter((line) => /\b(warn|warning|error|deprecated|unmet|missing)\b/i.test(line))
  );
}
