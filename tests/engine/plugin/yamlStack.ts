/** A stack whose program is written in YAML, and whose resources the provider plugin serves. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findOrGetYamlHost } from "../../../scripts/pulumi-cli";
import { type OperationOptions, type OperationResult, TestStack, type TestStackOptions } from "../stack";

/** What stands in a Pulumi.yaml below the name and the runtime. */
export interface Program {
  resources?: Record<string, unknown>;
  variables?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  packages?: Record<string, unknown>;
}

const repository = path.resolve(__dirname, "../../..");
const command = path.join(repository, "dist/provider/plugin/command.js");

/** A resource or a variable, as a program refers to it. */
export const reference = (name: string) => `\${${name}}`;

/** An output of one. */
export const output = (name: string, property: string) => reference(`${name}.${property}`);

/** A MachineSync named `machines`, in a program of its own. */
export function oneSync(
  properties: Record<string, unknown> = {},
  options: Record<string, unknown> = {},
): Program {
  return {
    resources: { machines: { type: "tencentcloud-cwp:MachineSync", properties, options } },
    outputs: Object.fromEntries(
      ["state", "latestStartTime", "latestEndTime", "durationSeconds"].map((name) => [
        name,
        output("machines", name),
      ]),
    ),
  };
}

export class YamlStack {
  private constructor(
    private readonly folder: string,
    /** The stack itself, for what is no operation. */
    readonly stack: TestStack,
  ) {}

  /**
   * `commandFolder` has the plugin's command, and comes before the PATH. Default: the command as it is built
   * here.
   */
  static async create(
    options: Omit<TestStackOptions, "folder" | "ownHost"> & { commandFolder?: string | null } = {},
  ): Promise<YamlStack> {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-yaml-")));
    const [program, bin] = ["program", "bin"].map((name) => path.join(folder, name)) as [string, string];
    fs.mkdirSync(program);
    fs.mkdirSync(bin);
    fs.writeFileSync(
      path.join(bin, "pulumi-resource-tencentcloud-cwp"),
      `#!/bin/sh\nexec node ${command} "$@"\n`,
      {
        mode: 0o755,
      },
    );
    write(program, {});
    // For a program of the dynamic resource, whose provider is found by the package's name.
    fs.symlinkSync(path.join(repository, "node_modules"), path.join(program, "node_modules"), "junction");
    const { commandFolder = bin, ...others } = options;
    const stack = await TestStack.create({
      ...others,
      folder: program,
      ownHost: true,
      path: [...(commandFolder === null ? [] : [commandFolder]), await findOrGetYamlHost()],
    });
    return new YamlStack(folder, stack);
  }

  up(program: Program, options?: OperationOptions): Promise<OperationResult> {
    write(this.stack.workDir, program);
    return this.stack.up(undefined, options);
  }

  preview(program: Program, options?: OperationOptions): Promise<OperationResult> {
    write(this.stack.workDir, program);
    return this.stack.preview(undefined, options);
  }

  /** What the state holds of a resource. */
  resource(name: string) {
    return this.stack.exportState().resources?.find(({ urn }) => urn.endsWith(`::${name}`));
  }

  async remove(): Promise<void> {
    await this.stack.remove();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** JSON is YAML too. */
function write(folder: string, program: Program): void {
  const parts = Object.entries(program).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`);
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), `name: test\nruntime: yaml\n${parts.join("")}`);
}
