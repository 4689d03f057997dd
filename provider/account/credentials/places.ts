import { homedir } from "node:os";
import * as path from "node:path";
import { SettingsError } from "../../api/errors";
import type { Environment, Settings } from "../config";

/** The places of profiles. */
export interface ProfilePlaces {
  /** tccli's folder, `~/.tccli` by default. Undefined if there is no home folder. */
  readonly tccli: string | undefined;
  /** The SDKs' credentials files. The first that exists counts. */
  readonly ini: readonly string[];
}

/** The SDKs' file for all users of a machine. */
const SYSTEM_INI = "/etc/tencentcloud/credentials";

export function profilePlaces(
  settings: Settings,
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): ProfilePlaces {
  const { join } = platform === "win32" ? path.win32 : path.posix;
  const home = homeFolder();
  // As in the Tencent Cloud provider, ~ means HOME on Windows too, if it is set.
  const tilde = (platform === "win32" && env.HOME) || home;
  const inConfig = settings.read("sharedCredentialsDir");
  const folder = inConfig || env.TENCENTCLOUD_SHARED_CREDENTIALS_DIR;
  const named = env.TENCENTCLOUD_CREDENTIALS_FILE;
  if (folder && /^~(?=$|[\\/])/.test(folder) && tilde === undefined) {
    const setting = inConfig
      ? settings.nameOf("sharedCredentialsDir")
      : "TENCENTCLOUD_SHARED_CREDENTIALS_DIR";
    throw new SettingsError(`${setting} begins with ~, but this user has no home folder: set a full path.`);
  }
  return {
    tccli: folder ? folder.replace(/^~(?=$|[\\/])/, () => tilde ?? "") : home && join(home, ".tccli"),
    ini: named ? [named] : [...(home ? [join(home, ".tencentcloud", "credentials")] : []), SYSTEM_INI],
  };
}

/** Returns undefined in a container whose user has neither HOME nor an entry in the list of users. */
function homeFolder(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}

export function placesInWords({ tccli, ini }: ProfilePlaces): string {
  return [...(tccli === undefined ? [] : [tccli]), ...ini].join(" or ");
}
