import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { makeArchives } from "../../scripts/pluginArchive";
import type { TestStack } from "../engine/stack";

/**
 * Installs the plugin's archive for this machine, made from the present build, as a user of the stack would.
 */
export async function installArchive(stack: TestStack, folder: string): Promise<void> {
  const archives = await makeArchives(folder);
  const processor = process.arch === "x64" ? "amd64" : "arm64";
  const system = process.platform === "win32" ? "windows" : process.platform;
  const archive = archives.find((file) => file.endsWith(`-${system}-${processor}.tar.gz`)) ?? "";
  assert.ok(fs.statSync(archive).size < 700_000);
  const [, version = ""] = /-v(.*)-[a-z]+-[a-z\d]+\.tar\.gz$/.exec(path.basename(archive)) ?? [];
  await stack.run(["plugin", "install", "resource", "tencentcloud-cwp", version, "--file", archive]);
}
