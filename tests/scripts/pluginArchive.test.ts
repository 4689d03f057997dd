import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { launchers, makeArchives } from "../../scripts/pluginArchive";
import { run } from "../installed/commands";

const name = "pulumi-resource-tencentcloud-cwp";

describe("The launchers in the plugin's archive", () => {
  it("have the names that Pulumi looks for: the plain one, and .cmd on Windows", () => {
    assert.deepEqual(Object.keys(launchers), [name, `${name}.cmd`]);
  });

  it("are for Windows a batch file: its own folder, quoted, every argument, and line ends of Windows", () => {
    const text = launchers[`${name}.cmd`] ?? "";
    assert.ok(text.endsWith(`:run\r\n@node "%~dp0${name}.js" %*\r\n`));
    assert.doesNotMatch(text, /[^\r]\n/);
    // Without a Node.js, the line with what is missing has no end.
    assert.match(
      text,
      /^@<nul set \/p "=Node\.js 20 or later must be on the PATH of Pulumi: there is none\."\r$/m,
    );
  });

  it("start the plugin beside them, in a folder with blanks, with every argument", function () {
    if (process.platform === "win32") {
      this.skip(); // Only the batch file runs there.
    }
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp launchers ")));
    try {
      fs.writeFileSync(path.join(folder, name), launchers[name] ?? "", { mode: 0o755 });
      fs.writeFileSync(
        path.join(folder, `${name}.js`),
        "console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 3;",
      );
      const { status, stdout } = spawnSync(path.join(folder, name), ["a b", "127.0.0.1:1"], {
        encoding: "utf8",
      });
      assert.deepEqual([status, JSON.parse(stdout)], [3, ["a b", "127.0.0.1:1"]]);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe("The plugin's archive", function () {
  this.timeout(60_000);

  it("has the licences of the code in it, also of the packages of Pulumi and the SDK", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cwp-archives-"));
    try {
      const [archive = ""] = await makeArchives(folder);
      const file = "THIRD-PARTY-LICENSES.txt";
      const { stdout } = await run("tar", ["-xzOf", path.basename(archive), file], folder);
      const packages = [...stdout.matchAll(/^={78}\n(\S+) [\d.]+: \S.*\n={78}\n\n\S/gm)].map(
        ([, name]) => name,
      );
      for (const name of ["@grpc/grpc-js", "@pulumi/pulumi", "google-protobuf", "node-fetch", "socks"]) {
        assert.ok(packages.includes(name), name);
      }
      assert.ok(
        packages.includes("tencentcloud-sdk-nodejs") || packages.includes("tencentcloud-sdk-nodejs-cwp"),
      );
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
