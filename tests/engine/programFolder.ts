import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import * as path from "node:path";
import type * as grpc from "@grpc/grpc-js";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { GetRequiredPluginsResponse, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

/** With this exit code, the program has told the engine itself what went wrong. */
const TOLD_ALREADY = 32;

/**
 * Serves the program of a folder to the engine as Pulumi's own language host for Node.js does: in a process
 * of its own, by the `@pulumi/pulumi/cmd/run` that is installed there. The host itself comes with the
 * official CLI only.
 *
 * `say` gets what the program prints.
 */
export function programFolder(
  folder: string,
  env: Readonly<Record<string, string>>,
  say: (text: string) => void,
): grpc.UntypedServiceImplementation {
  return {
    getRequiredPlugins: (_call: unknown, callback: grpc.sendUnaryData<GetRequiredPluginsResponse>) =>
      callback(null, new GetRequiredPluginsResponse()),
    getPluginInfo: (_call: unknown, callback: grpc.sendUnaryData<PluginInfo>) => {
      const info = new PluginInfo();
      info.setVersion("1.0.0");
      callback(null, info);
    },
    run: ({ request }: { request: RunRequest }, callback: grpc.sendUnaryData<RunResponse>) => {
      const runner = createRequire(path.join(folder, "index.js")).resolve("@pulumi/pulumi/cmd/run");
      const program = spawn("node", [runner, ...flags(request, folder), "."], {
        cwd: folder,
        env: {
          ...env,
          PULUMI_NODEJS_TYPESCRIPT: "true",
          PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
          PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      for (const stream of [program.stdout, program.stderr]) {
        stream.setEncoding("utf8").on("data", say);
      }
      program.on("error", (error) => callback(error));
      program.on("close", (code, signal) => {
        const response = new RunResponse();
        if (code === TOLD_ALREADY) {
          response.setBail(true);
        } else if (code !== 0) {
          response.setError(`The program ended with ${code ?? signal}.`);
        }
        callback(null, response);
      });
    },
  };
}

function flags(request: RunRequest, folder: string): string[] {
  return [
    `--monitor=${request.getMonitorAddress()}`,
    `--engine=${request.getArgsList()[0]}`,
    `--organization=${request.getOrganization()}`,
    `--project=${request.getProject()}`,
    `--stack=${request.getStack()}`,
    `--parallel=${request.getParallel()}`,
    `--pwd=${folder}`,
    ...(request.getDryrun() ? ["--dry-run"] : []),
  ];
}
