import * as fs from "node:fs";
import * as path from "node:path";
import { windows } from "./cliRelease";
import { findProgram } from "./programs";

/**
 * The launcher of the host, as the official archive has it beside the CLI. It becomes the host's process
 * instead of its parent, so that a signal to the CLI's child reaches the host.
 */
const host = windows
  ? {
      file: "pulumi-resource-pulumi-nodejs.cmd",
      text: `@echo off
setlocal
for /f "delims=" %%i in ('node -p "require.resolve('@pulumi/pulumi/cmd/dynamic-provider')"') do set HOST=%%i
if not defined HOST exit /b 1
node "%HOST%" %*
`,
    }
  : {
      file: "pulumi-resource-pulumi-nodejs",
      text: `#!/bin/sh
host=$(node -p "require.resolve('@pulumi/pulumi/cmd/dynamic-provider')") || exit 1
exec node "$host" "$@"
`,
    };

/** Returns true if the CLI finds a launcher, in its own folder or on the PATH. */
export function hasHost(folderOfCli: string, searchPath: string): boolean {
  return findProgram(host.file, [folderOfCli, searchPath].join(path.delimiter)) !== undefined;
}

/** Puts the launcher into a folder that has none. */
export function writeHost(folder: string): void {
  const file = path.join(folder, host.file);
  if (!fs.existsSync(file)) {
    fs.writeFileSync(`${file}.${process.pid}`, host.text, { mode: 0o755 });
    fs.renameSync(`${file}.${process.pid}`, file);
  }
}

/** The folder of the launcher for a CLI that has none beside it. */
export function hostFolder(cache: string): string {
  const folder = path.join(cache, "dynamic-provider-host-1");
  fs.mkdirSync(folder, { recursive: true });
  writeHost(folder);
  return folder;
}
