import * as fs from "node:fs";
import * as path from "node:path";
import { userCache } from "../../scripts/userCache";
import { run } from "./commands";
import { unpack } from "./pack";
import { type Language, writeProgram } from "./program";
import type { Layout } from "./rows";

/** The folder, the layout and the packages of an installation. */
export interface Site {
  /** An empty folder. */
  readonly root: string;
  readonly language: Language;
  /** The program's dependencies beside this package. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** The version of the second copy of Pulumi, in layouts that have one. */
  readonly secondPulumi: string;
  /** This package. */
  readonly tarball: string;
  /** Folders that go before the PATH. */
  readonly binDirs: readonly string[];
}

export interface Installation {
  /** The program's folder. */
  readonly program: string;
  /** The installer's output without this package. */
  readonly without: string;
  /** The installer's output when it installed this package. */
  readonly added: string;
}

export function install(layout: Layout, site: Site): Promise<Installation> {
  switch (layout) {
    case "npm":
      return withNpm(site);
    case "npm link":
      return installLinked(site);
    case "npm workspaces":
      return inNpmWorkspaces(site);
    case "pnpm":
    case "pnpm 10":
      return withPnpm(site);
    case "pnpm workspaces":
      return inPnpmWorkspaces(site);
  }
}

async function withNpm({ root, language, dependencies, tarball, binDirs }: Site): Promise<Installation> {
  writeProgram(root, language, dependencies);
  const npm = installer("npm", root, binDirs);
  return { program: root, without: await npm("install"), added: await npm("install", tarball) };
}

/** The package is a symbolic link to a folder elsewhere, which has node modules of its own. */
async function installLinked(site: Site): Promise<Installation> {
  const { root, language, dependencies, tarball, binDirs, secondPulumi } = site;
  const checkout = path.join(root, "checkout");
  const program = path.join(root, "program");
  fs.mkdirSync(checkout);
  await unpack(tarball, checkout);
  developWith(secondPulumi, path.join(checkout, "package.json"));
  await installer("npm", checkout, binDirs)("install");
  writeProgram(program, language, dependencies);
  const npm = installer("npm", program, binDirs);
  return { program, without: await npm("install"), added: await npm("install", checkout) };
}

/**
 * As the linked folder is a checkout, it has the Pulumi that it is developed with. The other tools are left
 * out.
 */
function developWith(pulumi: string, manifest: string): void {
  const found = JSON.parse(fs.readFileSync(manifest, "utf8"));
  found.devDependencies = { "@pulumi/pulumi": pulumi };
  fs.writeFileSync(manifest, JSON.stringify(found));
}

/**
 * The program is one of two packages whose common modules are at the root. The other package uses another
 * Pulumi.
 */
async function inNpmWorkspaces(site: Site): Promise<Installation> {
  const { root, tarball, binDirs } = site;
  const program = writeMonorepo(site);
  const manifest = { name: "monorepo", private: true, workspaces: ["packages/*"] };
  fs.writeFileSync(path.join(root, "package.json"), JSON.stringify(manifest));
  const npm = installer("npm", root, binDirs);
  return { program, without: await npm("install"), added: await npm("install", "--workspace=app", tarball) };
}

async function withPnpm({ root, language, dependencies, tarball, binDirs }: Site): Promise<Installation> {
  writeProgram(root, language, dependencies);
  writePnpmSettings(root);
  const pnpm = installer("pnpm", root, binDirs);
  return { program: root, without: await pnpm("install"), added: await pnpm("add", tarball) };
}

/** As the npm workspaces. */
async function inPnpmWorkspaces(site: Site): Promise<Installation> {
  const { root, tarball, binDirs } = site;
  const program = writeMonorepo(site);
  fs.writeFileSync(path.join(root, "package.json"), JSON.stringify({ name: "monorepo", private: true }));
  writePnpmSettings(root, ["packages/*"]);
  const pnpm = installer("pnpm", root, binDirs);
  return { program, without: await pnpm("install"), added: await pnpm("--filter=app", "add", tarball) };
}

function writeMonorepo({ root, language, dependencies, secondPulumi }: Site): string {
  const program = path.join(root, "packages", "app");
  const another = path.join(root, "packages", "another");
  writeProgram(program, language, dependencies);
  fs.mkdirSync(another);
  const manifest = { name: "another", private: true, dependencies: { "@pulumi/pulumi": secondPulumi } };
  fs.writeFileSync(path.join(another, "package.json"), JSON.stringify(manifest));
  return program;
}

function writePnpmSettings(root: string, packages?: string[]): void {
  const settings = {
    ...(packages && { packages }),
    storeDir: path.join(userCache(), "pnpm-store"),
    // A dependency of Pulumi's. pnpm wants a word about every package with an install script; pnpm 10 knows
    // the second form.
    allowBuilds: { protobufjs: true },
    onlyBuiltDependencies: ["protobufjs"],
  };
  // JSON is YAML.
  fs.writeFileSync(path.join(root, "pnpm-workspace.yaml"), JSON.stringify(settings));
}

/** Runs an installer in a folder, and returns its whole output. */
function installer(
  command: "npm" | "pnpm",
  folder: string,
  binDirs: readonly string[],
): (...args: string[]) => Promise<string> {
  const quiet = command === "npm" ? ["--no-audit", "--no-fund"] : [];
  return async (...args) => (await run(command, [...args, ...quiet], folder, binDirs)).all;
}
