/** A stack with one MachineSync, and `pulumi up` of it at a terminal. */
import { inConfig } from "../../tests/engine/account";
import { nodeCommand, serve } from "../../tests/engine/languageHost";
import { output, type Program } from "../../tests/engine/program";
import { type EntryPoint, TestStack } from "../../tests/engine/stack";
import { findOrGetPulumi, findOrGetYamlHost } from "../pulumiCli";
import { record, type Session, type Shot } from "./recording";

export class StackAtTerminal {
  private constructor(
    private readonly entryPoint: EntryPoint,
    private readonly stack: TestStack,
  ) {}

  /** `endpoint` is the emulator's. The stack is named `dev`. */
  static async create(entryPoint: EntryPoint, project: string, endpoint: string): Promise<StackAtTerminal> {
    const config = inConfig(entryPoint, { url: endpoint });
    return new StackAtTerminal(entryPoint, await TestStack.create({ entryPoint, project, config }));
  }

  /** Films `pulumi up`, with these further flags, of a program whose `machines` has these arguments. */
  async up(
    properties: Record<string, unknown>,
    flags: readonly string[],
    session: Omit<Session, "command" | "cwd" | "env">,
  ): Promise<Shot[]> {
    const { command: pulumi } = await findOrGetPulumi();
    const { workDir: cwd, envVars: env } = this.stack;
    const up = [pulumi, "up", "--stack", "dev", "--color", "always", ...flags];
    const program: Program = {
      resources: { machines: { properties } },
      outputs: {
        LatestStartTime: output("machines", "latestStartTime"),
        LatestEndTime: output("machines", "latestEndTime"),
      },
    };
    if (this.entryPoint === "plugin") {
      this.stack.write({ ...program, plugins: await this.plugins() });
      return record({ ...session, cwd, env, command: up });
    }
    this.stack.write(program);
    const host = await serve({ folder: cwd, env, command: nodeCommand(cwd), say: console.error });
    try {
      return await record({ ...session, cwd, env, command: [...up, `--client=127.0.0.1:${host.port}`] });
    } finally {
      host.close();
    }
  }

  remove(): Promise<void> {
    return this.stack.remove();
  }

  /** The paths of the plugins: with them, the CLI does not print which plugins it has found. */
  private async plugins() {
    return {
      providers: [{ name: "tencentcloud-cwp", path: this.stack.pluginFolder }],
      languages: [{ name: "yaml", path: await findOrGetYamlHost() }],
    };
  }
}
