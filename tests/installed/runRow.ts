import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import { findOrGetPulumi } from "../../scripts/pulumiCli";
import { run } from "./commands";
import { install } from "./install";
import { lifecycle, type Operation } from "./lifecycle";
import { getNode, installPnpm, newestRelease } from "./releases";
import { cliOf, type Layout, type Row } from "./rows";
import { checkTypes } from "./types";
import { warningsOfOurs } from "./warnings";

export type Step = "install" | "types" | Operation;

export const steps: readonly Step[] = ["install", "types", "up", "up again", "refresh", "destroy", "plugin"];

/** The steps that a row has: JavaScript has no types. */
export function stepsOf({ typescript }: Row): readonly Step[] {
  return steps.filter((step) => step !== "types" || typescript);
}

/** The outcome of a row. */
export interface Outcome {
  readonly row: Row;
  /** The versions that were taken, as far as it got. */
  readonly versions: Readonly<Record<"node" | "cli" | "pulumi" | "typescript" | "installer", string>>;
  /** The steps that succeeded. */
  readonly passed: readonly Step[];
  /** The step that failed, and the reason. */
  readonly failure?: string;
  /** The range of Node.js that Pulumi states, if the row's is not in it. */
  readonly asksForNode?: string;
  /** The version of the Pulumi that this package finds, if it is not the program's copy. */
  readonly secondPulumi?: string;
  readonly seconds: number;
}

/** The common input of all rows. */
export interface Shared {
  /** This package. */
  readonly tarball: string;
  /** The versions of Pulumi. */
  readonly pulumi: Readonly<Record<Row["pulumi"], string>>;
}

export async function runRow(row: Row, { tarball, pulumi }: Shared): Promise<Outcome> {
  const begun = Date.now();
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-installed-")));
  const versions = {
    node: String(row.node),
    cli: (await findOrGetPulumi(cliOf(row))).version,
    pulumi: pulumi[row.pulumi],
    typescript: "",
    installer: "",
  };
  const passed: Step[] = [];
  let pulumiFound: PulumiFound = {};
  let failure: string | undefined;
  try {
    const node = await getNode(row.node);
    const nodeBin = path.dirname(node);
    versions.node = (await run(node, ["--version"], root)).stdout.trim().slice(1);
    const pnpm = await pnpmOf(row.layout, root);
    const binDirs = [nodeBin, ...(pnpm ? [pnpm.bin] : [])];
    versions.installer = pnpm?.version ?? (await run("npm", ["--version"], root, binDirs)).stdout.trim();

    const { program, without, added } = await install(row.layout, {
      root: fs.mkdtempSync(path.join(root, "site-")),
      language: row,
      dependencies: dependencies(row, pulumi[row.pulumi]),
      secondPulumi: row.pulumi === "oldest" ? pulumi.own : pulumi.oldest,
      tarball,
      binDirs,
    });
    const ours = warningsOfOurs(without, added);
    if (ours.length > 0) {
      throw new Error(`The installer warns of this package:\n${ours.join("\n")}\nAll it said:\n${added}`);
    }
    pulumiFound = findPulumi(program, row.node);
    passed.push("install");

    if (row.typescript) {
      const { typescript, errors } = checkTypes(program);
      versions.typescript = typescript;
      if (errors.length > 0) {
        throw new Error(`TypeScript ${typescript} finds:\n${errors.join("\n")}`);
      }
      passed.push("types");
    }

    for await (const operation of lifecycle(program, node, cliOf(row))) {
      passed.push(operation);
    }
  } catch (error) {
    const failed = stepsOf(row).find((step) => !passed.includes(step));
    failure = `${failed}: ${error instanceof Error ? error.message : error}`;
  } finally {
    fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
  const seconds = (Date.now() - begun) / 1000;
  return { row, versions, passed, seconds, ...pulumiFound, ...(failure !== undefined && { failure }) };
}

function dependencies({ typescript, modules }: Row, pulumi: string): Record<string, string> {
  return {
    "@pulumi/pulumi": pulumi,
    ...(typescript && typescript !== "vendored" && { typescript, "@types/node": "20" }),
    // Pulumi's own ts-node knows no ES modules.
    ...(typescript && modules === "ESM" && { "ts-node": "^10.9.2" }),
  };
}

async function pnpmOf(layout: Layout, root: string): Promise<{ version: string; bin: string } | undefined> {
  if (!layout.startsWith("pnpm")) {
    return undefined;
  }
  const version = await newestRelease(layout === "pnpm 10" ? "pnpm@10" : "pnpm@latest");
  return { version, bin: await installPnpm(version, path.join(root, "pnpm")) };
}

type PulumiFound = Pick<Outcome, "asksForNode" | "secondPulumi">;

function findPulumi(program: string, node: number): PulumiFound {
  const pulumi = manifestOf("@pulumi/pulumi", program);
  const second = manifestOf("@pulumi/pulumi", manifestOf("pulumi-tencentcloud-cwp", program).folder);
  const [, oldestNode] = /^>=\s*(\d+)/.exec(pulumi.engines.node) ?? [];
  return {
    ...(node < Number(oldestNode) && { asksForNode: pulumi.engines.node }),
    ...(second.folder !== pulumi.folder && { secondPulumi: second.version }),
  };
}

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly folder: string;
}

/** The package.json that code in a folder finds. */
function manifestOf(name: string, folder: string): Manifest {
  const file = createRequire(path.join(folder, "index.js")).resolve(`${name}/package.json`);
  return { ...JSON.parse(fs.readFileSync(file, "utf8")), folder: path.dirname(file) };
}
