/**
 * Finds a Pulumi CLI for the tests and the demo, or gets one: from the PATH, from this package's folder in
 * the user's cache, by the official download, or built with Go.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { type CliRelease, executable, lowest, newest, oldestGo } from "./pulumiCli/cliRelease";
import { download } from "./pulumiCli/download";
import { hasHost, hostFolder, writeHost } from "./pulumiCli/dynamicProviderHost";
import { goBuild } from "./pulumiCli/goBuild";
import { putIntoPlace, unfinishedFolder } from "./pulumiCli/places";
import { findProgram, output } from "./pulumiCli/programs";
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

/** The places to search, and the ways to get a CLI if none is found. */
export interface Places {
  release: CliRelease;
  searchPath: string;
  cache: string;
  waysToGet: WayToGet[];
  say(line: string): void;
}

const found = new Map<CliRelease, Promise<PulumiCli>>();

/**
 * Finds the Pulumi CLI, or gets it, which may take minutes.
 *
 * @param release The release to get if there is none. For the newest, any CLI on the PATH that is not older
 *   than the lowest release is enough; for the lowest, only that version.
 * @throws an error that says what to install if there is no CLI and none can be had.
 */
export function findOrGetPulumi(release: CliRelease = newest): Promise<PulumiCli> {
  const known = found.get(release);
  if (known) {
    return known;
  }
  const search = findOrGetPulumiIn({
    release,
    searchPath: process.env.PATH ?? "",
    cache: userCache(),
    waysToGet: [download, goBuild],
    say: (line) => console.log(line),
  });
  found.set(release, search);
  return search;
}

let yamlHost: Promise<string> | undefined;

/** The folder of the host of YAML programs, which is built with Go if the CLI has none beside it. */
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

/** The CLI on the PATH, or the reason not to use it. */
async function findOnPath({ release, searchPath, cache }: Places): Promise<PulumiCli | string> {
  const command = findProgram(executable, searchPath);
  if (command === undefined) {
    return "there is none on the PATH";
  }
  const printed = await output(command, ["version"]);
  const version = /(\d+)\.(\d+)\.(\d+)\S*/.exec(printed ?? "");
  if (!version) {
    return `${command} does not print its version`;
  }
  if (!isWanted(version[0], release)) {
    return `the one on the PATH is ${version[0]}, but ${wantedVersions(release)} is needed`;
  }
  const binDir = hasHost(path.dirname(fs.realpathSync(command)), searchPath) ? [] : [hostFolder(cache)];
  return { command, version: version[0], origin: "PATH", binDir };
}

const wantedVersions = (release: CliRelease): string =>
  release === lowest ? lowest.version : `${lowest.version} or a later 3.x`;

function isWanted(version: string, release: CliRelease): boolean {
  if (release === lowest) {
    return version === lowest.version;
  }
  const inOrder = new Intl.Collator("en", { numeric: true }).compare(lowest.version, version) <= 0;
  return inOrder && version.startsWith("3.");
}

/** The CLI in the cache. It was renamed into place when it was complete, so its presence is enough. */
function findInCache(places: Places): PulumiCli | undefined {
  const cli = cachedCli(places, "cache");
  return fs.existsSync(cli.command) ? cli : undefined;
}

function cachedCli(places: Places, origin: PulumiCli["origin"]): PulumiCli {
  const bin = path.join(cacheRoot(places), "bin");
  return { command: path.join(bin, executable), version: places.release.version, origin, binDir: [bin] };
}

function cacheRoot({ cache, release }: Places): string {
  return path.join(cache, `pulumi-${release.version}`);
}

async function tryAllWays(places: Places, whyNotPath: string): Promise<PulumiCli> {
  const { release, waysToGet, say } = places;
  const place = cacheRoot(places);
  const reasons = [whyNotPath];
  for (const way of waysToGet) {
    const missing = await way.missing?.();
    if (missing !== undefined) {
      reasons.push(missing);
      continue;
    }
    say(way.announce(release.version, joinReasons(reasons)));
    const unfinished = unfinishedFolder(place);
    try {
      await way.get(unfinished, release);
      writeHost(path.join(unfinished, "bin"));
      putIntoPlace(unfinished, place);
      say(`The Pulumi CLI is now in ${place}.`);
      return cachedCli(places, way.origin);
    } catch (error) {
      fs.rmSync(unfinished, { recursive: true, force: true });
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    `There is no Pulumi CLI to run: ${joinReasons(reasons)}. Install the Pulumi CLI ` +
      `${wantedVersions(release)} (https://www.pulumi.com/docs/install/), or Go ${oldestGo} or later ` +
      "(https://go.dev/dl/), and run this again.",
  );
}

const joinReasons = (reasons: string[]): string => new Intl.ListFormat("en").format(reasons);

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
