/**
 * Makes a version ready to be published: checks, all tests, then the tarball and the plugin's archives with
 * their checksums in archives/. It publishes nothing. `--rehearse` continues in spite of failed checks.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { makeArchives } from "./pluginArchive";
import { notesOf, problems, type Release } from "./release/problems";

const root = path.join(__dirname, "..");
const folder = path.join(root, "archives");

const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8");
const json = (file: string) => JSON.parse(read(file));

function git(...args: string[]): string {
  return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

function commitOf(tag: string): string | undefined {
  try {
    return git("rev-parse", "--verify", `refs/tags/${tag}^{commit}`).trim();
  } catch {
    return undefined;
  }
}

function npm(...args: string[]): void {
  // A shell, as npm is a script of the command processor on Windows.
  execFileSync("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
}

function readRelease(): Release {
  const { version, repository } = json("package.json");
  const lock = json("package-lock.json");
  const { version: ofPlugin = version } = json("plugin/package.json");
  return {
    version,
    repository,
    versions: {
      "package-lock.json": lock.version === version ? lock.packages[""].version : lock.version,
      "schema.json": json("schema.json").version,
      "plugin/package.json": ofPlugin,
    },
    changelog: read("CHANGELOG.md"),
    changed: git("status", "--porcelain")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.slice(3)),
    head: git("rev-parse", "HEAD").trim(),
    tagged: commitOf(`v${version}`),
    startedBy: process.env.GITHUB_REF_TYPE === "tag" ? process.env.GITHUB_REF_NAME : undefined,
  };
}

/** Lines that `sha256sum --check` reads. */
function checksums(files: readonly string[]): string {
  return files
    .map(
      (file) =>
        `${createHash("sha256").update(fs.readFileSync(file)).digest("hex")}  ${path.basename(file)}\n`,
    )
    .join("");
}

async function build({ version, changelog }: Release): Promise<void> {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  npm("pack", "--silent", "--pack-destination", folder);
  await makeArchives(folder);
  const files = fs.readdirSync(folder).sort();
  fs.writeFileSync(path.join(folder, "SHA256SUMS"), checksums(files.map((file) => path.join(folder, file))));
  fs.writeFileSync(path.join(folder, "NOTES.md"), `${notesOf(changelog, version)}\n`);
}

function sayHowToPublish(version: string): void {
  console.log(`
archives/ has what belongs to v${version}. Nothing is published yet. With a hosted CI, push the tag, and its
workflow publishes what it builds of this commit, with provenance:

  git tag --annotate v${version} --message v${version}
  git push origin v${version}

Without one, push the tag, then:

  npm publish archives/pulumi-tencentcloud-cwp-${version}.tgz --access public
  gh release create v${version} --verify-tag --notes-file archives/NOTES.md archives/*.tgz archives/*.tar.gz archives/SHA256SUMS
`);
}

async function main(): Promise<void> {
  const rehearsal = process.argv.includes("--rehearse");
  const release = readRelease();
  const found = problems(release);
  for (const problem of found) {
    console.error(`- ${problem}`);
  }
  if (found.length > 0 && !rehearsal) {
    console.error(
      `v${release.version} is not ready to be released. "npm run release -- --rehearse" continues all the same.`,
    );
    process.exitCode = 1;
    return;
  }
  npm("test");
  npm("run", "--silent", "test:languages");
  npm("run", "--silent", "test:guides");
  await build(release);
  if (found.length > 0) {
    console.log(
      `archives/ has what was built in this rehearsal. Do not publish it: ${found.length} problems are above.`,
    );
  } else {
    sayHowToPublish(release.version);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
