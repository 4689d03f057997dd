import * as path from "node:path";
import { type GoTool, goTool, hasGo } from "../goTool";
import { oldestGo, windows } from "./cliRelease";
import { findProgram } from "./programs";

/** The release that the CLI ships. yamlHost/go.mod names it too. */
const version = "1.38.3";

const host: GoTool = {
  what: `the host of YAML programs ${version} (about 2 minutes)`,
  folder: `pulumi-yaml-${version}`,
  file: windows ? "pulumi-language-yaml.exe" : "pulumi-language-yaml",
  from: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
  module: path.join(__dirname, "yamlHost"),
  flags: ["-trimpath", `-ldflags=-X github.com/pulumi/pulumi-yaml/pkg/version.Version=v${version}`],
};

/**
 * The folder of the host that runs YAML programs. The official archive has it beside the CLI; if the CLI
 * was built with Go, so is the host, from its own module.
 *
 * @throws an error that says what to install if there is no host and none can be built.
 */
export async function yamlHostFolder(
  folderOfCli: string,
  cache: string,
  say: (line: string) => void,
): Promise<string> {
  const cached = path.join(cache, host.folder);
  const places = [folderOfCli, process.env.PATH ?? "", cached].join(path.delimiter);
  const there = findProgram(host.file, places);
  if (there) {
    return path.dirname(there);
  }
  if (!(await hasGo())) {
    throw new Error(
      "There is no pulumi-language-yaml to run YAML programs. Install the official Pulumi CLI " +
        `(https://www.pulumi.com/docs/install/), or Go ${oldestGo} or later (https://go.dev/dl/), and run this again.`,
    );
  }
  return goTool(host, cache, say);
}
