/**
 * What tests of other languages need beside Node.js. Each is undefined where it is not there and cannot be
 * had.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { goTool, hasGo } from "../../../scripts/goTool";
import { userCache } from "../../../scripts/userCache";

const run = promisify(execFile);
const repository = path.resolve(__dirname, "../../..");
const goModule = path.join(repository, "scripts/pulumiCli");
const sources = ["go.mod", "generateSdk/main.go"].map((file) => path.join(goModule, file));
const PULUMI_FOR_PYTHON = "3.247.0";

/**
 * Writes the SDKs that Pulumi generates from the schema into a folder: `go`, `nodejs` and `python`. Builds
 * the generator once.
 */
export async function generateSdks(folder: string): Promise<boolean> {
  const hash = createHash("sha256");
  for (const source of sources) {
    hash.update(fs.readFileSync(source));
  }
  const file = process.platform === "win32" ? "generate-sdk.exe" : "generate-sdk";
  const generator = {
    what: "the generator of SDKs",
    folder: `generate-sdks-${hash.digest("hex").slice(0, 12)}`,
    file,
    from: "./generateSdk",
    module: goModule,
  };
  if (!fs.existsSync(path.join(userCache(), generator.folder, file)) && !(await hasGo())) {
    return false;
  }
  const bin = await goTool(generator, userCache(), () => {});
  await run(path.join(bin, file), [path.join(repository, "schema.json"), folder]);
  return true;
}

/** A Python with the package pulumi, which is fetched from PyPI once. */
export async function pythonWithPulumi(): Promise<string | undefined> {
  const folder = path.join(userCache(), `python-pulumi-${PULUMI_FOR_PYTHON}`);
  const python = path.join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const whole = path.join(folder, "whole");
  if (fs.existsSync(whole)) {
    return python;
  }
  try {
    fs.rmSync(folder, { recursive: true, force: true });
    await run(process.platform === "win32" ? "python" : "python3", ["-m", "venv", folder]);
    const needed = [`pulumi==${PULUMI_FOR_PYTHON}`, "parver", "semver"];
    await run(python, ["-m", "pip", "install", "--quiet", ...needed], { timeout: 180_000 });
    fs.writeFileSync(whole, "");
    return python;
  } catch {
    return undefined;
  }
}
