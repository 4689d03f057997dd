import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findOrGetPulumiIn, type Places } from "../../scripts/pulumiCli";
import { lowest, newest, oldestGo } from "../../scripts/pulumiCli/cliRelease";
import type { WayToGet } from "../../scripts/pulumiCli/wayToGet";

describe("the search for a Pulumi CLI", () => {
  let folder: string;
  let bin: string;
  let said: string[];

  before(function () {
    if (process.platform === "win32") {
      this.skip(); // The stand-in for the CLI is a shell script.
    }
  });
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "cwp-cli-"));
    bin = path.join(folder, "bin");
    said = [];
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const places = (waysToGet: WayToGet[] = [], release = newest): Places => ({
    release,
    searchPath: bin,
    cache: path.join(folder, "cache"),
    waysToGet,
    say: (line) => said.push(line),
  });

  function putOnPath(name: string, script: string): void {
    fs.mkdirSync(bin, { recursive: true });
    fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** A way to get the CLI that puts an empty file in its place, and counts its calls. */
  function workingWay(origin: WayToGet["origin"] = "download"): WayToGet & { times: number } {
    return {
      origin,
      times: 0,
      announce: (version, reasons) => `Trying the ${origin} of ${version}, as ${reasons}.`,
      async get(root) {
        this.times += 1;
        fs.mkdirSync(path.join(root, "bin"));
        fs.writeFileSync(path.join(root, "bin", "pulumi"), "", { mode: 0o755 });
      },
    };
  }

  const failing: WayToGet = {
    origin: "download",
    announce: (version, reasons) => `Trying the download of ${version}, as ${reasons}.`,
    async get(root) {
      fs.mkdirSync(path.join(root, "bin"));
      fs.writeFileSync(path.join(root, "bin", "pulumi"), "half of i");
      throw new Error("the download failed (no network)");
    },
  };

  it("takes the CLI on the PATH if it is recent enough, and prints nothing", async () => {
    putOnPath("pulumi", "echo v3.259.0");
    putOnPath("pulumi-resource-pulumi-nodejs", "");
    assert.deepEqual(await findOrGetPulumiIn(places()), {
      command: path.join(bin, "pulumi"),
      version: "3.259.0",
      origin: "PATH",
      binDir: [],
    });
    assert.deepEqual(said, []);
  });

  it("adds a launcher of the dynamic provider's host if the PATH has none", async () => {
    putOnPath("pulumi", "echo v3.300.1-alpha.2");
    const { binDir, version } = await findOrGetPulumiIn(places());
    assert.equal(version, "3.300.1-alpha.2");
    assert.equal(binDir.length, 1);
    assert.deepEqual(fs.readdirSync(String(binDir[0])), ["pulumi-resource-pulumi-nodejs"]);
  });

  for (const version of ["v3.258.9", "v2.300.0", "v4.0.0", "v30.0.0", "a riddle"]) {
    it(`skips a CLI on the PATH that answers ${version}`, async () => {
      putOnPath("pulumi", `echo ${version}`);
      const { origin } = await findOrGetPulumiIn(places([workingWay()]));
      assert.equal(origin, "download");
      assert.match(said.join("\n"), /as (the one on the PATH is|.*does not print its version)/);
    });
  }

  it("takes exactly the lowest release if asked to, from the PATH or into a place of its own", async () => {
    putOnPath("pulumi", "echo v3.276.0");
    const way = workingWay();
    const { command } = await findOrGetPulumiIn(places([way], lowest));
    assert.equal(command, path.join(folder, "cache", "pulumi-3.259.0", "bin", "pulumi"));
    assert.deepEqual(said.slice(0, 1), [
      "Trying the download of 3.259.0, as the one on the PATH is 3.276.0, but 3.259.0 is needed.",
    ]);
    putOnPath("pulumi", "echo v3.259.0");
    assert.equal((await findOrGetPulumiIn(places([], lowest))).origin, "PATH");
  });

  it("takes the CLI in its cache silently, and gets no other", async () => {
    const way = workingWay();
    const first = await findOrGetPulumiIn(places([way]));
    said = [];
    const second = await findOrGetPulumiIn(places([way]));
    assert.deepEqual(second, { ...first, origin: "cache" });
    assert.equal(way.times, 1);
    assert.deepEqual(said, []);
  });

  it("tries one way after the other, and prints the reasons", async () => {
    const { origin } = await findOrGetPulumiIn(places([failing, workingWay("Go build")]));
    assert.equal(origin, "Go build");
    assert.deepEqual(said.slice(0, 2), [
      "Trying the download of 3.276.0, as there is none on the PATH.",
      "Trying the Go build of 3.276.0, as there is none on the PATH and the download failed (no network).",
    ]);
  });

  it("leaves nothing that could be taken for a complete CLI if a way fails halfway", async () => {
    await assert.rejects(findOrGetPulumiIn(places([failing])));
    const way = workingWay();
    assert.equal((await findOrGetPulumiIn(places([way]))).origin, "download");
    assert.equal(way.times, 1);
  });

  it("starts again after a set-up that was killed halfway, and removes its leftovers", async () => {
    const cache = path.join(folder, "cache");
    const leftover = path.join(cache, "pulumi-3.276.0.unfinished-a1b2c3");
    fs.mkdirSync(path.join(leftover, "bin"), { recursive: true });
    fs.writeFileSync(path.join(leftover, "bin", "pulumi"), "half of i", { mode: 0o755 });
    const lastWeek = new Date(Date.now() - 7 * 24 * 60 * 60 * 1000);
    fs.utimesSync(leftover, lastWeek, lastWeek);
    const way = workingWay();
    assert.equal((await findOrGetPulumiIn(places([way]))).origin, "download");
    assert.equal(way.times, 1);
    assert.deepEqual(fs.readdirSync(cache).sort(), ["pulumi-3.276.0"]);
  });

  it("has a complete CLI for both of two set-ups that get one at the same time", async () => {
    const way = workingWay();
    const both = await Promise.all([findOrGetPulumiIn(places([way])), findOrGetPulumiIn(places([way]))]);
    assert.equal(way.times, 2);
    both.forEach(({ command }) => {
      assert.ok(fs.existsSync(command));
    });
    assert.deepEqual(fs.readdirSync(path.join(folder, "cache")), ["pulumi-3.276.0"]);
  });

  it("says what to install if every way fails", async () => {
    const noGo = { ...workingWay("Go build"), missing: async () => "there is no Go to build it with" };
    await assert.rejects(findOrGetPulumiIn(places([failing, noGo])), {
      message:
        "There is no Pulumi CLI to run: there is none on the PATH, the download failed (no network), and there is " +
        "no Go to build it with. Install the Pulumi CLI 3.259.0 or a later 3.x " +
        "(https://www.pulumi.com/docs/install/), or Go 1.26.6 or later (https://go.dev/dl/), and run this again.",
    });
  });

  it("builds the releases that it names, with the Go that it asks for", () => {
    const goMod = (module: string) => fs.readFileSync(path.join(module, "go.mod"), "utf8");
    for (const { version, module } of [newest, lowest]) {
      assert.match(goMod(module), new RegExp(`^require github.com/pulumi/pulumi/pkg/v3 v${version}$`, "m"));
    }
    assert.match(goMod(newest.module), new RegExp(`^go ${oldestGo}$`, "m"));
  });

  it("launches the dynamic provider's host of the folder it runs in, with the engine's address last", async () => {
    const { binDir } = await findOrGetPulumiIn(places([workingWay()]));
    const host = path.join(folder, "node_modules", "@pulumi", "pulumi", "cmd", "dynamic-provider");
    fs.mkdirSync(host, { recursive: true });
    fs.writeFileSync(
      path.join(host, "index.js"),
      "console.log(JSON.stringify({ pid: process.pid, args: process.argv.slice(2) }))",
    );
    const launcher = path.join(String(binDir[0]), "pulumi-resource-pulumi-nodejs");
    const printed = execFileSync("/bin/sh", ["-c", `echo $$; exec "${launcher}" --tracing x 127.0.0.1:4`], {
      cwd: folder,
      encoding: "utf8",
    });
    const [pid, report] = printed.split("\n");
    assert.deepEqual(JSON.parse(String(report)), {
      pid: Number(pid),
      args: ["--tracing", "x", "127.0.0.1:4"],
    });
  });
});
