import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { userCache } from "../../scripts/userCache";
import { run } from "../installed/commands";
import { Example, smallestProgram } from "./example";
import { addSdk, missingGenerator, sdkPath } from "./sdks";

const PULUMI = "3.272.0";
const MYPY = "2.4.1";
const windows = process.platform === "win32";

const seconds = `import pulumi
import pulumi_tencentcloud_cwp as cwp

pulumi.export("seconds", cwp.MachineSync("machines").duration_seconds.apply(repr))
`;

describe("In Python, the programs", function () {
  this.timeout(600_000);

  let example: Example;
  let python: string;
  /** The folder of the installed SDK. */
  let site: string;

  before(async function () {
    const missing = await missingGenerator();
    const found = missing === undefined ? await pythonWithPulumi() : { missing };
    if ("missing" in found) {
      console.log(`      Python is left out: ${found.missing}.`);
      return this.skip();
    }
    python = found.command;
    example = new Example("python");
    site = path.join(example.folder, "site");
    await addSdk(example.folder, "python");
    // As Pulumi's host for Python does then: Link adds a line to requirements.txt, and InstallDependencies
    // installs the packages in it. All but the SDK are installed already.
    fs.appendFileSync(path.join(example.folder, "requirements.txt"), `${sdkPath}\n`);
    const options = ["--quiet", "--no-deps", "--no-build-isolation", "--target", site];
    await run(python, ["-m", "pip", "install", ...options, `./${sdkPath}`], example.folder);
  });
  after(() => example?.remove());

  it("have no error that a type checker finds", async () => {
    example.write("smallest.py", smallestProgram("python"));
    // Errors in the SDK itself are due to Pulumi's generator, and users see no errors of an installed
    // package.
    const options = ["--strict", "--follow-imports=silent"];
    const files = ["__main__.py", "smallest.py"];
    await run(python, ["-m", "mypy", ...options, ...files], example.folder, [], { MYPYPATH: site });
  });

  const command = () => [python, path.join(__dirname, "runPython.py"), site] as const;

  it("run", async () => {
    await example.works(command, ["LatestEndTime", "LatestStartTime"]);
  });

  it("get whole seconds as a whole number", async () => {
    example.write("__main__.py", seconds);
    const { stack } = await example.start({ syncSeconds: 1 }, { command });
    assert.equal((await stack.up()).outputs.seconds, "1");
  });
});

/** A Python with the packages that a program needs beside the SDK, from PyPI, once. */
async function pythonWithPulumi(): Promise<{ command: string } | { missing: string }> {
  const folder = path.join(userCache(), `python-pulumi-${PULUMI}-mypy-${MYPY}`);
  const command = path.join(folder, windows ? "Scripts/python.exe" : "bin/python");
  const whole = path.join(folder, "whole");
  if (fs.existsSync(whole)) {
    return { command };
  }
  try {
    fs.rmSync(folder, { recursive: true, force: true });
    await run(windows ? "python" : "python3", ["-m", "venv", folder], process.cwd());
    const needed = [`pulumi==${PULUMI}`, `mypy==${MYPY}`, "packaging", "semver", "setuptools>=77"];
    await run(command, ["-m", "pip", "install", "--quiet", ...needed], process.cwd());
    fs.writeFileSync(whole, "");
    return { command };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}
