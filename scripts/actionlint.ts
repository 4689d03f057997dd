/** Finds actionlint, which checks the workflows of the hosted CI, or builds it with Go. */
import * as path from "node:path";
import { goTool, hasGo } from "./goTool";
import { findProgram } from "./pulumiCli/programs";
import { userCache } from "./userCache";

/** actionlint/go.mod names it too. */
const version = "1.7.12";
const file = process.platform === "win32" ? "actionlint.exe" : "actionlint";

const tool = {
  what: `actionlint ${version} (some 10 seconds)`,
  folder: `actionlint-${version}`,
  file,
  from: "github.com/rhysd/actionlint/cmd/actionlint",
  module: path.join(__dirname, "actionlint"),
  flags: ["-trimpath"],
};

/** The path of the program, or why there is none. */
export async function findOrGetActionlint(): Promise<{ command: string } | { missing: string }> {
  const cache = userCache();
  const there = findProgram(file, path.join(cache, tool.folder));
  if (there) {
    return { command: there };
  }
  if (!(await hasGo())) {
    return { missing: "there is no Go to build actionlint with" };
  }
  try {
    return { command: path.join(await goTool(tool, cache, () => {}), file) };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}
