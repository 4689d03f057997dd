import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "./commands";

const repository = path.resolve(__dirname, "../..");

/** Packs the present build, and returns the tarball. */
export async function packBuilt(into: string): Promise<string> {
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", into];
  const { stdout } = await run("npm", args, repository);
  return path.join(into, stdout.trim());
}

/** Builds and packs as `npm publish` does, but in a copy: this folder's `dist` stays unchanged. */
export async function packRebuilt(into: string): Promise<string> {
  const copy = path.join(into, "copy");
  const left = new Set(["node_modules", "dist", ".git"]);
  fs.cpSync(repository, copy, { recursive: true, filter: (file) => !left.has(path.basename(file)) });
  fs.symlinkSync(path.join(repository, "node_modules"), path.join(copy, "node_modules"), "junction");
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", into], copy);
  return path.join(into, stdout.trim());
}

/** Unpacks a tarball into a folder, which must be there. */
export async function unpack(tarball: string, folder: string): Promise<void> {
  // A name without a colon, which some versions of tar take for a host.
  const name = path.relative(folder, tarball);
  await run("tar", ["-xzf", name, "--strip-components", "1"], folder);
}
