/**
 * Finds a Pulumi CLI for the tests and the demo, or gets one: from the PATH, from this package's folder in
 * the user's cache, by the official download, or built with Go.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { download } from "./pulumiCli/download";
import { hasHost, hostFolder, writeHost } from "./pulumiCli/dynamicProviderHost";
import { goBuild } from "./pulumiCli/goBuild";
import { putIntoPlace, unfinishedFolder } from "./pulumiCli/places";
import { findProgram, output } from "./pulumiCli/programs";
import { executable, pulumiVersion } from "./pulumiCli/release";
import type { WayToGet } from "./pulumiCli/wayToGet";
import { yamlHostFolder } from "./pulumiCli/yamlHost";
import { userCache } from "./userCache";

export interface PulumiCli {
  /** The path of the executable. */
  command: string;
  /** Without a "v" before it. */
  version: string;
  origin: "PATH" | WayToGet["origin"] | "cache";
  /** Folders that must be put before the PATH, so that the CLI finds the host of dynamic providers. */
  binDir: string[];
}

/** Where to look, and what to do where nothing is found. */
export interface Places {
  searchPath: string;
  cache: string;
  waysToGet: WayToGet[];
  say(line: string): void;
}

/**
 * The oldest CLI that is taken from the PATH. 3.181.0 was the first whose `refresh` and `destroy` can be
 * given an inline program (`--client`), which the engine tests do.
 */
const oldestVersion = [3, 181, 0] as const;

let found: Promise<PulumiCli> | undefined;

/**
 * Finds the Pulumi CLI, or gets it, which may take minutes.
 *
 * @throws an error that says what to install if there is no CLI and none can be had.
 */
export function findOrGetPulumi(): Promise<PulumiCli> {
  found ??= findOrGetPulumiIn({
    searchPath: process.env.PATH ?? "",
    cache: userCache(),
    waysToGet: [download, goBuild],
    say: (line) => console.log(line),
  });
  return found;
}

let yamlHost: Promise<string> | undefined;

/** The folder of the host of YAML programs, which is built with Go where the CLI has none beside it. */
export function findOrGetYamlHost(): Promise<string> {
  yamlHost ??= findOrGetPulumi().then(({ command }) =>
    yamlHostFolder(path.dirname(fs.realpathSync(command)), userCache(), (line) => console.log(line)),
  );
  return yamlHost;
}

/** As {@link findOrGetPulumi}, in the given places. */
export async function findOrGetPulumiIn(places: Places): Promise<PulumiCli> {
  const onPath = await findOnPath(places);
  if (typeof onPath !== "string") {
    return onPath;
  }
  return findInCache(places) ?? (await tryAllWays(places, onPath));
}

/** The CLI on the PATH, or why it is not taken. */
async function findOnPath({ searchPath, cache }: Places): Promise<PulumiCli | string> {
  const command = findProgram(executable, searchPath);
  if (command === undefined) {
    return "there is none on the PATH";
  }
  const printed = await output(command, ["version"]);
  const version = /(\d+)\.(\d+)\.(\d+)\S*/.exec(printed ?? "");
  if (!version) {
    return `${command} does not tell its version`;
  }
  if (!isRecentEnough(version.slice(1).map(Number))) {
    return `the one on the PATH is ${version[0]}, but ${oldestVersion.join(".")} or a later 3.x is needed`;
  }
  const binDir = hasHost(path.dirname(fs.realpathSync(command)), searchPath) ? [] : [hostFolder(cache)];
  return { command, version: version[0], origin: "PATH", binDir };
}

function isRecentEnough([major = 0, minor = 0, patch = 0]: number[]): boolean {
  const [oldestMajor, oldestMinor, oldestPatch] = oldestVersion;
  return major === oldestMajor && (minor > oldestMinor || (minor === oldestMinor && patch >= oldestPatch));
}

/** The CLI in the cache. It was renamed into place when it was whole, so being there is enough. */
function findInCache({ cache }: Places): PulumiCli | undefined {
  const cli = cachedCli(cache, "cache");
  return fs.existsSync(cli.command) ? cli : undefined;
}

function cachedCli(cache: string, origin: PulumiCli["origin"]): PulumiCli {
  const bin = path.join(cacheRoot(cache), "bin");
  return { command: path.join(bin, executable), version: pulumiVersion, origin, binDir: [bin] };
}

function cacheRoot(cache: string): string {
  return path.join(cache, `pulumi-${pulumiVersion}`);
}

async function tryAllWays({ cache, waysToGet, say }: Places, whyNotPath: string): Promise<PulumiCli> {
  const reasons = [whyNotPath];
  for (const way of waysToGet) {
    const missing = await way.missing?.();
    if (missing !== undefined) {
      reasons.push(missing);
      continue;
    }
    say(way.announce(joined(reasons)));
    const unfinished = unfinishedFolder(cacheRoot(cache));
    try {
      await way.get(unfinished);
      writeHost(path.join(unfinished, "bin"));
      putIntoPlace(unfinished, cacheRoot(cache));
      say(`The Pulumi CLI is now in ${cacheRoot(cache)}.`);
      return cachedCli(cache, way.origin);
    } catch (error) {
      fs.rmSync(unfinished, { recursive: true, force: true });
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    `There is no Pulumi CLI to run: ${joined(reasons)}. Install the Pulumi CLI ${oldestVersion.join(".")} or a later ` +
      "3.x (https://www.pulumi.com/docs/install/), or Go 1.25.11 or later (https://go.dev/dl/), and run this again.",
  );
}

const joined = (reasons: string[]): string => new Intl.ListFormat("en").format(reasons);

async function main(): Promise<void> {
  try {
    const { command, version, origin } = await findOrGetPulumi();
    await findOrGetYamlHost();
    if (!process.argv.includes("--quiet")) {
      console.log(`Pulumi CLI ${version} (${origin}): ${command}`);
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

if (require.main === module) {
  main();
}
