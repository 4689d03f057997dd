/** A stack with one MachineSync, and `pulumi up` of it at a terminal. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { emulatorAccount } from "../../emulator";
import { programFolder } from "../../tests/engine/programFolder";
import { serve, TestStack } from "../../tests/engine/stack";
import { findOrGetPulumi, findOrGetYamlHost } from "../pulumiCli";
import { record, type Session, type Shot } from "./recording";

/** The MachineSync of the plugin, in a program in YAML, or the dynamic resource, in one in JavaScript. */
export type Door = "plugin" | "dynamic";

const repository = path.resolve(__dirname, "../..");
const command = path.join(repository, "dist/provider/plugin/command.js");
const outputs = { LatestStartTime: "latestStartTime", LatestEndTime: "latestEndTime" };

export class StackAtTerminal {
  private constructor(
    private readonly door: Door,
    private readonly folder: string,
    private readonly project: string,
    private readonly yamlHost: string,
    private readonly stack: TestStack,
  ) {}

  /** `endpoint` is the emulator's. The stack is named `dev`. */
  static async create(door: Door, project: string, endpoint: string): Promise<StackAtTerminal> {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-terminal-")));
    const [program, bin] = [path.join(folder, "program"), path.join(folder, "bin")];
    fs.mkdirSync(program);
    fs.mkdirSync(bin);
    fs.writeFileSync(
      path.join(bin, "pulumi-resource-tencentcloud-cwp"),
      `#!/bin/sh\nexec node ${command} "$@"\n`,
      { mode: 0o755 },
    );
    fs.symlinkSync(path.join(repository, "node_modules"), path.join(program, "node_modules"), "junction");
    fs.writeFileSync(path.join(program, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
    const namespace = door === "plugin" ? "tencentcloud-cwp" : "tencentcloud";
    const stack = await TestStack.create({
      folder: program,
      ownHost: door === "plugin",
      config: {
        "tencentcloud-cwp:endpoint": endpoint,
        [`${namespace}:secretId`]: emulatorAccount.secretId,
        [`${namespace}:secretKey`]: { value: emulatorAccount.secretKey, secret: true },
      },
    });
    const yamlHost = door === "plugin" ? await findOrGetYamlHost() : "";
    return new StackAtTerminal(door, folder, project, yamlHost, stack);
  }

  /** Films `pulumi up`, with these further flags, of a program whose `machines` has these arguments. */
  async up(
    args: object,
    flags: readonly string[],
    session: Omit<Session, "command" | "cwd" | "env">,
  ): Promise<Shot[]> {
    const { command: pulumi } = await findOrGetPulumi();
    const { workDir: cwd, envVars: env } = this.stack;
    const up = [pulumi, "up", "--stack", "dev", "--color", "always", ...flags];
    if (this.door === "plugin") {
      this.writeYaml(args);
      return record({ ...session, cwd, env, command: up });
    }
    fs.writeFileSync(path.join(cwd, "index.js"), javaScript(args));
    const program = await serve(programFolder(cwd, env, console.error));
    try {
      return await record({ ...session, cwd, env, command: [...up, `--client=127.0.0.1:${program.port}`] });
    } finally {
      program.close();
    }
  }

  async remove(): Promise<void> {
    await this.stack.remove();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** JSON is YAML too. The paths keep the CLI from telling where it has found what runs it all. */
  private writeYaml(properties: object): void {
    const program = {
      name: this.project,
      runtime: "yaml",
      plugins: {
        providers: [{ name: "tencentcloud-cwp", path: path.join(this.folder, "bin") }],
        languages: [{ name: "yaml", path: this.yamlHost }],
      },
      resources: { machines: { type: "tencentcloud-cwp:MachineSync", properties } },
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([name, property]) => [name, `\${machines.${property}}`]),
      ),
    };
    fs.writeFileSync(path.join(this.stack.workDir, "Pulumi.yaml"), JSON.stringify(program));
  }
}

function javaScript(args: object): string {
  const exported = Object.entries(outputs).map(
    ([name, property]) => `exports.${name} = machines.${property};\n`,
  );
  return `const cwp = require("pulumi-tencentcloud-cwp");
const machines = new cwp.MachineSync("machines", ${JSON.stringify(args)});
${exported.join("")}`;
}
