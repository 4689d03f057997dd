import { readIfThere } from "./files";

/** The sections of a credentials file of the SDKs, by name. Names of keys are in lower case. */
export type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads the first file that exists. */
export function readIni(files: readonly string[]): { file: string; sections: Sections } | undefined {
  for (const file of files) {
    const content = readIfThere(file);
    if (content !== undefined) {
      return { file, sections: sectionsOf(content) };
    }
  }
  return undefined;
}

/**
 * Reads a file as Tencent Cloud's SDKs do: `key = value` or `key: value`, in any case; comments on lines of
 * their own, and after a section's name. A `#` or `;` within a value is part of it, so a general parser does
 * not fit.
 */
function sectionsOf(content: string): Sections {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of content.split(/\r\n|\r|\n/).map((raw) => raw.trim())) {
    const [, header] = /^\[(.+?)\]/.exec(line) ?? [];
    const [, key, value] = /^([^=:]+)[=:](.*)$/.exec(line) ?? [];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
    } else if (key !== undefined && value !== undefined) {
      // A comment too becomes a key, which no name fits.
      section.set(key.trimEnd().toLowerCase(), unquote(value.trimStart()));
    }
  }
  return sections;
}

function unquote(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}
