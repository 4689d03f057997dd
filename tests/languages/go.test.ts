import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { goImport, type Manifest } from "../../scripts/places";
import { run } from "../installed/commands";
import { Example, smallestProgram } from "./example";
import { addSdk, missingGenerator, schema, sdkPath } from "./sdks";

const repository = path.resolve(__dirname, "../..");
const manifest: Manifest = JSON.parse(fs.readFileSync(path.join(repository, "package.json"), "utf8"));

/** A whole number is an int in Go. */
const seconds = `package main

import (
	cwp "${goImport(manifest)}"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		sync, err := cwp.NewMachineSync(ctx, "machines", &cwp.MachineSyncArgs{
			AssumeRole: cwp.AssumeRoleArgs{
				RoleArn:         pulumi.String("qcs::cam::uin/1:roleName/deploy"),
				SessionDuration: pulumi.Int(7200),
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("double", sync.DurationSeconds.Elem().ApplyT(func(seconds int) int { return 2 * seconds }))
		return nil
	})
}
`;

describe("In Go", function () {
  this.timeout(600_000);

  before(async function () {
    const missing = await missingGenerator();
    if (missing !== undefined) {
      console.log(`      Go is left out: ${missing}.`);
      this.skip();
    }
  });

  /** The import path of the SDK in a program, by its go.mod. */
  function importOf(program: string): string {
    const goMod = fs.readFileSync(path.join(program, sdkPath, "go.mod"), "utf8");
    const [, module] = /^module (\S+)$/m.exec(goMod) ?? [];
    return `${module}/tencentcloudcwp`;
  }

  describe("the programs", () => {
    let example: Example;

    before(async () => {
      example = new Example("go");
      await addSdk(example.folder, "go");
      assert.equal(importOf(example.folder), goImport(manifest));
      example.write("smallest/main.go", smallestProgram("go"));
      example.write("seconds/main.go", seconds);
      // As Pulumi's host for Go does then: Link writes the line, InstallDependencies runs the command.
      const module = path.posix.dirname(importOf(example.folder));
      await go("mod", "edit", `-replace=${module}=./${sdkPath}`);
      await go("mod", "tidy", "-compat=1.18");
    });
    after(() => example.remove());

    const go = (...args: string[]) => run("go", args, example.folder);

    it("compile", async () => {
      await go("vet", "./...");
    });

    it("run", async () => {
      const program = path.join(example.folder, "program");
      await go("build", "-o", program, ".");
      await example.works(() => [program], ["LatestEndTime", "LatestStartTime"]);
    });
  });

  it("the import path is Pulumi's for a repository and a later major version", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cwp-go-"));
    try {
      const released: Manifest = {
        version: "2.1.0",
        repository: { url: "git+https://github.com/someone/something.git" },
      };
      const text = JSON.stringify({
        ...JSON.parse(schema()),
        version: released.version,
        repository: "https://github.com/someone/something",
      });
      await addSdk(folder, "go", text);
      assert.equal(importOf(folder), goImport(released));
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
