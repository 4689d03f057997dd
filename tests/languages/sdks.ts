/** The SDKs that `pulumi package add` generates: in the CLI, only the host of a language does. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type GoTool, goTool, hasGo } from "../../scripts/goTool";
import { userCache } from "../../scripts/userCache";
import { run } from "../installed/commands";

const repository = path.resolve(__dirname, "../..");
const goModule = path.join(repository, "scripts/pulumiCli");
const windows = process.platform === "win32";

/** The folder that `pulumi package add` uses for the SDK, in the program's folder. */
export const sdkPath = "sdks/tencentcloud-cwp";

/** The text of schema.json. */
export function schema(): string {
  return fs.readFileSync(path.join(repository, "schema.json"), "utf8");
}

const generator: GoTool = {
  what: "the generator of SDKs",
  folder: `generate-sdks-${hashOf("go.mod", "generateSdk/main.go")}`,
  file: windows ? "generate-sdk.exe" : "generate-sdk",
  from: "./generateSdk",
  module: goModule,
};

function hashOf(...files: string[]): string {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(fs.readFileSync(path.join(goModule, file)));
  }
  return hash.digest("hex").slice(0, 12);
}

/**
 * Puts the SDK of a language into the folder that `pulumi package add` uses, by the generator of the newest
 * CLI.
 */
export async function addSdk(
  program: string,
  language: "go" | "nodejs" | "python",
  text = schema(),
): Promise<void> {
  await generatedSdk(text, language, path.join(program, sdkPath));
}

/** Puts the SDK of a language for a schema into a folder. */
export async function generatedSdk(text: string, language: string, folder: string): Promise<void> {
  await withSchema(text, async (file, generated) => {
    await generate(generator, path.dirname(file), file, generated);
    fs.cpSync(path.join(generated, language), folder, { recursive: true });
  });
}

/** Gives a file of the schema, and the name of a new folder beside it. */
export async function withSchema(
  text: string,
  use: (file: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cwp-sdks-"));
  try {
    const file = path.join(folder, "schema.json");
    fs.writeFileSync(file, text);
    await use(file, path.join(folder, "generated"));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Builds the generator, once, and runs it in a folder. */
export async function generate(tool: GoTool, folder: string, ...args: string[]): Promise<void> {
  const bin = await goTool(tool, userCache(), (line) => console.log(`      ${line}`));
  await run(path.join(bin, tool.file), args, folder);
}

/** The reason why no SDK can be generated; undefined if one can. */
export async function missingGenerator(): Promise<string | undefined> {
  return (await hasGo()) ? undefined : "there is no Go to build the generator of SDKs with";
}
