import { type CliRelease, lowest, newest } from "../../scripts/pulumiCli/cliRelease";

/** The layout of node modules in which a program has this package. */
export type Layout = "npm" | "npm link" | "npm workspaces" | "pnpm" | "pnpm 10" | "pnpm workspaces";

/** `vendored`: none is installed, so Pulumi takes its own TypeScript 3.8. */
type TypeScript = "5.9" | "6" | "vendored";

/** One way to use this package. */
export interface Row {
  /** The newest release of this major version runs the installer, the program and the provider process. */
  readonly node: 20 | 22 | 24 | 26;
  /**
   * `@pulumi/pulumi`: the oldest that package.json allows, the version that this package is developed with,
   * or the newest release.
   */
  readonly pulumi: "oldest" | "own" | "newest";
  /** The Pulumi CLI. Default: the release that the tests run on. */
  readonly cli?: "lowest";
  readonly layout: Layout;
  /** None: the program is JavaScript. */
  readonly typescript?: TypeScript;
  readonly modules: "CommonJS" | "ESM";
}

/** The name for `--row`, different for each row. */
export function nameOf({ node, pulumi, cli, layout }: Row): string {
  return `${node}-${pulumi}-${layout.replaceAll(" ", "-")}${cli ? `-${cli}-cli` : ""}`;
}

export function cliOf({ cli }: Row): CliRelease {
  return cli === "lowest" ? lowest : newest;
}

/**
 * Every Node.js beside the oldest and the newest Pulumi, and everything else at least twice, but for the
 * lowest CLI: once, with the newest Pulumi. The oldest Pulumi knows no ES modules in TypeScript, and no
 * TypeScript 6.
 */
export const rows: readonly Row[] = [
  { node: 20, pulumi: "oldest", layout: "npm", typescript: "5.9", modules: "CommonJS" },
  { node: 20, pulumi: "own", layout: "npm", typescript: "5.9", modules: "ESM" },
  { node: 20, pulumi: "own", layout: "pnpm 10", modules: "CommonJS" },
  { node: 20, pulumi: "newest", layout: "npm", modules: "CommonJS" },
  { node: 22, pulumi: "oldest", layout: "npm", modules: "ESM" },
  { node: 22, pulumi: "oldest", layout: "npm workspaces", typescript: "vendored", modules: "CommonJS" },
  { node: 22, pulumi: "newest", layout: "npm", typescript: "6", modules: "CommonJS" },
  { node: 22, pulumi: "newest", layout: "npm link", typescript: "5.9", modules: "CommonJS" },
  { node: 22, pulumi: "newest", layout: "pnpm workspaces", typescript: "5.9", modules: "CommonJS" },
  { node: 24, pulumi: "oldest", layout: "pnpm", typescript: "5.9", modules: "CommonJS" },
  { node: 24, pulumi: "oldest", layout: "npm link", modules: "ESM" },
  { node: 24, pulumi: "own", layout: "pnpm 10", typescript: "6", modules: "ESM" },
  { node: 24, pulumi: "newest", layout: "npm", typescript: "vendored", modules: "CommonJS" },
  { node: 24, pulumi: "newest", cli: "lowest", layout: "npm", typescript: "5.9", modules: "CommonJS" },
  { node: 24, pulumi: "newest", layout: "npm workspaces", typescript: "6", modules: "CommonJS" },
  { node: 26, pulumi: "oldest", layout: "npm", typescript: "vendored", modules: "CommonJS" },
  { node: 26, pulumi: "oldest", layout: "pnpm workspaces", modules: "ESM" },
  { node: 26, pulumi: "newest", layout: "npm", modules: "ESM" },
  { node: 26, pulumi: "newest", layout: "pnpm", typescript: "6", modules: "ESM" },
];
