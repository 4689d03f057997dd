import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type { Document } from "./markdown";

export const root = path.resolve(__dirname, "../..");

/** The hand-written pages: of the root, of docs/, and of the examples. */
export function guides(): Document[] {
  const examples = readdirSync(path.join(root, "examples")).map((name) => `examples/${name}/README.md`);
  return [
    "README.md",
    "README.zh-CN.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    ...pagesIn("docs"),
    ...examples,
  ]
    .filter((page) => existsSync(path.join(root, page)))
    .map(read);
}

/** The pages that `npm run api` has written. */
export function reference(): Document[] {
  return pagesIn("docs/api", true).map(read);
}

function pagesIn(folder: string, recursive = false): string[] {
  return readdirSync(path.join(root, folder), { recursive, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name.replaceAll(path.sep, "/")}`)
    .sort();
}

function read(page: string): Document {
  return { path: page, text: readFileSync(path.join(root, page), "utf8") };
}
