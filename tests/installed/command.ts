/** `npm run matrix`: this package, installed into programs of many kinds. See `help`. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { findOrGetPulumi } from "../../scripts/pulumiCli";
import { packRebuilt } from "./pack";
import { newestRelease } from "./releases";
import { cliOf, nameOf, type Row, rows } from "./rows";
import { type Outcome, runRow } from "./runRow";
import { consoleTable, hasSucceeded, matrixTable, replaceMarked, supportTable } from "./tables";

const help = `Usage: npm run matrix -- [options]

Packs this package, installs it into programs outside of this folder, and runs up, up again, refresh and destroy
there, on the real Pulumi engine against the emulator: with several releases of Node.js, Pulumi, TypeScript, npm and
pnpm, from the package registry. Writes the tables in docs/versions.md and README.md.

Options:
  --row NAME    run this row alone, and write no table
  --help        print this text

Rows:
${rows.map((row) => `  ${nameOf(row)}`).join("\n")}
`;

const repository = path.resolve(__dirname, "../..");

/** Runs the rows and returns their outcomes. */
async function runRows(chosen: readonly Row[]): Promise<Outcome[]> {
  for (const release of new Set(chosen.map(cliOf))) {
    await findOrGetPulumi(release);
  }
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-packed-")));
  try {
    const shared = { tarball: await packRebuilt(folder), pulumi: await pulumiReleases() };
    const outcomes: Outcome[] = [];
    for (const [index, row] of chosen.entries()) {
      process.stderr.write(`${index + 1}/${chosen.length} ${nameOf(row)}\n`);
      outcomes.push(await runRow(row, shared));
    }
    return outcomes;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function pulumiReleases(): Promise<Record<Row["pulumi"], string>> {
  const manifest = JSON.parse(fs.readFileSync(path.join(repository, "package.json"), "utf8"));
  return {
    oldest: manifest.peerDependencies["@pulumi/pulumi"].replace(/^\^/, ""),
    own: manifest.devDependencies["@pulumi/pulumi"],
    newest: await newestRelease("@pulumi/pulumi@latest"),
  };
}

function writeTables(outcomes: readonly Outcome[]): void {
  const tables = { "docs/versions.md": matrixTable(outcomes), "README.md": supportTable(outcomes) };
  for (const [name, table] of Object.entries(tables)) {
    const file = path.join(repository, name);
    const written = replaceMarked(fs.readFileSync(file, "utf8"), table);
    if (written === undefined) {
      print(`${name} has no place for the table.\n`);
    } else {
      fs.writeFileSync(file, written);
    }
  }
  print("README.zh-CN.md has the table of README.md in Chinese: translate what has changed.\n");
}

/**
 * The rows that the command line asks for; undefined if it asks for the help. Throws an Error that names the
 * expected value.
 */
function readOrder(args: string[]): readonly Row[] | undefined {
  const options = { row: { type: "string" }, help: { type: "boolean" } } as const;
  const { row: name, help: wantsHelp } = parseArgs({ args, options }).values;
  const chosen = name === undefined ? rows : rows.filter((row) => nameOf(row) === name);
  if (chosen.length === 0) {
    throw new Error(`--row ${name} is no row: --help lists them.`);
  }
  return wantsHelp ? undefined : chosen;
}

async function main(): Promise<void> {
  const chosen = readOrder(process.argv.slice(2));
  if (!chosen) {
    print(help);
    return;
  }
  const outcomes = await runRows(chosen);
  print(`${consoleTable(outcomes)}\n`);
  if (chosen === rows) {
    writeTables(outcomes);
  }
  for (const { row, failure } of outcomes) {
    if (failure !== undefined) {
      print(`\n${nameOf(row)} failed: ${failure}\n`);
    }
  }
  process.exitCode = outcomes.every(hasSucceeded) ? 0 : 1;
}

function print(text: string): void {
  process.stdout.write(text);
}

main().catch((error: unknown) => {
  process.stderr.write(`matrix: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
