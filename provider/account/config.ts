/**
 * Reads a value of the stack's Pulumi config, decrypted, by its full name, such as `tencentcloud:secretId`.
 */
export type Config = (name: string) => string | undefined;

/** The environment of the process, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of the config, by the Tencent Cloud provider's names, such as `secretId`. Two are this
 * package's own: `endpoint`, and `cwpRegion`, which is the region for CWP alone.
 */
export interface Settings {
  /** Returns the value as text: an object or a list as JSON. Undefined or "" if it is not set. */
  read(name: string): string | undefined;
  /** Returns the user's name for it, such as `tencentcloud:secretId`. */
  nameOf(name: string): string;
}

const own: Readonly<Record<string, string>> = { endpoint: "endpoint", cwpRegion: "region" };

/**
 * Returns the settings of a stack whose provider reads `tencentcloud:*`. This package's own are under
 * `tencentcloud-cwp:`.
 */
export function pulumiSettings(config: Config): Settings {
  const nameOf = (name: string) => {
    const ours = own[name];
    return ours === undefined ? `tencentcloud:${name}` : `tencentcloud-cwp:${ours}`;
  };
  return { nameOf, read: (name) => config(nameOf(name)) };
}

/**
 * Returns the settings of a provider that reads only `tencentcloud-cwp:*`; `config` takes names without it.
 */
export function pluginSettings(config: Config): Settings {
  const nameIn = (name: string) => own[name] ?? name;
  return { nameOf: (name) => `tencentcloud-cwp:${nameIn(name)}`, read: (name) => config(nameIn(name)) };
}
