import * as path from "node:path";
import { buildWithGo, hasGo } from "../goTool";
import { executable, pulumiVersion } from "./release";
import type { WayToGet } from "./wayToGet";

const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** The CLI's own source at the release and with the dependencies of go.mod and go.sum here. */
export const goBuild: WayToGet = {
  origin: "Go build",
  announce: (reasons) =>
    `Building the Pulumi CLI ${pulumiVersion} with Go, as ${reasons}; this takes about 4 minutes, once.`,
  async missing() {
    return (await hasGo()) ? undefined : "there is no Go to build it with";
  },
  async get(root) {
    const program = {
      from: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      module: __dirname,
      flags: [`-ldflags=-X ${versionVariable}=v${pulumiVersion}`],
    };
    const wrong = await buildWithGo(program, path.join(root, "bin", executable));
    if (wrong !== undefined) {
      throw new Error(`the Go build failed (${wrong})`);
    }
  },
};
