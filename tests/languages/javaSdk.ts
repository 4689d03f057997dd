import * as path from "node:path";
import type { GoTool } from "../../scripts/goTool";
import { generate, schema, sdkPath, withSchema } from "./sdks";

/** The newest release that Go could fetch and verify. javaGenerator/go.mod names it too. */
const version = "0.9.9";

const generator: GoTool = {
  what: `the generator of the Java SDK ${version}`,
  folder: `pulumi-java-gen-${version}`,
  file: process.platform === "win32" ? "pulumi-java-gen.exe" : "pulumi-java-gen",
  from: "github.com/pulumi/pulumi-java/pkg/cmd/pulumi-java-gen",
  module: path.resolve(__dirname, "../../scripts/pulumiCli/javaGenerator"),
  flags: ["-trimpath"],
};

/** Puts the Java SDK into the folder that `pulumi package add` uses. */
export async function addJavaSdk(program: string): Promise<void> {
  // Later releases of this generator fill in the repository themselves.
  const text = JSON.stringify({ repository: "https://example.com", ...JSON.parse(schema()) });
  await withSchema(text, async (file) => {
    await generate(generator, program, "generate", "--schema", file, "--out", sdkPath);
  });
}
