/**
 * Puts slow results into the cache: complete, even if another process makes the same result at the same time.
 */
import * as fs from "node:fs";
import * as path from "node:path";

const UNFINISHED = ".unfinished-";
const DAY_MS = 24 * 60 * 60 * 1000;

/** A folder of this process's own to work in. Deletes the leftovers of killed processes. */
export function unfinishedFolder(place: string): string {
  const cache = path.dirname(place);
  fs.mkdirSync(cache, { recursive: true });
  for (const name of fs.readdirSync(cache)) {
    const folder = path.join(cache, name);
    const isOurs = name.startsWith(`${path.basename(place)}${UNFINISHED}`);
    if (isOurs && Date.now() - fs.statSync(folder).mtimeMs > DAY_MS) {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
  return fs.mkdtempSync(`${place}${UNFINISHED}`);
}

/** Puts what was made into its place, unless another process was faster. */
export function putIntoPlace(made: string, place: string): void {
  try {
    fs.renameSync(made, place);
  } catch (error) {
    if (!fs.existsSync(place)) {
      throw error;
    }
    fs.rmSync(made, { recursive: true, force: true });
  }
}
