/**
 * Makes the archives of the provider plugin that `pulumi plugin install … --file` takes: its code in one
 * file, a script that runs it, the schema, and the licences of the packages in it. They hold no Node.js.
 * Their contents are the same for every machine, but Pulumi wants a name for each.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { build } from "esbuild";
import { nodeNeeded } from "../provider/plugin/oldNode";
import { licenceTexts } from "./licences";

const root = path.join(__dirname, "..");
const name = "pulumi-resource-tencentcloud-cwp";
const machines = ["darwin", "linux", "windows"].flatMap((system) =>
  ["amd64", "arm64"].map((processor) => `${system}-${processor}`),
);

const noNode = nodeNeeded("there is none");

/**
 * The launchers of the plugin, by file name: on Windows Pulumi looks for the name with .exe, then with .cmd.
 * Without Node.js, they print what is missing. The engine quotes what it reads in place of the port, if no
 * line ends there. It also shows the standard error, below its claim that the provider has a bug, which only
 * a process that listens could prevent.
 */
export const launchers: Readonly<Record<string, string>> = {
  [name]: [
    "#!/bin/sh",
    "if ! command -v node >/dev/null; then",
    `  printf '%s' '${noNode}'`,
    `  echo '${noNode}' >&2`,
    "  exit 1",
    "fi",
    `exec node "\${0%/*}/${name}.js" "$@"`,
    "",
  ].join("\n"),
  [`${name}.cmd`]: [
    "@where node >nul 2>nul && goto run",
    `@<nul set /p "=${noNode}"`,
    `@echo ${noNode} 1>&2`,
    "@exit /b 1",
    ":run",
    `@node "%~dp0${name}.js" %*`,
    "",
  ].join("\r\n"),
};

/** Makes the archives in a folder, and returns their paths. */
export async function makeArchives(folder: string): Promise<string[]> {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "cwp-archive-"));
  const contents = path.join(temporary, "contents");
  fs.mkdirSync(contents);
  try {
    // In two files, since an old Node.js has to parse the first.
    const inputs = [
      ...(await bundle("command.js", path.join(contents, `${name}.js`), "node12")),
      ...(await bundle("serve.js", path.join(contents, "serve.js"), "node20")),
    ];
    fs.writeFileSync(path.join(contents, "THIRD-PARTY-LICENSES.txt"), licenceTexts(inputs));
    for (const [file, text] of Object.entries(launchers)) {
      fs.writeFileSync(path.join(contents, file), text, { mode: 0o755 });
    }
    for (const file of ["schema.json", "LICENSE", "README.md", "README.zh-CN.md", "docs"]) {
      fs.cpSync(path.join(root, file), path.join(contents, file), { recursive: true });
    }
    fs.mkdirSync(folder, { recursive: true });
    const { version } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
    const archives = machines.map((machine) => path.join(folder, `${name}-v${version}-${machine}.tar.gz`));
    // A name without a colon, which some versions of tar take for a host.
    execFileSync("tar", ["-czf", "../archive", ...fs.readdirSync(contents)], { cwd: contents });
    for (const archive of archives) {
      fs.copyFileSync(path.join(temporary, "archive"), archive);
    }
    return archives;
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

/** Writes a bundle, and returns the files that it is made of. */
async function bundle(entry: string, outfile: string, target: string): Promise<string[]> {
  const pulumi = path.dirname(require.resolve("@pulumi/pulumi/package.json"));
  const { metafile } = await build({
    entryPoints: [path.join(root, "dist/provider/plugin", entry)],
    bundle: true,
    platform: "node",
    target,
    external: ["./serve"],
    outfile,
    metafile: true,
    legalComments: "inline",
    logLevel: "error",
    plugins: [
      {
        name: "pulumi's own modules",
        setup({ onLoad }) {
          // They are found from Pulumi's folder when the plugin runs, which a bundler cannot follow.
          onLoad({ filter: /engine[\\/]pulumiModules\.js$/ }, ({ path: file }) => ({
            contents: fs
              .readFileSync(file, "utf8")
              .replace(/^.*createRequire\)?\(.*$/m, "")
              .replaceAll("ofPulumi(", "require("),
            resolveDir: pulumi,
          }));
        },
      },
    ],
  });
  return Object.keys(metafile.inputs);
}

async function main(): Promise<void> {
  for (const archive of await makeArchives(path.join(root, "archives"))) {
    console.log(path.relative(process.cwd(), archive));
  }
}

if (require.main === module) {
  main();
}
