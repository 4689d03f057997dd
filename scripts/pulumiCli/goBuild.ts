import * as path from "node:path";
import { buildWithGo, hasGo } from "../goTool";
import { executable } from "./cliRelease";
import type { WayToGet } from "./wayToGet";

const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** The CLI's own source, with the dependencies of the release's go.mod and go.sum here. */
export const goBuild: WayToGet = {
  origin: "Go build",
  announce: (version, reasons) =>
    `Building the Pulumi CLI ${version} with Go, as ${reasons}; this takes about 4 minutes, once.`,
  async missing() {
    return (await hasGo()) ? undefined : "there is no Go to build it with";
  },
  async get(root, { version, module }) {
    const program = {
      from: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      module,
      flags: [`-ldflags=-X ${versionVariable}=v${version}`],
    };
    const wrong = await buildWithGo(program, path.join(root, "bin", executable));
    if (wrong !== undefined) {
      throw new Error(`the Go build failed (${wrong})`);
    }
  },
};
