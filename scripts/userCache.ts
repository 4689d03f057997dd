/** This package's folder in the user's cache, for downloads and builds that are made once. */
import * as os from "node:os";
import * as path from "node:path";

/** It need not exist. */
export function userCache(): string {
  return path.join(cacheHome(), "pulumi-tencentcloud-cwp");
}

function cacheHome(): string {
  const home = os.homedir();
  switch (process.platform) {
    case "win32":
      return process.env.LOCALAPPDATA || path.join(home, "AppData", "Local");
    case "darwin":
      return path.join(home, "Library", "Caches");
    default:
      return process.env.XDG_CACHE_HOME || path.join(home, ".cache");
  }
}
