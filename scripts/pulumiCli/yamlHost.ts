import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { putIntoPlace, unfinishedFolder } from "./places";
import { end, findProgram, output } from "./programs";
import { windows } from "./release";

/** The release that is built where there is no host. yamlHost/go.mod names it too. */
const version = "1.25.0";

const file = windows ? "pulumi-language-yaml.exe" : "pulumi-language-yaml";

/**
 * The folder of the host that runs YAML programs. The official archive has it beside the CLI; where the CLI
 * was built with Go, the host is too, from its own module, which takes about two minutes, once.
 *
 * @throws an error that says what to install if there is no host and none can be built.
 */
export async function yamlHostFolder(
  folderOfCli: string,
  cache: string,
  say: (line: string) => void,
): Promise<string> {
  const there = findProgram(file, [folderOfCli, process.env.PATH ?? ""].join(path.delimiter));
  if (there) {
    return path.dirname(there);
  }
  const folder = path.join(cache, `pulumi-yaml-${version}`);
  if (fs.existsSync(path.join(folder, file))) {
    return folder;
  }
  if ((await output("go", ["version"])) === undefined) {
    throw new Error(
      "There is no pulumi-language-yaml to run YAML programs. Install the official Pulumi CLI " +
        "(https://www.pulumi.com/docs/install/), or Go 1.25.11 or later (https://go.dev/dl/), and run this again.",
    );
  }
  say(`Building the host of YAML programs ${version} with Go; this takes about 2 minutes, once.`);
  const unfinished = unfinishedFolder(folder);
  const go = spawn(
    "go",
    [
      "build",
      "-mod=readonly",
      "-trimpath",
      "-buildvcs=false",
      `-ldflags=-X github.com/pulumi/pulumi-yaml/pkg/version.Version=v${version}`,
      `-o=${path.join(unfinished, file)}`,
      "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    ],
    {
      cwd: path.join(__dirname, "yamlHost"),
      env: { ...process.env, GOWORK: "off" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const { ended, lastLine } = await end(go);
  if (ended !== 0) {
    fs.rmSync(unfinished, { recursive: true, force: true });
    throw new Error(`The host of YAML programs could not be built (${lastLine}).`);
  }
  putIntoPlace(unfinished, folder);
  return folder;
}
