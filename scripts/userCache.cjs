// This package's folder in the user's cache, for what is downloaded or built once.
const os = require("node:os");
const path = require("node:path");

/** This package's folder in the user's cache. It need not exist. */
function userCache(env = process.env, platform = process.platform) {
  return path.join(cacheHome(env, platform), "pulumi-tencentcloud-cwp");
}

function cacheHome(env, platform) {
  const home = os.homedir();
  if (platform === "win32") {
    return env.LOCALAPPDATA || path.join(home, "AppData", "Local");
  }
  if (platform === "darwin") {
    return path.join(home, "Library", "Caches");
  }
  return env.XDG_CACHE_HOME || path.join(home, ".cache");
}

module.exports = { userCache };
