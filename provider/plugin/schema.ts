/**
 * The package's schema, from the file at the root of the published package, or beside the code in an archive.
 */
// biome-ignore-start lint/style/useNodejsImportProtocol: oldNode.ts needs this on Node.js 12, which knows no "node:".
import { existsSync, readFileSync } from "fs";
import { dirname, join } from "path";

// biome-ignore-end lint/style/useNodejsImportProtocol: see above.

const FILE = "schema.json";

export function readSchema(): string {
  return readFileSync(schemaFile(__dirname), "utf8");
}

export function packageVersion(): string {
  return JSON.parse(readSchema()).version;
}

function schemaFile(folder: string): string {
  const file = join(folder, FILE);
  const parent = dirname(folder);
  return existsSync(file) || parent === folder ? file : schemaFile(parent);
}
