import { spawn } from "node:child_process";
import * as path from "node:path";
import { end, output } from "./programs";
import { executable, pulumiVersion } from "./release";
import type { WayToGet } from "./wayToGet";

/** The CLI's own source at the release and with the dependencies of go.mod and go.sum here. */
export const goBuild: WayToGet = {
  origin: "Go build",
  announce: (reasons) =>
    `Building the Pulumi CLI ${pulumiVersion} with Go, as ${reasons}; this takes about 4 minutes, once.`,
  async missing() {
    return (await output("go", ["version"])) === undefined ? "there is no Go to build it with" : undefined;
  },
  async get(root) {
    const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
    const command = path.join(root, "bin", executable);
    const go = spawn(
      "go",
      [
        "build",
        "-mod=readonly",
        "-buildvcs=false",
        `-ldflags=-X ${versionVariable}=v${pulumiVersion}`,
        `-o=${command}`,
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      ],
      {
        cwd: __dirname,
        env: { ...process.env, GOWORK: "off" },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const { ended, lastLine } = await end(go);
    if (ended !== 0) {
      throw new Error(`the Go build failed (${lastLine})`);
    }
  },
};
